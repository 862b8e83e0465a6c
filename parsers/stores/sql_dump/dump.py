"""SQL dumps of a database, from MySQL, MariaDB and PostgreSQL, read without a server."""

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from parsers.archives.interface import EntryStream
from parsers.errors import ArchiveError, StoreError
from parsers.stores.database.catalogue import Unusable
from parsers.stores.database.plan import TablePlan, gaps, plan
from parsers.stores.default_mapping import DEFAULT_MAPPING
from parsers.stores.interface import StoreEvent
from parsers.stores.mapping import Mapping
from parsers.stores.schema import BATCH_ROWS
from parsers.stores.sql_dump.dialect import SqlSession, dialect_of
from parsers.stores.sql_dump.row_batches import TableRows
from parsers.stores.sql_dump.rows import Misread
from parsers.stores.sql_dump.statements import SqlStatements
from parsers.stores.sql_dump.survey import (
    HELD_ROWS,
    NOTHING,
    Resumption,
    Survey,
    report_lost_rows,
    requested_columns,
)
from parsers.stores.sql_dump.window import SqlWindow
from parsers.stores.store_file import StoreFile, chunks
from parsers.stores.text_encoding import encoding_of, utf8_pieces
from parsers.unread import Unread

_CLOSING_WORDS: Final = re.compile(rb"-- Dump completed|PostgreSQL database (?:cluster )?dump complete")
_OPENING_WORDS: Final = re.compile(rb"-- (?:MySQL|MariaDB) dump |-- PostgreSQL database (?:cluster )?dump\s")


@dataclass(frozen=True, slots=True)
class SqlDump:
    """A `Store` over one dump.

    Values are those that a server would hold after loading the dump. What only a server can work out (an
    UPDATE, a function instead of a value) becomes an `Unread`. Tables of the same name in several databases
    of one dump are read as one. A dump with more than `held_rows` rows with secrets is read twice, so that
    memory stays flat.
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
        with self.file.open() as entry:
            pieces = _Pieces(entry, head)
            window = SqlWindow(iter(pieces))
            survey.read(window, SqlSession(dialect_of(head)))
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
            reason = "the line that ends such a dump is missing: it may be cut off"
            yield Unread(entry.path, entry.member, reason, window.offset, partial=True)

    def _values(
        self, survey: Survey, found: Sequence[TablePlan | Unusable | str], head: bytes
    ) -> Iterator[StoreEvent]:
        """The values that the survey kept, and those of a second reading."""
        projects = [
            survey.small.projects(outcome.projects if isinstance(outcome, TablePlan) else None)
            for outcome in found
        ]
        tables = list(zip(survey.batches, projects, strict=True))
        # Opened even if nothing is read again: reports need the entry's path and member.
        with self.file.open() as entry:
            yield from (_unread(entry, misread) for misread in survey.misreads)
            fault = survey.fault
            if survey.resumption:
                pieces = _Pieces(entry, head)
                window = SqlWindow(iter(pieces), survey.resumption.offset)
                fault = yield from self._read_rest(window, survey.resumption, tables, entry)
                fault = fault or pieces.fault
            for table, names in tables:
                yield from table.batches(names, store=self.label)
            if fault:
                yield Unread(entry.path, entry.member, fault, partial=True)

    def _read_rest(
        self,
        window: SqlWindow,
        resumption: Resumption,
        tables: Sequence[tuple[TableRows, pl.DataFrame]],
        entry: EntryStream,
    ) -> Generator[StoreEvent, None, str]:
        """The rows from `resumption` on, in batches as they fill up. Returns the fault."""
        requested = requested_columns(table for table, _ in tables)
        statements = SqlStatements(
            window, resumption.session, lambda table: requested.get(table, NOTHING), resumption.definitions
        )
        try:
            for event in statements.read():
                if isinstance(event, Misread):
                    yield _unread(entry, event)
                    continue
                columns, lost = event.values(event.header.requested)
                if lost:
                    yield _unread(entry, report_lost_rows(event, lost))
                for table, names in tables:
                    if table.table == event.table and columns:
                        # Yield before adding, so that no table ever holds more than a batch.
                        if table.height + len(event.cells) > BATCH_ROWS:
                            yield from table.batches(names, store=self.label)
                        table.add(columns, resumption.definitions)
        except StoreError as error:
            return error.message
        return ""


class _Pieces:
    """A dump piece by piece, up to where it can be read.

    A fault ends the iteration instead of raising, so that the rows already in memory are still parsed.

    Attributes:
        fault: why it could not be read further, or "".
    """

    def __init__(self, entry: EntryStream, head: bytes) -> None:
        self._entry = entry
        self._encoding = encoding_of(head)
        self.fault = ""

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from utf8_pieces(chunks(self._entry.stream), self._encoding)
        except ArchiveError as error:
            self.fault = error.message


def _unread(entry: EntryStream, misread: Misread) -> Unread:
    reason = f"byte {misread.offset}: {misread.reason}"
    return Unread(entry.path, entry.member, reason, misread.offset, partial=True)
