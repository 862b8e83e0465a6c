"""A store → what writes its values: in place, or anew; a product's own store as its product says."""

from dataclasses import replace
from functools import partial
from typing import Final

from parsers.errors import StoreError
from parsers.products import every_product
from parsers.stores.database.changing.database_writer import DatabaseWriter
from parsers.stores.database.changing.transactions import RetryPolicy, WriteAccess, roll_back_journal
from parsers.stores.database.connection import Database
from parsers.stores.database.faults import DRIVER_FAULTS, explain
from parsers.stores.database.store import DatabaseStore
from parsers.stores.interface import Store
from parsers.stores.rewriting.column_lengths import records_too_long
from parsers.stores.rewriting.one_file import one_file
from parsers.stores.sql_dump.dump import SqlDump
from parsers.stores.store_writer import FileRewriter, InPlaceWriter
from parsers.stores.tables.csv_table import CsvTable
from parsers.stores.tables.json_lines_table import JsonLinesTable

_RETRY_POLICY: Final = RetryPolicy()


def in_place_writer(store: Store, *, retry_policy: RetryPolicy = _RETRY_POLICY) -> InPlaceWriter | None:
    """The writer for a live database or an uncompressed SQLite file; None for every other store.

    Raises:
        StoreError: no connection.
    """
    match store:
        case DatabaseStore() if _is_writable(store.database):
            return DatabaseWriter(WriteAccess(store.database, retry_policy), store.locator())
        case _:
            return None


def roll_back_unfinished(store: Store) -> None:
    """Roll back what a killed program left unfinished in a SQLite file; servers do so by themselves.

    Call it before reading a store that is to be changed, since SQLite's read-only connections cannot do
    it. Other files are not touched.

    Raises:
        StoreError: the file cannot be written.
    """
    match store:
        case DatabaseStore() if store.database.file is not None:
            try:
                roll_back_journal(store.database.file)
            except DRIVER_FAULTS as error:
                raise StoreError(f"{store.label!r} cannot be opened for writing: {explain(error)}") from error


def _is_writable(database: Database) -> bool:
    """A SQLite file that was compressed is only in memory."""
    return database.engine.dialect.name != "sqlite" or database.file is not None


def file_rewriter(store: Store) -> FileRewriter | None:
    """The writer of a store's files; None for a database, and for files that are not text."""
    match store:
        case SqlDump():
            rewriter = one_file(store.file, lambda file: replace(store, file=file))
            return replace(rewriter, too_long=partial(records_too_long, store))
        case CsvTable() | JsonLinesTable():
            return one_file(store.file, lambda file: replace(store, file=file))
        case _:
            forms = (product.stores() for product in every_product())
            return next((found for form in forms if (found := form.written_anew(store)) is not None), None)
