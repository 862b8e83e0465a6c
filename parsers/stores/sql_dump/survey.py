"""The first reading of a dump: its tables, what fits into memory, and where a second one is to begin."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from parsers.errors import StoreError
from parsers.stores.ciphertext_form import BLOCK_BYTES, SHORTEST
from parsers.stores.interface import Uncovered
from parsers.stores.mapping import Mapping
from parsers.stores.schema import BATCH_ROWS
from parsers.stores.sql_dump.definitions import Definitions, DumpedColumn
from parsers.stores.sql_dump.dialect import SqlSession
from parsers.stores.sql_dump.row_batches import SmallTables, TableRows
from parsers.stores.sql_dump.rows import Columns, Misread, Rows
from parsers.stores.sql_dump.statements import SqlStatements
from parsers.stores.sql_dump.window import SqlWindow
from parsers.stores.unmapped import ColumnSearch, has_long_run, in_words, may_hold_ciphertext

NOTHING: Final = frozenset[str]()


class UnmappedColumnSearch:
    """Searches every column of every table except those in `mapped` (table, column; case-folded).

    Keys are left out, as in a database. Every row is searched, but only literals that are long enough are
    decoded: most columns of most tables have none.
    """

    def __init__(self, definitions: Definitions, mapped: Collection[tuple[str, str]]) -> None:
        self._definitions = definitions
        self._mapped = mapped
        self._columns: dict[str, dict[str, ColumnSearch]] = {}
        self._requested: dict[str, frozenset[str]] = {}

    def requested(self, table: str) -> frozenset[str]:
        """The columns to search, case-folded like the table's name."""
        if table not in self._requested:
            defined = self._definitions.tables.get(table)
            if defined is None:
                return NOTHING
            found = {
                column.name.casefold(): ColumnSearch(column.name)
                for column in defined.columns
                if may_hold_ciphertext(column.name, defined.keys) and not _is_short(column)
            }
            self._columns[table] = {
                name: search for name, search in found.items() if (table, name) not in self._mapped
            }
            self._requested[table] = frozenset(self._columns[table])
        return self._requested[table]

    def add(self, rows: Rows) -> None:
        """Search some rows of any table."""
        searches = self._columns.get(rows.table, {})
        if wanted := [name for name, tokens in rows.tokens(searches).items() if has_long_run(tokens)]:
            # Rows with an expression here do not count as lost: no mapping names these columns.
            columns, _ = rows.values(wanted)
            for name, values in columns.items():
                searches[name].add(values)

    def uncovered(self, store: str) -> Iterator[Uncovered]:
        """What was found, without keys, which PostgreSQL's dumps define only after the rows."""
        for table, columns in sorted(self._columns.items()):
            defined = self._definitions.tables[table]
            for column in defined.columns:
                found = columns.get(column.name.casefold())
                if found is None or not may_hold_ciphertext(column.name, defined.keys):
                    continue
                if forms := found.forms():
                    place = f"{defined.name}.{column.name}"
                    yield Uncovered(store, place, forms.total(), in_words(forms))


def _is_short(column: DumpedColumn) -> bool:
    """Whether its type is too short for any ciphertext."""
    return column.max_length is not None and column.max_length < (
        BLOCK_BYTES if column.form.binary else SHORTEST
    )


HELD_ROWS: Final = 4 * BATCH_ROWS
"""So many rows of mapped tables, some 60 MB, are kept until the names of their projects are known, which may
come last in a dump. A dump with more rows is read twice."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """Where the rows begin that were not kept, and what is known at that point."""

    offset: int
    session: SqlSession
    definitions: Definitions


class Survey:
    """The result of a first reading.

    Args:
        mapping: what to read.
        held_rows: how many rows of mapped tables may be kept in memory.

    Attributes:
        definitions: the dump's tables.
        small: names of projects, and the history of passkeys.
        search: ciphertext in columns that no mapping names.
        batches: rows of the mapped tables, in the mapping's order, up to `resumption`.
        misreads: what could not be read, up to `resumption`.
        resumption: where the second reading begins; None if all rows are there.
        fault: what ended the reading, or "".
    """

    def __init__(self, mapping: Mapping, held_rows: int) -> None:
        self.definitions = Definitions()
        self.small = SmallTables(mapping)
        self.batches = [TableRows(mapped) for mapped in mapping.tables]
        self.misreads: list[Misread] = []
        self.resumption: Resumption | None = None
        self.fault = ""
        self._held_rows = held_rows
        self._mapped = requested_columns(self.batches)
        named = {(table, column) for table, columns in self._mapped.items() for column in columns}
        self.search = UnmappedColumnSearch(self.definitions, named)
        self._requested: dict[str, frozenset[str]] = {}
        self._statement = -1
        self._before: list[int] = []

    def read(self, window: SqlWindow, session: SqlSession) -> None:
        """Read the dump to its end, or to where it cannot be read further."""
        statements = SqlStatements(window, session, self._requested_of, self.definitions)
        try:
            for event in statements.read():
                if isinstance(event, Misread):
                    self._add_misread(event)
                else:
                    self._add_rows(event)
        except StoreError as error:
            self.fault = error.message

    def _requested_of(self, table: str) -> frozenset[str]:
        """All columns that are wanted; the same object until that changes."""
        if table not in self._requested:
            self._requested[table] = self._needed_of(table) | self.search.requested(table)
        return self._requested[table]

    def _needed_of(self, table: str) -> frozenset[str]:
        mapped = self._mapped if self.resumption is None else {}
        return self.small.requested.get(table, NOTHING) | mapped.get(table, NOTHING)

    def _add_misread(self, misread: Misread) -> None:
        if self.resumption is None and (not misread.table or self._needed_of(misread.table)):
            self.misreads.append(misread)

    def _add_rows(self, rows: Rows) -> None:
        self.search.add(rows)
        if needed := self._needed_of(rows.table):
            columns, lost = rows.values(needed)
            if lost:
                self._add_misread(report_lost_rows(rows, lost))
            self.small.add(rows.table, columns)
            if self.resumption is None:
                self._keep(rows, columns)

    def _keep(self, rows: Rows, columns: Columns) -> None:
        if rows.offset != self._statement:
            self._statement = rows.offset
            self._before = [each.height for each in self.batches]
        if sum(each.height for each in self.batches) + len(rows.cells) > self._held_rows:
            self._resume_at(rows)
            return
        for each in self.batches:
            if each.table == rows.table and columns:
                each.add(columns, self.definitions)

    def _resume_at(self, rows: Rows) -> None:
        """Begin the second reading at the first statement of which a row was not kept."""
        for each, height in zip(self.batches, self._before, strict=True):
            each.shrink(height)  # rows of that statement would be read twice
        self.misreads = [misread for misread in self.misreads if misread.offset < rows.offset]
        self.resumption = Resumption(rows.offset, rows.session, Definitions(self.definitions.tables))
        self._requested.clear()


def requested_columns(batches: Iterable[TableRows]) -> dict[str, frozenset[str]]:
    """The columns that are wanted of each mapped table."""
    requested: dict[str, frozenset[str]] = {}
    for each in batches:
        requested[each.table] = requested.get(each.table, NOTHING) | each.requested
    return requested


def report_lost_rows(rows: Rows, count: int) -> Misread:
    """A report of rows whose values only a server could work out."""
    reason = f"of the rows of {rows.table!r} from here on, {count} hold an expression, or damaged literals"
    return Misread(rows.table, rows.offset, reason)
