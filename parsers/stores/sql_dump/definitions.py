"""The tables of a dump, as far as it was read: its catalogue."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from sqlalchemy.types import NullType

from parsers.stores.database.catalogue import Column, Table, Unusable
from parsers.stores.sql_dump.rows import Source
from parsers.stores.sql_dump.table import DumpedColumn, DumpedTable, names_in

NEITHER: Final = "neither their columns nor the table's definition stand in the dump"


class Definitions:
    """What `plan` asks of a catalogue.

    Attributes:
        tables: those met so far, by case-folded name.
    """

    def __init__(self, tables: Mapping[str, DumpedTable] | None = None) -> None:
        self.tables = dict(tables or {})

    def define(self, table: DumpedTable) -> None:
        """A CREATE TABLE."""
        self.tables[table.name.casefold()] = table

    def learn(self, name: str, listed: bytes | None) -> None:
        """A table that the dump does not define is known by the columns that its rows name."""
        if listed is not None and name.casefold() not in self.tables:
            self.define(DumpedTable(name, tuple(DumpedColumn(column) for column in names_in(listed))))

    def add_keys(self, name: str, columns: Iterable[str]) -> None:
        """An ALTER TABLE makes these columns a key."""
        if table := self.tables.get(name.casefold()):
            self.define(replace(table, keys=table.keys.union(columns)))

    def find(self, name: str) -> Table | Unusable:
        """The table of this name, whatever its capitals."""
        found = self.tables.get(name.casefold())
        if found is None:
            return Unusable.ABSENT
        columns = tuple(Column(column.name, NullType()) for column in found.columns)
        return Table(found.name, columns, found.keys, frozenset())

    def source(self, name: str, listed: bytes | None, asked: frozenset[str]) -> Source | str:
        """What rows of this table hold of what is asked for; or why that is not known."""
        table = self.tables.get(name.casefold())
        if table is None:
            return NEITHER
        columns = table.columns
        if listed is not None:
            columns = tuple(table.column(column) or DumpedColumn(column) for column in names_in(listed))
        wanted = tuple(at for at, column in enumerate(columns) if column.name.casefold() in asked)
        return Source(name.casefold(), len(columns), asked, wanted, tuple(columns[at] for at in wanted))
