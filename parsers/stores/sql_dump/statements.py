"""A dump as a stream: definitions of tables, and the rows that are requested."""

import re
from collections.abc import Callable, Iterator
from re import Match
from typing import Final

from parsers.errors import StoreError
from parsers.stores.sql_dump.definitions import (
    KEYS_ADDED,
    Definitions,
    RowHeader,
    bare_name,
    names_in,
    parse_create_table,
)
from parsers.stores.sql_dump.dialect import QUALIFIED, SqlSession
from parsers.stores.sql_dump.row_syntax import ROWS, copy_chunks, parse_copy_rows, parse_insert_rows
from parsers.stores.sql_dump.rows import Cells, Misread, Rows
from parsers.stores.sql_dump.skip import skip_statement
from parsers.stores.sql_dump.window import SqlWindow

HEAD_BYTES: Final = 1 << 16
"""The keywords and names of a statement, up to its first value, must lie within so many bytes."""

_INSERT: Final = re.compile(
    rb"(?is)(?:INSERT|REPLACE)\s++(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\s++)*+(?:INTO\s++)?+("
    + QUALIFIED
    + rb")(?:\s*+\(([^()]*+)\))?+(\s*+(?:OVERRIDING\s++\w++\s++VALUE\s++)?+VALUES?)?+"
)
_COPY: Final = re.compile(
    rb"(?is)COPY\s++(" + QUALIFIED + rb")\s*+(?:\(([^()]*+)\))?+\s*+FROM\s++stdin\s*+([^;]*+);[^\n]*+\n"
)
_CHANGE: Final = re.compile(
    rb"(?is)(?:UPDATE|DELETE\s++FROM|LOAD\s++DATA\b.*?\bINTO\s++TABLE)\s++(?:ONLY\s++)?+(" + QUALIFIED + rb")"
)
_CREATE: Final = re.compile(rb"(?is)CREATE\s++(?:\w++\s++){0,2}?TABLE\s")
_DELIMITER: Final = re.compile(rb"(?i)DELIMITER[ \t]++(\S++)[^\n]*+")
_COMMENT: Final = re.compile(rb"--|#|/\*(?!M?!)")
_META: Final = re.compile(rb"\\[^\n]*+")

RequestedColumns = Callable[[str], frozenset[str]]
"""The columns that are wanted of a table, both case-folded; called again as reading goes on, since the answer
may change."""


