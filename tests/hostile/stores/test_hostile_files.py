"""Files of every kind, broken at random: nothing but the project's own errors comes out."""

import random
import tracemalloc
from pathlib import Path

import polars as pl
import pytest

from parsers.errors import StoreError
from tests.parsers.stores.reading import rows, unread

PARTS = [b"'", b'"', b"\\", b";", b"(", b")", b"\0", b"<", b"&", b"\n", b"/*", b"--", b"$$", b"\xff", b"{"]
SAMPLES = {
    "xml": b"<exportedData><project><projectName>P</projectName>"
    b"<credential><credentialName>c</credentialName>"
    b"<password>zWjkbdMteM0VY1Ls3V+lwA==</password></credential></project></exportedData>",
    "csv": b'kind,project,name,user_name,value\ncredential,P,"a ""b""",u,QUJD\nuser,,j,,QUJD\n',
    "jsonl": b'{"name": "a", "value": "QUJD"}\n{"name": "b", "value": null, "kind": "user"}\n',
    "mysql": b"-- MySQL dump\nCREATE TABLE `ec_user` (`name` text, `password` text);\n"
    b"INSERT INTO `ec_user` VALUES ('it''s','QUJD'),(_binary 'b\\'',0x41),(NULL,X'41');\n",
    "postgresql": b"SET client_encoding = 'UTF8';\nCREATE TABLE ec_user (name text, password bytea);\n"
    b"COPY ec_user (name, password) FROM stdin;\na\t\\\\x4142\n\\.\n"
    b"INSERT INTO ec_user VALUES (E'a\\x41', '\\x41');\n",
}


def broken(sample: bytes, chance: random.Random) -> bytes:
    """The sample with a few bytes changed, put in or taken out."""
    content = bytearray(sample)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content) + 1)
        content[at : at + chance.choice([0, 0, 1, 7])] = chance.choice(PARTS)
    return bytes(content[: chance.choice([len(content), chance.randrange(len(content) + 1)])])


def told(path: Path) -> str:
    """Every word that reading the file says of it, but the values themselves."""
    try:
        return " ".join(fault.reason for fault in unread(path))
    except StoreError as error:
        return f"{error.message} {error.hint}"


@pytest.mark.parametrize("kind", [*SAMPLES, "parquet"])
def test_random_damage(tmp_path: Path, kind: str) -> None:
    """300 broken files of each kind: read, told as unread, or refused."""
    chance = random.Random(kind)
    path = tmp_path / "store"
    if kind == "parquet":
        pl.DataFrame({"name": ["a", "b"], "value": ["QUJD", None]}).write_parquet(path)
    sample = SAMPLES.get(kind) or path.read_bytes()
    for _ in range(300):
        path.write_bytes(broken(sample, chance))
        assert "QUJD" not in told(path)


def test_a_row_that_never_ends(tmp_path: Path) -> None:
    """A row beyond the limit ends the dump there; what came before counts."""
    path = tmp_path / "d.sql"
    with path.open("wb") as file:
        file.write(b"CREATE TABLE ec_user (name text, password text);\n")
        file.write(b"INSERT INTO ec_user VALUES ('a','x'),('")
        for _ in range(40):
            file.write(b"y" * (1 << 20))
    assert rows(path)["name"].to_list() == ["a"]
    assert ["a row or definition of more than" in fault.reason for fault in unread(path)] == [True]


def test_a_long_passage_stays_out_of_memory(tmp_path: Path) -> None:
    """A string of 60 MB in a table that nobody asked for is not gathered."""
    path = tmp_path / "d.sql"
    with path.open("wb") as file:
        file.write(b"CREATE TABLE ec_user (name text, password text);\nINSERT INTO blobs VALUES ('")
        for _ in range(60):
            file.write(b"y" * (1 << 20))
        file.write(b"');\nINSERT INTO ec_user VALUES ('a','x');\n")
    tracemalloc.start()
    found = rows(path)["name"].to_list()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == ["a"]
    assert peak < 16 << 20
