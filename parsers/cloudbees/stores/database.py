"""CloudBees CD's database, live or a SQLite file with the same tables, read as a store."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import Final

import polars as pl

from parsers.cloudbees.stores.passkey_history import fingerprints
from parsers.cloudbees.stores.tables import MAPPING
from parsers.errors import StoreError
from parsers.stores.database.catalogue import Catalogue, Unusable
from parsers.stores.database.changing.mapped_records import MappedRecords
from parsers.stores.database.changing.target import Locator
from parsers.stores.database.connection import Database
from parsers.stores.database.discovery import uncovered
from parsers.stores.database.faults import DRIVER_FAULTS, explain
from parsers.stores.database.plan import ReadableTable, TablePlan, gaps, plan
from parsers.stores.database.rows import FETCH_ROWS, stream
from parsers.stores.database.store import DatabaseStore
from parsers.stores.interface import StoredValues, StoreEvent
from parsers.stores.mapped_rows import PROJECTS, stored_rows
from parsers.stores.mapping import Mapping
from parsers.stores.schema import BATCH_ROWS
from parsers.unread import Unread

_FETCHES: Final = BATCH_ROWS // FETCH_ROWS


class CloudBeesDatabase(DatabaseStore):
    """The tables of a mapping, each streamed over a connection of its own.

    At most `BATCH_ROWS` rows are held at a time, besides the names of all projects.
    """

    def __init__(self, database: Database, mapping: Mapping = MAPPING) -> None:
        super().__init__(database)
        self._mapping = mapping

    def read(self) -> Iterator[StoreEvent]:
        """Fingerprints, then every mapped table's values, then what no mapping covers.

        A lost connection ends the table that it was read for; the others are tried again.

        Raises:
            StoreError: no connection, or none of the mapped tables is there.
        """
        try:
            with self._database.reading() as connection:
                catalogue = Catalogue(connection)
                plans = [(mapped, plan(mapped, catalogue)) for mapped in self._mapping.tables]
        except DRIVER_FAULTS as error:
            raise StoreError(f"{self.label!r} cannot be read: {explain(error)}") from error
        self._refuse_wrong_database(found for _, found in plans)
        yield from self._history()
        for mapped, found in plans:
            yield from gaps(mapped, found, named=mapped in self._mapping.named, store=self.label)
            if isinstance(found, TablePlan):
                yield from self._values(found)
        yield from self._uncovered([found for _, found in plans if isinstance(found, TablePlan)])

    def locator(self) -> Locator:
        """As `DatabaseStore.locator`."""
        return MappedRecords(self._mapping)

    def _refuse_wrong_database(self, found: Iterable[TablePlan | Unusable | str]) -> None:
        if all(outcome is Unusable.ABSENT for outcome in found):
            raise StoreError(
                f"{self.label!r} has none of the tables with secrets: is it the wrong database?",
                hint="check the database's name and the user's rights, or name the tables with --mapping",
            )

    def _history(self) -> Iterator[StoreEvent]:
        history = self._mapping.history
        try:
            with self._database.reading() as connection:
                yield from fingerprints(connection, Catalogue(connection), history, store=self.label)
        except DRIVER_FAULTS as error:
            yield Unread(self.label, history.table, explain(error))

    def _values(self, found: TablePlan) -> Iterator[StoreEvent]:
        projects = yield from self._projects(found)
        fetched: list[pl.DataFrame] = []
        read, fault = 0, ""
        try:
            with self._database.reading() as connection, closing(stream(connection, found.source)) as frames:
                for frame in frames:
                    fetched.append(frame)
                    read += frame.height
                    if len(fetched) == _FETCHES:
                        yield self._batch(fetched, found, projects)
                        fetched.clear()
        except DRIVER_FAULTS as error:
            fault = explain(error)
        if fetched:
            yield self._batch(fetched, found, projects)
        if fault:
            yield Unread(self.label, found.mapped.table, fault, offset=read, partial=read > 0)

    def _batch(self, fetched: list[pl.DataFrame], found: TablePlan, projects: pl.DataFrame) -> StoredValues:
        rows = pl.concat(fetched)
        return StoredValues(stored_rows(rows, found.mapped, projects, store=self.label, key=found.key))

    def _projects(self, found: TablePlan) -> Generator[StoreEvent, None, pl.DataFrame]:
        """The names of projects; where they cannot be read, an event says so, and there are none."""
        if not isinstance(found.projects, ReadableTable):
            return PROJECTS.to_frame()
        try:
            with self._database.reading() as connection:
                names = pl.concat([PROJECTS.to_frame(), *stream(connection, found.projects)], how="diagonal")
        except DRIVER_FAULTS as error:
            reason = f"projects have no names here: {explain(error)}"
            yield Unread(self.label, found.projects.table.name, reason)
            return PROJECTS.to_frame()
        return names.unique("project_key", keep="first", maintain_order=True)

    def _uncovered(self, plans: list[TablePlan]) -> Iterator[StoreEvent]:
        mapped = {
            (found.source.table.name, column.name)
            for found in plans
            for column in found.source.columns.values()
        }
        try:
            with self._database.reading() as connection:
                yield from uncovered(connection, Catalogue(connection), mapped, store=self.label)
        except DRIVER_FAULTS as error:
            yield Unread(self.label, "", f"the search for tables that no mapping names: {explain(error)}")
