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
from parsers.stores.sql_dump.dialect import Session
from parsers.stores.sql_dump.row_batches import Gathered, SmallTables
from parsers.stores.sql_dump.rows import Columns, Misread, Rows
from parsers.stores.sql_dump.statements import SqlStatements
from parsers.stores.sql_dump.window import SqlWindow
from parsers.stores.unmapped import ColumnSearch, has_long_run, in_words, may_hold_ciphertext

_NOTHING: Final = frozenset[str]()


class Search:
    """Looks at every column of every table, not among `mapped` (table, column; case-folded).

    As in a database, keys are no candidates. Every row is looked at, but only literals that are long enough
    are read: most columns of most tables hold none.
    """

    def __init__(self, definitions: Definitions, mapped: Collection[tuple[str, str]]) -> None:
        self._definitions = definitions
        self._mapped = mapped
        self._columns: dict[str, dict[str, ColumnSearch]] = {}
        self._asked: dict[str, frozenset[str]] = {}

    def asked(self, table: str) -> frozenset[str]:
        """The columns that are looked at, case-folded as the table is."""
        if table not in self._asked:
            defined = self._definitions.tables.get(table)
            if defined is None:
                return _NOTHING
            found = {
                column.name.casefold(): ColumnSearch(column.name)
                for column in defined.columns
                if may_hold_ciphertext(column.name, defined.keys) and not _is_short(column)
            }
            self._columns[table] = {
                name: search for name, search in found.items() if (table, name) not in self._mapped
            }
            self._asked[table] = frozenset(self._columns[table])
        return self._asked[table]

    def take(self, rows: Rows) -> None:
        """Some rows of whatever table."""
        searches = self._columns.get(rows.table, {})
        if wanted := [name for name, tokens in rows.tokens(searches).items() if has_long_run(tokens)]:
            # An expression in one of these columns does not matter.
            columns, _ = rows.values(wanted)
            for name, values in columns.items():
                searches[name].take(values)

    def uncovered(self, store: str) -> Iterator[Uncovered]:
        """What was found; keys that the dump told behind their rows are left out."""
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
    """Whether no ciphertext fits into it, going by its type."""
    return column.room is not None and column.room < (BLOCK_BYTES if column.form.binary else SHORTEST)


NOTHING: Final = frozenset[str]()
HELD_ROWS: Final = 4 * BATCH_ROWS
"""So many rows of mapped tables are held until the names of their projects are known, which a dump may tell
last; only a dump with more of them, which are some 60 MB, is read twice."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """Where the rows begin that were not held, and what is known by then."""

    offset: int
    session: Session
    definitions: Definitions


class Survey:
    """What a first reading finds out.

    Args:
        mapping: what to read.
        held_rows: how many rows of mapped tables may be held.

    Attributes:
        definitions: the dump's tables.
        small: names of projects, and the history of passkeys.
        search: ciphertext in columns that no mapping names.
        gathered: rows of the mapped tables, in the mapping's order, up to `resumption`.
        told: what could not be read, up to `resumption`.
        resumption: where the second reading begins; None if all rows are there.
        fault: what ended the reading, or "".
    """

    def __init__(self, mapping: Mapping, held_rows: int) -> None:
        self.definitions = Definitions()
        self.small = SmallTables(mapping)
        self.gathered = [Gathered(mapped) for mapped in mapping.tables]
        self.told: list[Misread] = []
        self.resumption: Resumption | None = None
        self.fault = ""
        self._held_rows = held_rows
        self._mapped = asked_of(self.gathered)
        named = {(table, column) for table, columns in self._mapped.items() for column in columns}
        self.search = Search(self.definitions, named)
        self._asked: dict[str, frozenset[str]] = {}
        self._statement = -1
        self._before: list[int] = []

    def read(self, window: SqlWindow, session: Session) -> None:
        """Read the dump to its end, or to where it cannot be read further."""
        statements = SqlStatements(window, session, self._all_asked, self.definitions)
        try:
            for event in statements.read():
                if isinstance(event, Misread):
                    self._tell(event)
                else:
                    self._take(event)
        except StoreError as error:
            self.fault = error.message

    def _all_asked(self, table: str) -> frozenset[str]:
        """All that anybody asks for; the same object until that changes."""
        if table not in self._asked:
            self._asked[table] = self._needed(table) | self.search.asked(table)
        return self._asked[table]

    def _needed(self, table: str) -> frozenset[str]:
        mapped = self._mapped if self.resumption is None else {}
        return self.small.asked.get(table, NOTHING) | mapped.get(table, NOTHING)

    def _tell(self, misread: Misread) -> None:
        if self.resumption is None and (not misread.table or self._needed(misread.table)):
            self.told.append(misread)

    def _take(self, rows: Rows) -> None:
        self.search.take(rows)
        if needed := self._needed(rows.table):
            columns, lost = rows.values(needed)
            if lost:
                self._tell(lost_rows(rows, lost))
            self.small.take(rows.table, columns)
            if self.resumption is None:
                self._hold(rows, columns)

    def _hold(self, rows: Rows, columns: Columns) -> None:
        if rows.offset != self._statement:
            self._statement = rows.offset
            self._before = [each.height for each in self.gathered]
        if sum(each.height for each in self.gathered) + len(rows.cells) > self._held_rows:
            self._resume_at(rows)
            return
        for each in self.gathered:
            if each.table == rows.table and columns:
                each.take(columns, self.definitions)

    def _resume_at(self, rows: Rows) -> None:
        """The second reading begins with the first statement of which a row is not held."""
        for each, height in zip(self.gathered, self._before, strict=True):
            each.shrink(height)
        self.told = [misread for misread in self.told if misread.offset < rows.offset]
        self.resumption = Resumption(rows.offset, rows.session, Definitions(self.definitions.tables))
        self._asked.clear()


def asked_of(gathered: Iterable[Gathered]) -> dict[str, frozenset[str]]:
    """The columns to hand out of each mapped table."""
    asked: dict[str, frozenset[str]] = {}
    for each in gathered:
        asked[each.table] = asked.get(each.table, NOTHING) | each.asked
    return asked


def lost_rows(rows: Rows, count: int) -> Misread:
    """How many rows' values only a server could work out."""
    reason = f"of the rows of {rows.table!r} from here on, {count} hold an expression, or damaged literals"
    return Misread(rows.table, rows.offset, reason)
