"""A store → what writes its values: in place, or anew; the list of kinds for each."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from parsers.errors import StoreError
from parsers.stores.database.changing.database_writer import DatabaseWriter
from parsers.stores.database.changing.document_records import DocumentRecords
from parsers.stores.database.changing.mapped_records import MappedRecords
from parsers.stores.database.changing.target import Locator
from parsers.stores.database.changing.transactions import RetryPolicy, WriteAccess, roll_back_journal
from parsers.stores.database.cloudbees_database import CloudBeesDatabase
from parsers.stores.database.connection import Database
from parsers.stores.database.faults import DRIVER_FAULTS, explain
from parsers.stores.database.product_database import ProductDatabase
from parsers.stores.export.cloudbees_export import CloudBeesExport
from parsers.stores.interface import Store
from parsers.stores.octopus.database import OctopusDatabase
from parsers.stores.octopus.migrator import MigratorFolder
from parsers.stores.octopus.script import OctopusScript
from parsers.stores.octopus.table_file import Form, OctopusTableFile, OctopusTableFolder
from parsers.stores.rewriting.column_lengths import records_too_long
from parsers.stores.rewriting.file_rewriter import StreamRewriter
from parsers.stores.rewriting.source_files import SourceFile, files_of_folder, read_file
from parsers.stores.sql_dump.dump import SqlDump
from parsers.stores.store_file import Look
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
        case ProductDatabase():
            return (
                in_place_writer(store.store(), retry_policy=retry_policy)
                if _is_writable(store.database)
                else None
            )
        case CloudBeesDatabase():
            return _database_writer(store.database, MappedRecords(store.mapping), retry_policy)
        case OctopusDatabase():
            return _database_writer(store.database, DocumentRecords(), retry_policy)
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
        case ProductDatabase() | CloudBeesDatabase() | OctopusDatabase() if store.database.file is not None:
            try:
                roll_back_journal(store.database.file)
            except DRIVER_FAULTS as error:
                raise StoreError(f"{store.label!r} cannot be opened for writing: {explain(error)}") from error


def _database_writer(database: Database, locator: Locator, retry_policy: RetryPolicy) -> InPlaceWriter | None:
    return DatabaseWriter(WriteAccess(database, retry_policy), locator) if _is_writable(database) else None


def _is_writable(database: Database) -> bool:
    """A SQLite file that was compressed is only in memory."""
    return database.engine.dialect.name != "sqlite" or database.file is not None


_OneFile = CloudBeesExport | CsvTable | JsonLinesTable | SqlDump | OctopusScript | OctopusTableFile


def file_rewriter(store: Store) -> FileRewriter | None:
    """The writer of a store's files; None for a database, and for files that are not text."""
    match store:
        case OctopusTableFile(form=Form.PARQUET):
            return None
        case SqlDump():
            return replace(_of_one_file(store), too_long=partial(records_too_long, store))
        case CloudBeesExport() | CsvTable() | JsonLinesTable() | OctopusScript() | OctopusTableFile():
            return _of_one_file(store)
        case OctopusTableFolder():
            return _of_tables(store)
        case MigratorFolder():
            return _of_migrator(store)
        case _:
            return None


def _of_one_file(store: _OneFile) -> StreamRewriter:
    def files() -> list[SourceFile]:
        return [read_file(store.file)]

    def through(look: Look) -> Store:
        return replace(store, file=replace(store.file, look=look))

    return StreamRewriter(store.label, files, through, is_export=isinstance(store, CloudBeesExport))


def _of_tables(store: OctopusTableFolder) -> FileRewriter:
    def files() -> list[SourceFile]:
        return files_of_folder(Path(store.reference), [each.file for each in store.files])

    def through(look: Look) -> Store:
        tables = (replace(each, file=replace(each.file, look=look)) for each in store.files)
        return replace(store, files=tuple(tables))

    return StreamRewriter(store.label, files, through)


def _of_migrator(store: MigratorFolder) -> FileRewriter:
    def files() -> list[SourceFile]:
        return files_of_folder(Path(store.reference), store.documents())

    def through(look: Look) -> Store:
        return replace(store, look=look)

    return StreamRewriter(store.label, files, through)
