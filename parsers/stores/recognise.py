"""Which kind of store a file is, by its first bytes and never by its name."""

import codecs
import re
from enum import Enum
from typing import Final

from parsers.errors import StoreError
from parsers.stores.text_encoding import encoding_of


class FileKind(Enum):
    """The kinds of files that stores come in."""

    EXPORT = "export XML"
    CSV = "CSV"
    PARQUET = "Parquet"
    JSON_LINES = "JSON Lines"
    SQLITE = "SQLite"
    SQL_DUMP = "SQL dump"


SQLITE_MAGIC: Final = b"SQLite format 3\0"

_BINARY: Final = ((SQLITE_MAGIC, FileKind.SQLITE), (b"PAR1", FileKind.PARQUET))
_SQL: Final = re.compile(
    r"--|/\*|\\restrict\s|(?:SET|USE|BEGIN|START|CREATE|DROP|INSERT|REPLACE|COPY|LOCK|ALTER|IF|GO)[\s;]",
    re.IGNORECASE,
)
"""How a dump begins: a comment, a meta-command of psql, or one of the statements that dumps hold."""
_DELIMITERS: Final = re.compile(r"[,;\t|]")


def file_kind(head: bytes) -> FileKind:
    """The kind of the file that begins with `head`.

    Raises:
        StoreError: it is none of them; the hint says what may help.
    """
    for magic, kind in _BINARY:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PGDMP"):
        raise StoreError("a dump in PostgreSQL's own format", hint="make it SQL: pg_restore -f dump.sql FILE")
    return _text_kind(_text(head).lstrip())


def _text(head: bytes) -> str:
    encoding = encoding_of(head)
    return codecs.getincrementaldecoder(encoding)("replace").decode(head)


def _text_kind(text: str) -> FileKind:
    if not text:
        raise StoreError("the file is empty")
    if text.startswith("<"):
        return FileKind.EXPORT
    if text.startswith("{"):
        return FileKind.JSON_LINES
    if text.startswith("["):
        raise StoreError("a JSON array", hint="write one object a line: jq -c '.[]' FILE > FILE.jsonl")
    if _SQL.match(text):
        return FileKind.SQL_DUMP
    if _is_header(text.splitlines()[0]):
        return FileKind.CSV
    raise StoreError(
        "no kind of store that is known", hint=f"known are {', '.join(kind.value for kind in FileKind)}"
    )


def _is_header(line: str) -> bool:
    """Titles with a delimiter between them; NULs are left to the reader, which can say more of them."""
    return bool(_DELIMITERS.search(line)) and line.replace("\t", "").replace("\0", "").isprintable()
