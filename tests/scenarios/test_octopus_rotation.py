"""A rotation as large as the one in the product's documentation, and values that others made."""

import base64
import hashlib
import json
import random
import resource
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from Crypto.Cipher import AES

from tests.support.octopus import Row, sealed, sqlite_file
from tests.support.program import Ended, passkey_audit

NEW, OLD = bytes(range(32)), bytes(range(16))
PROCESSED, UPDATED, LEFT = 10_533, 10_009, 17
SECONDS = 20
"""It takes about three; a machine under load gets time."""


def seal(key: bytes, plain: bytes, chance: random.Random) -> str:
    """As openssl does, too slow to call 10,000 times: another implementation than the program's."""
    vector = chance.randbytes(16)
    padded = plain + bytes([16 - len(plain) % 16]) * (16 - len(plain) % 16)
    body = AES.new(key, AES.MODE_CBC, iv=vector).encrypt(padded)
    return f"{base64.b64encode(body).decode()}|{base64.b64encode(vector).decode()}"


def key_file(folder: Path, name: str, key: bytes) -> Path:
    path = folder / name
    path.write_text(json.dumps({"MasterKey": base64.b64encode(key).decode()}))
    path.chmod(0o600)
    return path


def audit(folder: Path, *arguments: str | Path) -> tuple[Ended, dict[str, Any]]:
    ended = passkey_audit("audit", *arguments, "--out", folder / "run", cwd=folder)
    return ended, json.loads((folder / "run" / "summary.json").read_bytes())


def documents() -> list[Row]:
    """So many documents with a secret or three, a few of them under the older key, and the rest without."""
    chance = random.Random("rotation")
    rows = []
    for number in range(UPDATED):
        key = OLD if number < LEFT else NEW
        plain = [f"Secret-{chance.getrandbits(64):x}-{at}".encode() for at in range(1 + number % 3)]
        variables = [
            {"Name": f"V{at}", "Type": "Sensitive", "Value": seal(key, text, chance)}
            for at, text in enumerate(plain)
        ]
        owner: dict[str, str | int] = {"OwnerId": f"Projects-{number % 400}", "IsFrozen": number % 2}
        rows.append(Row("VariableSet", f"variableset-Projects-{number}", {"Variables": variables}, owner))
    rest = range(PROCESSED - UPDATED)
    return rows + [Row("Project", f"Projects-{at}", {}, {"Name": f"Project {at}"}) for at in rest]


def processor_seconds() -> float:
    """Of all programs that were started and have ended: the clock of a busy machine says nothing."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_ten_thousand_documents(tmp_path: Path) -> None:
    """Read, tried under two keys and reported in seconds, and every count adds up with the report's."""
    store = sqlite_file(tmp_path / "octopus.sqlite", documents())
    report = tmp_path / "report.txt"
    report.write_text(
        f"ROTATE MASTER KEY REPORT\nNew Master Key: {base64.b64encode(NEW).decode()}\n"
        f"Processed {PROCESSED} documents.\n{UPDATED}/{PROCESSED} documents were updated\n"
        f"0/{PROCESSED} documents were left unchanged due to errors\n"
    )
    keys = ("--key", key_file(tmp_path, "new", NEW), "--key", key_file(tmp_path, "old", OLD))
    before = processor_seconds()
    ended, summary = audit(tmp_path, "--store", store, *keys, "--rotation-report", report)
    assert processor_seconds() - before < SECONDS
    assert ended.code == 10
    older = sum(1 + number % 3 for number in range(LEFT))
    total = sum(1 + number % 3 for number in range(UPDATED))
    assert summary["verdicts"] == {"current": total - older, "older-key": older}
    assert f"{PROCESSED} documents processed, as many as the store holds" in ended.err
    assert "524 documents that it does not account for; 524 in the store hold no encrypted value" in ended.err
    own = (tmp_path / "run" / "rotation-report.txt").read_text()
    for count, words in ((UPDATED - LEFT, "were updated"), (LEFT, "were left unchanged"), (524, "hold no")):
        assert f"\n{count}/{PROCESSED} documents {words}" in own
    assert base64.b64encode(NEW).decode() not in own


