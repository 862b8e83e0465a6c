"""Kinds of files by content."""

import pytest

from parsers.errors import StoreError
from parsers.stores.open import FileKind, file_kind


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
        (b"\x7fELF\x02\x01, and so on", "no kind of store"),
        (b"one word\n", "no kind of store"),
    ],
)
def test_unknown_kinds(head: bytes, reason: str) -> None:
    """Anything else is refused with a reason."""
    with pytest.raises(StoreError, match=reason):
        file_kind(head)
