"""SQL dumps of a database, from MySQL, MariaDB and PostgreSQL, read without a server."""

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from parsers.archives.interface import Leaf
from parsers.errors import ArchiveError, StoreError
from parsers.stores.database.catalogue import Unusable
from parsers.stores.database.plan import TablePlan, gaps, plan
from parsers.stores.default_mapping import DEFAULT_MAPPING
from parsers.stores.interface import StoreEvent
from parsers.stores.mapping import Mapping
from parsers.stores.schema import BATCH_ROWS
from parsers.stores.sql_dump.dialect import dialect_of
from parsers.stores.sql_dump.gathered import Gathered
from parsers.stores.sql_dump.rows import Misread
from parsers.stores.sql_dump.session import Session
from parsers.stores.sql_dump.statements import SqlStatements
from parsers.stores.sql_dump.survey import HELD_ROWS, NOTHING, Resumption, Survey, asked_of, lost_rows
from parsers.stores.sql_dump.window import SqlWindow
from parsers.stores.store_file import StoreFile, chunks
from parsers.stores.text_encoding import encoding_of, utf8_pieces
from parsers.unread import Unread

_CLOSING_WORDS: Final = re.compile(rb"-- Dump completed|PostgreSQL database (?:cluster )?dump complete")
_OPENING_WORDS: Final = re.compile(rb"-- (?:MySQL|MariaDB) dump |-- PostgreSQL database (?:cluster )?dump\s")


@dataclass(frozen=True, slots=True)
class SqlDump:
    """A `Store` over one dump.

    Values are those that a server holds after it has loaded the dump. What only a server can work out
    (an UPDATE, a function in place of a value) becomes an `Unread`. Tables of the same name in several
    databases of one dump are read as one. A dump with more than `held_rows` rows that hold secrets is read
    twice, and so in flat memory.
    """

    file: StoreFile
    mapping: Mapping = DEFAULT_MAPPING
    held_rows: int = HELD_ROWS

    @property
    def label(self) -> str:
        """The path as given."""
        return self.file.reference

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`: fingerprints, then values in the dump's order.

        Raises:
            StoreError: unreadable from the start, or none of the mapped tables is in it.
        """
        head = self.file.head()
        survey = Survey(self.mapping, self.held_rows)
        with self.file.open() as leaf:
            pieces = _Pieces(leaf, head)
            window = SqlWindow(iter(pieces))
            survey.read(window, Session(dialect_of(head)))
            survey.fault = survey.fault or pieces.fault
        found = [plan(mapped, survey.definitions) for mapped in self.mapping.tables]
        if all(outcome is Unusable.ABSENT for outcome in found):
            raise StoreError(
                f"{self.label}: the dump has none of the tables with secrets",
                hint="is it the dump of another database? Else name the tables with --mapping",
            )
        yield from survey.small.fingerprints()
        for mapped, outcome in zip(self.mapping.tables, found, strict=True):
            named = mapped in self.mapping.named
            yield from gaps(mapped, outcome, named=named, store=self.label)
        yield from self._values(survey, found, head)
        yield from survey.search.uncovered(self.label)
        if _OPENING_WORDS.search(head) and not _CLOSING_WORDS.search(window.tail):
            reason = "the words with which such a dump ends are missing: it may be cut off"
            yield Unread(leaf.path, leaf.member, reason, window.offset, partial=True)

    def _values(
        self, survey: Survey, found: Sequence[TablePlan | Unusable | str], head: bytes
    ) -> Iterator[StoreEvent]:
        """What the survey holds, and what a second reading adds to it."""
        projects = [
            survey.small.projects(outcome.projects if isinstance(outcome, TablePlan) else None)
            for outcome in found
        ]
        tables = list(zip(survey.gathered, projects, strict=True))
        with self.file.open() as leaf:
            yield from (_unread(leaf, misread) for misread in survey.told)
            fault = survey.fault
            if survey.resumption:
                pieces = _Pieces(leaf, head)
                window = SqlWindow(iter(pieces), survey.resumption.offset)
                fault = yield from self._others(window, survey.resumption, tables, leaf)
                fault = fault or pieces.fault
            for gathered, names in tables:
                yield from gathered.batches(names, store=self.label)
            if fault:
                yield Unread(leaf.path, leaf.member, fault, partial=True)

    def _others(
        self,
        window: SqlWindow,
        resumption: Resumption,
        tables: Sequence[tuple[Gathered, pl.DataFrame]],
        leaf: Leaf,
    ) -> Generator[StoreEvent, None, str]:
        """The rows from `resumption` on; batches of them as soon as they are full. Returns the fault."""
        asked = asked_of(gathered for gathered, _ in tables)
        statements = SqlStatements(
            window, resumption.session, lambda table: asked.get(table, NOTHING), resumption.definitions
        )
        try:
            for event in statements.read():
                if isinstance(event, Misread):
                    yield _unread(leaf, event)
                    continue
                columns, lost = event.values(event.source.asked)
                if lost:
                    yield _unread(leaf, lost_rows(event, lost))
                for gathered, names in tables:
                    if gathered.table == event.table and columns:
                        if gathered.height + len(event.cells) > BATCH_ROWS:
                            yield from gathered.batches(names, store=self.label)
                        gathered.take(columns, resumption.definitions)
        except StoreError as error:
            return error.message
        return ""


class _Pieces:
    """A dump piece by piece, up to where it can be read: what is in memory by then is still made use of.

    Attributes:
        fault: why it could not be read further, or "".
    """

    def __init__(self, leaf: Leaf, head: bytes) -> None:
        self._leaf = leaf
        self._encoding = encoding_of(head)
        self.fault = ""

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from utf8_pieces(chunks(self._leaf.stream), self._encoding)
        except ArchiveError as error:
            self.fault = error.message


def _unread(leaf: Leaf, misread: Misread) -> Unread:
    reason = f"byte {misread.offset}: {misread.reason}"
    return Unread(leaf.path, leaf.member, reason, misread.offset, partial=True)