class SqlStatements:
    """Reads a dump once.

    Args:
        window: the dump, or the rest of it.
        session: how it is written from there on.
        requested: which columns are wanted.
        definitions: the tables known so far; those that follow are added.
    """

    def __init__(
        self, window: SqlWindow, session: SqlSession, requested: RequestedColumns, definitions: Definitions
    ) -> None:
        self._window = window
        self._session = session
        self._requested = requested
        self._definitions = definitions
        self._head = b""
        self._into: tuple[str, bytes | None] = "", None
        self._header: RowHeader | None = None
        self._pending: list[Cells] = []
        self._pending_header: RowHeader | None = None
        self._pending_offset = 0

    def read(self) -> Iterator[Rows | Misread]:
        """All that is requested, in the dump's order.

        A second reading may begin at the `offset` of any `Rows`: a statement's rows are combined with those
        of others only if all of them are, or if they come last.

        Raises:
            StoreError: the dump cannot be parsed any further.
        """
        try:
            while self._at_statement():
                if self._head and self._window.text.startswith(self._head, self._window.position):
                    yield from self._repeat_insert()
                else:
                    yield from self._flush()
                    yield from self._statement()
        except StoreError:
            yield from self._flush()
            raise
        yield from self._flush()

    def _at_statement(self) -> bool:
        window = self._window
        while True:
            window.need(HEAD_BYTES)
            before = window.position
            window.pass_over(self._session.dialect.lead)
            if window.position > before:
                continue
            if not _COMMENT.match(window.text, before) or not window.more():
                return before < len(window.text)

    def _statement(self) -> Iterator[Rows | Misread]:
        window = self._window
        text, at = window.text, window.position
        if insert := _INSERT.match(text, at):
            yield from self._insert(insert)
        elif _CREATE.match(text, at):
            self._create()
        elif self._session.dialect.postgresql and (copy := _COPY.match(text, at)):
            yield from self._copy(copy)
        elif change := _CHANGE.match(text, at):
            yield from self._report_change(change)
        elif constraint := KEYS_ADDED.match(text, at):
            self._definitions.add_keys(bare_name(constraint[1]), names_in(constraint[2]))
            yield from self._skip_rest()
        elif delimiter := _DELIMITER.match(text, at):
            self._session = self._session.with_delimiter(delimiter[1])
            window.position = delimiter.end()
        elif meta := _META.match(text, at):
            window.position = meta.end()
        else:
            self._session = self._session.after_setting(text, at)
            yield from self._skip_rest()

    def _insert(self, head: Match[bytes]) -> Iterator[Rows | Misread]:
        """Most INSERTs begin like the one before: what was parsed of its beginning is reused."""
        name, listed = bare_name(head[1]), head[2]
        self._definitions.add_if_unknown(name, listed)
        requested = self._requested(name.casefold())
        header: RowHeader | str = "not in the form INSERT … VALUES"
        if head[3]:
            header = self._definitions.header(name, listed, requested)
        if not isinstance(header, str):
            self._head, self._into, self._header = head[0], (name, listed), header
            yield from self._repeat_insert()
            return
        self._head = b""
        if requested:
            yield Misread(name.casefold(), self._window.offset, f"rows of {name!r}: {header}")
        yield from self._skip_rest()

    def _repeat_insert(self) -> Iterator[Rows | Misread]:
        header = self._current_header()
        if header is None:
            yield from self._skip_rest()
            return
        window = self._window
        offset = window.offset
        window.position += len(self._head)
        last: list[Cells] = []
        try:
            for found in parse_insert_rows(window, self._session.dialect, header):
                if last:
                    yield from self._flush()
                    yield self._rows(header, last, offset)
                last = []
                if isinstance(found, Misread):
                    yield found
                    yield from self._skip_rest()
                else:
                    last = found
        except StoreError:
            yield from self._gather(header, last, offset)
            raise
        yield from self._gather(header, last, offset)

    def _current_header(self) -> RowHeader | None:
        """The header of the last INSERT, made anew if other columns are requested by now; None if none is."""
        if self._header is not None and self._header.requested:
            requested = self._requested(self._header.table)
            # Compared by identity, which is cheap and enough: the same object means the same columns.
            if requested is not self._header.requested:
                header = self._definitions.header(*self._into, requested)
                self._header = header if isinstance(header, RowHeader) else None
        return self._header if self._header is not None and self._header.wanted else None

    def _gather(self, header: RowHeader, cells: list[Cells], offset: int) -> Iterator[Rows]:
        """Combine the rows of small statements, since a dump may have one statement a row."""
        if header is not self._pending_header or len(self._pending) + len(cells) > ROWS:
            yield from self._flush()
        if not self._pending:
            self._pending_header, self._pending_offset = header, offset
        self._pending += cells

    def _flush(self) -> Iterator[Rows]:
        if self._pending and self._pending_header is not None:
            cells, self._pending = self._pending, []
            yield self._rows(self._pending_header, cells, self._pending_offset)

    def _rows(self, header: RowHeader, cells: list[Cells], offset: int, *, copied: bool = False) -> Rows:
        return Rows(header, cells, copied, self._session, offset)

    def _create(self) -> None:
        window, dialect = self._window, self._session.dialect
        while True:
            found = dialect.skip(b";").match(window.text, window.position)
            end = found.end() if found else window.position
            if window.text.startswith(b";", end) or not window.more():
                break
        if table := parse_create_table(window.text[window.position : end], dialect):
            self._definitions.define(table)
            self._head = b""  # the columns of the table that follows may be other ones
        window.position = end

    def _copy(self, head: Match[bytes]) -> Iterator[Rows | Misread]:
        window = self._window
        name, offset = bare_name(head[1]), window.offset
        window.position = head.end()
        self._definitions.add_if_unknown(name, head[2])
        reported = False
        for piece in copy_chunks(window):
            if not (requested := self._requested(name.casefold())) or reported:
                continue
            header = self._definitions.header(name, head[2], requested)
            if head[3].strip() or isinstance(header, str):
                reported = True
                why = "options of COPY" if head[3].strip() else header
                yield Misread(name.casefold(), offset, f"rows of {name!r}: {why}")
            else:
                yield from self._copy_rows(piece, header, offset)

    def _copy_rows(self, piece: bytes, header: RowHeader, offset: int) -> Iterator[Rows | Misread]:
        rows, wrong = parse_copy_rows(piece, header)
        if rows and header.wanted:
            yield self._rows(header, rows, offset, copied=True)
        if wrong:
            yield Misread(
                header.table, offset, f"rows of {header.table!r}: {wrong} with a wrong number of fields"
            )

    def _report_change(self, statement: Match[bytes]) -> Iterator[Misread]:
        name = bare_name(statement[1])
        if self._requested(name.casefold()):
            verb = statement[0].split(None, 1)[0].decode().upper()
            why = f"{verb} changes {name!r}: its effect was not followed"
            yield Misread(name.casefold(), self._window.offset, why)
        yield from self._skip_rest()

    def _skip_rest(self) -> Iterator[Misread]:
        """Skip the rest of a statement."""
        if (offset := skip_statement(self._window, self._session)) is not None:
            yield Misread("", offset, "cut off: what begins here has no end")
