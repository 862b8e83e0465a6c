"""A store reference → the store: the list of kinds that there are."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import assert_never

from parsers.archives.remote.reference import FILE_SCHEMES, check_url, is_url, scheme_of
from parsers.errors import ArchiveError, StoreError
from parsers.products import every_product
from parsers.secret import Secret
from parsers.stores.database.connection import Database, database_at, sqlite_content, sqlite_database
from parsers.stores.database.product_database import ProductDatabase
from parsers.stores.default_mapping import DEFAULT_MAPPING
from parsers.stores.interface import Store
from parsers.stores.mapping import Mapping as TableMapping
from parsers.stores.recognise import SQLITE_MAGIC, FileKind, file_kind
from parsers.stores.sql_dump.dump import SqlDump
from parsers.stores.store_file import StoreFile
from parsers.stores.tables.csv_table import CsvTable
from parsers.stores.tables.json_lines_table import JsonLinesTable
from parsers.stores.tables.parquet_table import ParquetTable


def open_store(
    reference: str,
    *,
    columns: Mapping[str, str] | None = None,
    mapping: TableMapping = DEFAULT_MAPPING,
    password: Secret | None = None,
    zip_passwords: Sequence[Secret] = (),
) -> Store:
    """The store that `reference` names; files are recognised by content, compressed ones too.

    Args:
        reference: a path, the URL of a file, or a database URL of SQLAlchemy's form, without a password.
        columns: for table files: names in the file for those of `tables.columns.COLUMNS` that differ.

        mapping: for databases and dumps: which tables and columns hold secrets.
        password: for a database URL.
        zip_passwords: candidates for an encrypted zip.

    Raises:
        StoreError: nothing there, no kind that is known, or options that make no sense for it.
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
        f"{folder}: a folder, and no kind of store that is one",
        hint=f"folders can be {', or '.join(form.folders for form in forms if form.folders)}",
    )


def _of_a_product(file: StoreFile, head: bytes) -> Store | None:
    """The store of a product's own that a file is: the first of the list that recognises it has it."""
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
    raise StoreError(f"{file.reference}: XML, and no export that is known")


def _sqlite(file: StoreFile) -> Database:
    """SQLite reads at any position: a file that is compressed goes through memory."""
    if file.is_plain(SQLITE_MAGIC):
        return sqlite_database(Path(file.reference))
    try:
        return sqlite_content(file.whole(), label=file.reference)
    except (ArchiveError, StoreError) as error:
        raise StoreError(f"{file.reference}: {error.message}", hint=error.hint) from error
