"""Octopus Deploy's database, on SQL Server or in any other with the same tables, read as a store."""

import json
from collections.abc import Iterator
from typing import Final

from parsers.errors import StoreError
from parsers.octopus.stores.document_records import DocumentRecords
from parsers.octopus.stores.known_paths import KNOWN_PATHS, KNOWN_PATHS_OF
from parsers.octopus.stores.names import NAMING_TABLES
from parsers.octopus.stores.source import (
    BLOB,
    BLOB_REASON,
    BLOB_TABLE,
    JSON,
    WANTED_COLUMNS,
    Row,
    read_documents,
)
from parsers.stores.database.catalogue import Catalogue, Column, Table, Unusable, select
from parsers.stores.database.changing.target import Locator
from parsers.stores.database.faults import DRIVER_FAULTS, explain
from parsers.stores.database.rows import partitions
from parsers.stores.database.store import DatabaseStore
from parsers.stores.interface import NotAudited, StoreEvent
from parsers.unread import Unread

FETCH_ROWS: Final = 64
"""A document may have megabytes."""

_TABLES: Final = (*KNOWN_PATHS, *KNOWN_PATHS_OF)


def is_octopus(catalogue: Catalogue) -> bool:
    """Whether a database is Octopus': one of the tables with secrets is there, with documents in it."""
    wanted = {table.casefold() for table in _TABLES}
    return any(
        isinstance(table := catalogue.find(name), Table) and _holds_documents(table)
        for name in catalogue.tables
        if name.casefold() in wanted
    )


class OctopusDatabase(DatabaseStore):
    """Every table with a column `JSON` or `JSONBlob`, each streamed over its own connection.

    Frozen snapshots are documents as all others.
    """

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`.

        Raises:
            StoreError: no connection, or none of Octopus' tables is there.
        """
        return read_documents(self)

    def locator(self) -> Locator:
        """As `DatabaseStore.locator`."""
        return DocumentRecords()

    def items(self, *, naming: bool) -> Iterator[Row | StoreEvent]:
        """As `DocumentSource.items`."""
        try:
            with self._database.reading() as connection:
                catalogue = Catalogue(connection)
                found = [(name, catalogue.find(name)) for name in catalogue.tables]
        except DRIVER_FAULTS as error:
            raise StoreError(f"{self.label!r} cannot be read: {explain(error)}") from error
        wanted = {name.casefold() for name in NAMING_TABLES}
        for name, table in found:
            if isinstance(table, Unusable):
                yield Unread(self.label, name, f"table {name!r}: {table.value}")
            elif name.casefold() == BLOB_TABLE.casefold():
                yield NotAudited(self.label, name, BLOB_REASON)
            elif _holds_documents(table) and (not naming or name.casefold() in wanted):
                yield from self._rows(table)
        yield from self._absent({name.casefold() for name, _ in found})

    def _absent(self, there: set[str]) -> Iterator[NotAudited]:
        for table in _TABLES:
            if table.casefold() not in there:
                yield NotAudited(self.label, table, Unusable.ABSENT.value)

    def _rows(self, table: Table) -> Iterator[Row | Unread]:
        columns = [column for column in table.columns if column.name.casefold() in WANTED_COLUMNS]
        read = 0
        try:
            with self._database.reading() as connection:
                for rows in partitions(connection, select(table, columns), FETCH_ROWS):
                    for row in rows:
                        yield Row(table.name, _cells(columns, tuple(row)))
                        read += 1
        except DRIVER_FAULTS as error:
            yield Unread(self.label, table.name, explain(error), offset=read, partial=read > 0)


def _holds_documents(table: Table) -> bool:
    return any(column.name.casefold() in {JSON, BLOB} for column in table.columns)


def _cells(columns: list[Column], values: tuple[object, ...]) -> dict[str, str | bytes | None]:
    return {column.name.casefold(): _cell(value) for column, value in zip(columns, values, strict=True)}


def _cell(value: object) -> str | bytes | None:
    match value:
        case None | str():
            return value
        case bytes() | bytearray() | memoryview():
            return bytes(value)
        case dict():  # drivers read a column of the type JSON themselves
            return json.dumps(value)
        case bool():
            return str(int(value))
        case _:
            return str(value)
