"""SQL dumps of CloudBees CD's database, from MySQL, MariaDB and PostgreSQL, read without a server."""

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import polars as pl

from parsers.archives.interface import Leaf
from parsers.errors import ArchiveError, StoreError
from parsers.stores.column_values import bytes_column, key_column, text_column
from parsers.stores.database.catalogue import Unusable
from parsers.stores.database.plan import ReadableTable, TablePlan, gaps, plan
from parsers.stores.interface import NotAudited, StoredValues, StoreEvent
from parsers.stores.mapped_rows import PROJECTS, stored_rows
from parsers.stores.mapping import DEFAULT_MAPPING, Mapping
from parsers.stores.schema import BATCH_ROWS
from parsers.stores.sql_dump.dialect import dialect_of
from parsers.stores.sql_dump.literal import Value
from parsers.stores.sql_dump.statements import Misread, Rows, SqlStatements
from parsers.stores.sql_dump.survey import Survey
from parsers.stores.sql_dump.window import SqlWindow
from parsers.stores.store_file import StoreFile, chunks
from parsers.stores.text_encoding import encoding_of
from parsers.unread import Unread

_BYTES: Final = frozenset({"value", "iv"})
_KEYS: Final = frozenset({"key", "project_key"})
_CLOSING_WORDS: Final = re.compile(rb"-- Dump completed|PostgreSQL database (?:cluster )?dump complete")
_OPENING_WORDS: Final = re.compile(rb"-- (?:MySQL|MariaDB) dump |-- PostgreSQL database (?:cluster )?dump\s")


class SqlDump:
    """A `Store` over one dump, read twice: for tables and names of projects, then for values.

    Values are those that a server holds after it has loaded the dump. What only a server can work out
    (an UPDATE, a function in place of a value) becomes an `Unread`. Tables of the same name in several
    databases of one dump are read as one. Only mapped columns are looked at, which an event says.
    """

    def __init__(self, file: StoreFile, mapping: Mapping = DEFAULT_MAPPING) -> None:
        self._file = file
        self._mapping = mapping

    @property
    def label(self) -> str:
        """The path as given."""
        return self._file.reference

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`: fingerprints, then values in the dump's order.

        Raises:
            StoreError: unreadable from the start, or none of the mapped tables is in it.
        """
        head = self._file.head()
        dialect = dialect_of(head)
        with self._window(head) as (_, window):
            survey = Survey(window, dialect, self._mapping)
        found = [plan(mapped, survey) for mapped in self._mapping.tables]
        if all(outcome is Unusable.ABSENT for outcome in found):
            raise StoreError(
                f"{self.label}: the dump has none of the tables with secrets",
                hint="is it the dump of another database? Else name the tables with --mapping",
            )
        yield from survey.fingerprints(self._mapping)
        plans = [outcome for outcome in found if isinstance(outcome, TablePlan)]
        for mapped, outcome in zip(self._mapping.tables, found, strict=True):
            named = mapped in self._mapping.named
            yield from gaps(mapped, outcome, named=named, store=self.label)
        yield NotAudited(self.label, "columns that no mapping names", "a dump is not searched for ciphertext")
        with self._window(head) as (leaf, window):
            yield from self._values(SqlStatements(window, dialect, _wanted(plans)), plans, survey, leaf)
            if _OPENING_WORDS.search(head) and not _CLOSING_WORDS.search(window.tail):
                reason = "the words with which such a dump ends are missing: it may be cut off"
                yield Unread(leaf.path, leaf.member, reason, window.offset, partial=True)

    @contextmanager
    def _window(self, head: bytes) -> Iterator[tuple[Leaf, SqlWindow]]:
        with self._file.open() as leaf:
            yield leaf, SqlWindow(_pieces(leaf, encoding_of(head)))

    def _values(
        self, statements: SqlStatements, plans: list[TablePlan], survey: Survey, leaf: Leaf
    ) -> Iterator[StoreEvent]:
        gathered = [_Gathered(found, survey, self.label) for found in plans]
        fault = ""
        try:
            for event in statements.read():
                if isinstance(event, Misread):
                    yield _unread(leaf, event.offset, event.reason)
                    continue
                columns, lost = event.values()
                if lost:
                    reason = f"{lost} rows of {event.table!r} hold an expression, or damaged literals"
                    yield _unread(leaf, event.offset, reason)
                for table in gathered:
                    yield from table.take(event, columns)
        except (ArchiveError, StoreError) as error:
            fault = error.message
        for table in gathered:
            yield from table.rest()
        if fault:
            yield Unread(leaf.path, leaf.member, fault, partial=True)


class _Gathered:
    """Rows of one mapped table on their way to a batch."""

    def __init__(self, found: TablePlan, survey: Survey, store: str) -> None:
        self._found = found
        self._table = found.source.table.name.casefold()
        self._roles = {role: column.name.casefold() for role, column in found.source.columns.items()}
        self._projects = (
            survey.projects(found.projects)
            if isinstance(found.projects, ReadableTable)
            else PROJECTS.to_frame()
        )
        self._store = store
        self._frames: list[pl.DataFrame] = []
        self._height = 0

    def take(self, rows: Rows, columns: list[list[Value]]) -> Iterator[StoredValues]:
        """Rows of whatever table; a batch once there are enough of this one."""
        if rows.table != self._table or not columns:
            return
        height = len(columns[0])
        if self._height + height > BATCH_ROWS:
            yield from self.rest()
        named = dict(zip([column.name.casefold() for column in rows.columns], columns, strict=True))
        self._frames.append(
            pl.DataFrame(
                {role: _series(role, named[name]) for role, name in self._roles.items() if name in named}
            )
        )
        self._height += height

    def rest(self) -> Iterator[StoredValues]:
        """What there is, as a batch."""
        if self._frames:
            rows = pl.concat(self._frames, how="diagonal")
            self._frames.clear()
            self._height = 0
            found = self._found
            yield StoredValues(
                stored_rows(rows, found.mapped, self._projects, store=self._store, key=found.key)
            )


def _series(role: str, values: Sequence[Value]) -> pl.Series:
    if role in _BYTES:
        return bytes_column(values)
    return key_column(values) if role in _KEYS else text_column(values)


def _wanted(plans: Iterable[TablePlan]) -> dict[str, frozenset[str]]:
    """Columns by table, both case-folded."""
    wanted: dict[str, frozenset[str]] = {}
    for found in plans:
        table = found.source.table.name.casefold()
        columns = frozenset(column.name.casefold() for column in found.source.columns.values())
        wanted[table] = wanted.get(table, frozenset()) | columns
    return wanted


def _pieces(leaf: Leaf, encoding: str) -> Iterator[bytes]:
    """The dump as UTF-8, or in its own encoding where no mark names one."""
    if encoding == "utf-8":
        for chunk in chunks(leaf.stream):
            yield bytes(chunk)
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks(leaf.stream):
        yield decoder.decode(bytes(chunk)).encode()


def _unread(leaf: Leaf, offset: int, reason: str) -> Unread:
    return Unread(leaf.path, leaf.member, f"byte {offset}: {reason}", offset, partial=True)
