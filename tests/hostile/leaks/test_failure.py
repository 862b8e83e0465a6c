"""Planted secrets are in nothing that a command says or writes when it fails, in whatever way."""

import base64

import pytest

from tests.hostile.leaks.conftest import Watched
from tests.support.terminal import on_a_terminal

KEYS = ("--key", "keys")
STORE = ("--store", "export.xml")


def in_forms(secret: bytes) -> list[str]:
    """A secret as somebody could type it by mistake where a reference is wanted."""
    return [secret.hex(), base64.b64encode(secret).decode(), base64.urlsafe_b64encode(secret).decode()]


@pytest.mark.parametrize("prefix", ["", "label=", "env:", "fd:", "file:"])
def test_a_key_instead_of_its_reference(prefix: str, watched: Watched) -> None:
    """It is not repeated, neither as it is nor behind a scheme or a label."""
    for form in in_forms(watched.planted.secrets["key current"]):
        assert watched.run("fingerprint", prefix + form).code == 1


def test_a_key_instead_of_its_reference_in_an_audit(watched: Watched) -> None:
    """The same there, and nothing is made."""
    typed = watched.planted.secrets["key current"].hex()
    assert watched.run("audit", *STORE, "--key", typed, "--out", "RUN").code == 1
    assert not (watched.written / "run").exists()


def test_a_password_instead_of_its_reference(watched: Watched) -> None:
    """The same for passwords of archives and databases."""
    typed = watched.planted.secrets["zip password"].decode()
    assert watched.run("scan", "logs", "--zip-password", typed).code == 1
    assert watched.run("audit", *STORE, *KEYS, "--zip-password", typed, "--out", "RUN").code == 1
    assert watched.run("audit", *STORE, *KEYS, "--database-password", typed, "--out", "RUN").code == 1


@pytest.mark.parametrize("scheme", ["mysql+pymysql", "postgresql+psycopg", "sqlite", "nonsense"])
def test_a_password_in_a_database_url(scheme: str, watched: Watched) -> None:
    """Nobody should write it there; if somebody does, it is not repeated when the connection fails."""
    typed = watched.planted.secrets["zip password"].decode()
    ended = watched.run(
        "audit", "--store", f"{scheme}://flow:{typed}@127.0.0.1:9/flow", *KEYS, "--out", "RUN"
    )
    assert ended.code in {1, 3}


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_database_that_is_not_there(encrypted: bool, watched: Watched) -> None:
    """The password in database.properties, in clear or encrypted."""
    name = "value 0" if encrypted else "password in clear"
    path = watched.planted.folder / "database.properties"
    secret = watched.planted.secrets[name].decode().replace("=", "\\=")
    path.write_text(
        "COMMANDER_DB_TYPE=mysql\nCOMMANDER_DB_HOST=127.0.0.1\nCOMMANDER_DB_PORT=9\nCOMMANDER_DB_NAME=flow\n"
        f"COMMANDER_DB_USER=flow\nCOMMANDER_DB_PASSWORD={secret}\n"
    )
    ended = watched.run("audit", "--database-properties", path, *KEYS, "--out", "RUN")
    assert ended.code in {1, 3}


@pytest.mark.parametrize(
    "store", ["export.xml", "table.csv", "table.parquet", "table.jsonl", "commander.sqlite"]
)
@pytest.mark.parametrize("how", ["cut", "garbled"])
def test_a_damaged_store(store: str, how: str, watched: Watched) -> None:
    """Cut in the middle of a value, or with rubbish in it."""
    path = watched.planted.folder / store
    content = path.read_bytes()
    value = watched.planted.secrets["value 30"]
    at = content.index(value) + 5 if value in content else len(content) // 2
    damaged = {
        "cut": content[:at],
        "garbled": content[:at] + b"\n\"'<x>{[\x00" + content[at - 5 :],
    }[how]
    path.write_bytes(damaged)
    watched.run("audit", "--store", store, *KEYS, "--out", "RUN")


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "--store", "FILE", *KEYS, "--out", "RUN"),
        ("audit", *STORE, *KEYS, "--owners", "FILE", "--out", "RUN"),
        ("audit", *STORE, *KEYS, "--mapping", "FILE", "--out", "RUN"),
        ("audit", *STORE, *KEYS, "--layouts", "FILE", "--out", "RUN"),
        ("audit", "--database-properties", "FILE", *KEYS, "--out", "RUN"),
        ("scan", "logs", "--phrases", "FILE"),
        ("scan", "FILE"),
    ],
    ids=lambda arguments: " ".join(arguments[:-1]),
)
def test_a_secret_file_where_another_is_wanted(arguments: tuple[str, ...], watched: Watched) -> None:
    """A file with a key in hex and a password, given by mistake as something else, is not quoted."""
    path = watched.planted.folder / "mistaken"
    secrets = watched.planted.secrets
    path.write_bytes(secrets["key current"].hex().encode() + b"\n" + secrets["password 0"] + b"\n")
    watched.run(*(str(path) if each == "FILE" else each for each in arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "missing.log", *STORE, *KEYS, "--out", "RUN"),
        ("audit", "--store", "missing.xml", *KEYS, "--out", "RUN"),
        ("audit", *STORE, "--key", "missing", "--out", "RUN"),
        ("audit", *STORE, *KEYS, "--current", "missing", "--out", "RUN"),
        ("audit", *STORE, *KEYS, "--out", "keys"),
        ("audit", *STORE, *KEYS),
        ("reentry", "keys", "--owners", "owners.csv", "--out", "RUN"),
        ("layouts", *STORE, *KEYS, "--known", "/projects/P/credentials/current-0"),
    ],
    ids=" ".join,
)
def test_other_failures(arguments: tuple[str, ...], watched: Watched) -> None:
    """What is missing, refused or misspelt."""
    assert watched.run(*arguments).code != 0


def test_a_known_text_that_is_wrong(watched: Watched) -> None:
    """`layouts --known` asks for plain text: another credential's does not come back in the answer."""
    secret = watched.planted.secrets["password 1"]
    place = "/projects/P/credentials/current-0"
    code, shown = on_a_terminal(
        *("layouts", *STORE, *KEYS, "--known", place), typed=secret + b"\n", cwd=watched.planted.folder
    )
    assert code != 0
    assert place.encode() in shown
    assert watched.planted.found_in(shown) == set()
