"""References to stores, compressed ones too, and to what is not one; kinds of files by content."""

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest
import pyzipper

from parsers.errors import StoreError
from parsers.secret import Secret
from parsers.stores.open import FileKind, file_kind, open_store
from tests.parsers.stores.reading import rows, rows_of


def test_nothing_there(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(StoreError, match="No such file"):
        open_store(str(tmp_path / "missing.xml"))


def test_a_folder(tmp_path: Path) -> None:
    """A folder that is no store is refused."""
    with pytest.raises(StoreError, match="a folder"):
        open_store(str(tmp_path))


def test_an_unknown_file(tmp_path: Path) -> None:
    """The path stands before the reason."""
    path = tmp_path / "x"
    path.write_bytes(b"\x00\x01\x02")
    with pytest.raises(StoreError, match=f"^{path}: unrecognised store format"):
        open_store(str(path))


def test_a_compressed_parquet_file(tmp_path: Path) -> None:
    """Parquet is read from its end: compressed as a whole, it goes through memory."""
    plain, packed = tmp_path / "s.parquet", tmp_path / "s.parquet.gz"
    pl.DataFrame({"name": ["a"], "value": ["QUJD"]}).write_parquet(plain)
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert rows(packed).drop("store").equals(rows(plain).drop("store"))


def test_sqlite(tmp_path: Path) -> None:
    """A SQLite file is read as a database; a compressed one is, too, and one that is cut off is refused."""
    plain, packed = tmp_path / "s.db", tmp_path / "s.db.gz"
    with closing(sqlite3.connect(plain)) as database:
        database.execute("CREATE TABLE ec_user (name TEXT, password TEXT)")
        database.execute("INSERT INTO ec_user VALUES ('jane', 'QUJD')")
        database.commit()
    assert rows(plain)["name"].to_list() == ["jane"]
    compressed = gzip.compress(plain.read_bytes())
    packed.write_bytes(compressed)
    assert rows(packed).drop("store").equals(rows(plain).drop("store"))
    assert set(rows(packed)["store"]) == {str(packed)}
    packed.write_bytes(compressed[:-20])
    with pytest.raises(StoreError, match=f"^{packed}: "):
        open_store(str(packed))


def test_an_encrypted_zip(tmp_path: Path) -> None:
    """A zip with one file in it opens with its password; rows name the path as given."""
    path = tmp_path / "s.zip"
    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"open sesame")
        archive.writestr("credentials.csv", "name,value\na,QUJD\n")
    store = open_store(str(path), zip_passwords=[Secret(b"open sesame")])
    assert rows_of(store).select("name", "store").rows() == [("a", str(path))]
    with pytest.raises(StoreError):
        list(open_store(str(path)).read())


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"SQLite format 3\0\x10", FileKind.SQLITE),
        (b"PAR1\x15\x04", FileKind.PARQUET),
        (b'<?xml version="1.0"?>', FileKind.EXPORT),
        (b"\xef\xbb\xbf\n<exportedData>", FileKind.EXPORT),
        ("\N{ZERO WIDTH NO-BREAK SPACE}<?xml version='1.0'?>".encode("utf-16-le"), FileKind.EXPORT),
        (b'{"name": "a"}\n', FileKind.JSON_LINES),
        (b"kind,name,value\r\n", FileKind.CSV),
        (b"name\tvalue\r\n", FileKind.CSV),
        (b'"name";"value"\n', FileKind.CSV),
        (b"set,use,value\n", FileKind.CSV),
        (b"-- MySQL dump 10.13  Distrib 8.0.36\n", FileKind.SQL_DUMP),
        (b"/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump", FileKind.SQL_DUMP),
        (b"--\n-- PostgreSQL database dump\n--\n", FileKind.SQL_DUMP),
        (b"\n\\restrict x8h\n\nSET statement_timeout = 0;", FileKind.SQL_DUMP),
        (b"USE [commander]\r\nGO\r\n", FileKind.SQL_DUMP),
        (b"insert into ec_credential values (1, 'a', 'b');", FileKind.SQL_DUMP),
    ],
)
def test_known_kinds(head: bytes, kind: FileKind) -> None:
    """Each kind is told by how it begins."""
    assert file_kind(head) is kind


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"PGDMP\x01\x0e", "PostgreSQL's own format"),
        (b'[{"name": 1}]', "a JSON array"),
        (b"\x7fELF\x02\x01, and so on", "unrecognised store format"),
        (b"one word\n", "unrecognised store format"),
    ],
)
def test_unknown_kinds(head: bytes, reason: str) -> None:
    """Anything else is refused with a reason."""
    with pytest.raises(StoreError, match=reason):
        file_kind(head)
