"""A store reference → the store: the list of kinds, and how a file's kind is recognised."""

import codecs
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Final, assert_never

from parsers.archives.remote.urls import FILE_SCHEMES, check_url, is_url, scheme_of
from parsers.errors import ArchiveError, StoreError
from parsers.products import every_product
from parsers.secret import Secret
from parsers.stores.database.connection import Database, database_at, sqlite_content, sqlite_database
from parsers.stores.database.product_database import ProductDatabase
from parsers.stores.default_mapping import DEFAULT_MAPPING
from parsers.stores.interface import Store
from parsers.stores.mapping import Mapping as TableMapping
from parsers.stores.sql_dump.dump import SqlDump
from parsers.stores.store_file import StoreFile
from parsers.stores.tables.csv_table import CsvTable
from parsers.stores.tables.json_lines_table import JsonLinesTable
from parsers.stores.tables.parquet_table import ParquetTable
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
"""How a dump begins: with a comment, a meta-command of psql, or one of the statements in dumps."""
_DELIMITERS: Final = re.compile(r"[,;\t|]")


def file_kind(head: bytes) -> FileKind:
    """The kind of the file that begins with `head`.

    Raises:
        StoreError: it is not one of them; the hint says what may help.
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
        "unrecognised store format", hint=f"supported are {', '.join(kind.value for kind in FileKind)}"
    )


def _is_header(line: str) -> bool:
    """Titles with a delimiter between them; NULs are left to the reader, which can say more of them."""
    return bool(_DELIMITERS.search(line)) and line.replace("\t", "").replace("\0", "").isprintable()


def open_store(
    reference: str,
    *,
    columns: Mapping[str, str] | None = None,
    mapping: TableMapping = DEFAULT_MAPPING,
    password: Secret | None = None,
    zip_passwords: Sequence[Secret] = (),
) -> Store:
    """The store that `reference` names; files are recognised by content, compressed ones too.

    The order of recognition: a database URL, a folder, a file of a product, first bytes (SQLite, Parquet),
    first letters (XML, JSON, SQL), and at last the header of a CSV file.

    Args:
        reference: a path, the URL of a file, or a database URL of SQLAlchemy's form, without a password.
        columns: for table files: names in the file for those of `tables.columns.COLUMNS` that differ.
        mapping: for databases and dumps: which tables and columns hold secrets.
        password: for a database URL.
        zip_passwords: candidates for an encrypted zip.

    Raises:
        StoreError: there is nothing, its format is not recognised, or the options do not apply to it.
        ArchiveError: the URL of a file holds a password, or the library that reads it is not installed.
    """
    if is_url(reference):
        if scheme_of(reference) not in FILE_SCHEMES:
            return ProductDatabase(database_at(reference, password=password), mapping)
        check_url(reference)
    file = StoreFile(reference, tuple(zip_passwords))
    if Path(reference).is_dir():
        return _folder(Path(reference))
    head = file.head()
    # Columns are named for a plain table alone, even where a product's own tables look like one.
    if not columns and (store := _of_a_product(file, head)):
        return store
    try:
        kind = file_kind(head)
    except StoreError as error:
        raise StoreError(f"{reference}: {error.message}", hint=error.hint) from error
    return _store(kind, file, columns or {}, mapping)


def _folder(folder: Path) -> Store:
    forms = [product.stores() for product in every_product()]
    if store := next((store for form in forms if (store := form.folder(folder)) is not None), None):
        return store
    raise StoreError(
        f"{folder}: unrecognised store format of a folder",
        hint=f"folders can be {', or '.join(form.folders for form in forms if form.folders)}",
    )


def _of_a_product(file: StoreFile, head: bytes) -> Store | None:
    """The product's own store that a file is: of the first product in the list that recognises it."""
    forms = (product.stores() for product in every_product())
    return next((store for form in forms if (store := form.file(file, head)) is not None), None)


def _store(kind: FileKind, file: StoreFile, columns: Mapping[str, str], mapping: TableMapping) -> Store:
    match kind:
        case FileKind.EXPORT:
            return _export(file)
        case FileKind.CSV:
            return CsvTable(file, columns)
        case FileKind.PARQUET:
            return ParquetTable(file, columns)
        case FileKind.JSON_LINES:
            return JsonLinesTable(file, columns)
        case FileKind.SQLITE:
            return ProductDatabase(_sqlite(file), mapping)
        case FileKind.SQL_DUMP:
            return SqlDump(file, mapping)
        case _:
            assert_never(kind)


def _export(file: StoreFile) -> Store:
    if store := _of_a_product(file, file.head()):
        return store
    raise StoreError(f"{file.reference}: XML, and not an export of a known product")


def _sqlite(file: StoreFile) -> Database:
    """SQLite needs random access, so a compressed file is opened from memory."""
    if file.is_plain(SQLITE_MAGIC):
        return sqlite_database(Path(file.reference))
    try:
        return sqlite_content(file.whole(), label=file.reference)
    except (ArchiveError, StoreError) as error:
        raise StoreError(f"{file.reference}: {error.message}", hint=error.hint) from error