VECTORS = {
    "aes-128": ("6EdU6IWsCtMEwk0kPKflQQ==", "tHdE5KI9QVdsFSq6F6HeSA==|7oD+XzuTFF1uCQLXm8A3eg=="),
    "aes-256": (
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "4PUkRMwszTJHqTxWj+TrNQ==|AAECAwQFBgcICQoLDA0ODw==",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_vectors(name: str, tmp_path: Path) -> None:
    """The value in OctoterraWizard's tests, and one by openssl, open under their keys."""
    key, value = VECTORS[name]
    store = sqlite_file(tmp_path / "o.sqlite", [Row("Account", "Accounts-1", {"Token": value})])
    path = key_file(tmp_path, "key", base64.b64decode(key))
    ended, summary = audit(tmp_path, "--store", store, "--key", path)
    assert (ended.code, summary["verdicts"]) == (0, {"current": 1})


def test_config_vector(tmp_path: Path) -> None:
    """A node's configuration file opens with its machine-id beside it, and is the current key."""
    (tmp_path / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    config = tmp_path / "OctopusServer.config"
    config.write_text(
        '<octopus-settings><set key="Octopus.Storage.MasterKey">'
        "FKGWw2t+3uS1rYMcrZvb4I1/HSS0x5yHw9iKijv5HO8=</set></octopus-settings>"
    )
    value = sealed(OLD, "a secret", bytes(range(16)))
    store = sqlite_file(tmp_path / "o.sqlite", [Row("Account", "Accounts-1", {"Token": value})])
    ended, summary = audit(tmp_path, "--store", store, "--key", config)
    assert (ended.code, summary["verdicts"]) == (0, {"current": 1})


def test_migrator_export(tmp_path: Path) -> None:
    """An export opens under its password alone, which its Hello proves and nothing shows."""
    folder = tmp_path / "export"
    (folder / "Accounts").mkdir(parents=True)
    hello = "QodGbnfU53iwUAt0ayr+og==|AAAAAAAAAAAAAAAAAAAAAA=="
    (folder / "metadata.json").write_text(json.dumps({"Hello": hello}))
    key = base64.b64decode("vu7UAJpqh4oQ9RELztA1sQ==")
    for number in range(3):
        token = sealed(key, f"token number {number}", bytes(16))
        document = {"$type": "x", "Id": f"Accounts-{number}", "Name": "A", "Token": token}
        (folder / "Accounts" / f"{number}.json").write_text(json.dumps(document))
    (tmp_path / "password").write_text("Passw0rd123\n")
    given = f"pw=migrator:{tmp_path / 'password'}"
    ended, summary = audit(tmp_path, "--store", folder, "--key", given)
    assert (ended.code, summary["verdicts"]) == (0, {"current": 3})
    assert "'pw' opens its Hello: proven" in ended.err
    written = b"".join(path.read_bytes() for path in (tmp_path / "run").rglob("*") if path.is_file())
    assert b"Passw0rd123" not in written + ended.out + ended.err.encode()
    assert base64.b64encode(key) not in written + ended.out + ended.err.encode()
    (tmp_path / "password").write_text("another")
    ended, summary = audit(tmp_path, "--store", folder, "--key", given)
    assert (ended.code, summary["verdicts"]) == (10, {"lost": 3})
    assert "no candidate opens its Hello" in ended.err


@pytest.mark.parametrize("size", [16, 32])
def test_offline_drop(tmp_path: Path, size: int) -> None:
    """Files of a drop open under either length of the key that its password gives."""
    key = hashlib.pbkdf2_hmac("sha1", b"Passw0rd123", b"Octopuss", 1000, size)
    vector = bytes(range(16))
    body = base64.b64decode(sealed(key, json.dumps({"Db": "pass phrase"}), vector).partition("|")[0])
    drop = tmp_path / "variables.secret"
    drop.write_bytes(b"IV__" + vector + body)
    (tmp_path / "password").write_text("Passw0rd123")
    current = "pw" if size == 16 else "pw (256 bits)"
    ended, summary = audit(tmp_path, "--store", drop, "--key", "pw=drop:password", "--current", current)
    assert (ended.code, summary["verdicts"]) == (0, {"current": 1})


def test_backup_is_ready(tmp_path: Path) -> None:
    """Before a rotation: everything opens under the current key, and nothing else is said of the store."""
    rows = documents()[LEFT:300]
    store = sqlite_file(tmp_path / "restored.sqlite", rows)
    ended, summary = audit(tmp_path, "--store", store, "--key", key_file(tmp_path, "key", NEW))
    assert ended.code == 0
    assert set(summary["verdicts"]) == {"current"}
    found = pl.read_parquet(tmp_path / "run" / "credentials.parquet")
    assert set(found["confidence"]) == {"strong"}
