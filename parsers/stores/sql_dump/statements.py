"""A dump as a stream: definitions of tables, and rows of those that somebody asks for."""

import re
from collections.abc import Callable, Iterator
from re import Match
from typing import Final

from parsers.errors import StoreError
from parsers.stores.sql_dump.definitions import (
    KEYS_ADDED,
    Definitions,
    Source,
    bare_name,
    defined_table,
    names_in,
)
from parsers.stores.sql_dump.dialect import QUALIFIED, Session
from parsers.stores.sql_dump.row_syntax import ROWS, copied, copied_pieces, inserted
from parsers.stores.sql_dump.rows import Cells, Misread, Rows
from parsers.stores.sql_dump.skip import pass_over_statement
from parsers.stores.sql_dump.window import SqlWindow

HEAD_BYTES: Final = 1 << 16
"""A statement's words up to its first value are looked for in so many bytes."""

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

Asked = Callable[[str], frozenset[str]]
"""The columns to hand out of a table, both case-folded; it is asked again as reading goes on."""


class SqlStatements:
    """Reads a dump once.

    Args:
        window: the dump, or what of it is left.
        session: how it is written from there on.
        asked: which columns to hand out.
        definitions: the tables that are known so far; those that follow are added.
    """

    def __init__(self, window: SqlWindow, session: Session, asked: Asked, definitions: Definitions) -> None:
        self._window = window
        self._session = session
        self._asked = asked
        self._definitions = definitions
        self._head = b""
        self._into: tuple[str, bytes | None] = "", None
        self._source: Source | None = None
        self._gathered: list[Cells] = []
        self._gathered_source: Source | None = None
        self._gathered_from = 0

    def read(self) -> Iterator[Rows | Misread]:
        """Everything that is asked for, in the dump's order.

        A statement's rows come with those of others only as a whole, or at the end of the others': from the
        `offset` of any `Rows` on, reading may be taken up again.

        Raises:
            StoreError: the dump goes on in a way that cannot be followed.
        """
        try:
            while self._at_statement():
                if self._head and self._window.text.startswith(self._head, self._window.position):
                    yield from self._same_again()
                else:
                    yield from self._flushed()
                    yield from self._statement()
        except StoreError:
            yield from self._flushed()
            raise
        yield from self._flushed()

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
            yield from self._change(change)
        elif constraint := KEYS_ADDED.match(text, at):
            self._definitions.add_keys(bare_name(constraint[1]), names_in(constraint[2]))
            yield from self._rest()
        elif delimiter := _DELIMITER.match(text, at):
            self._session = self._session.with_delimiter(delimiter[1])
            window.position = delimiter.end()
        elif meta := _META.match(text, at):
            window.position = meta.end()
        else:
            self._session = self._session.after_setting(text, at)
            yield from self._rest()

    def _insert(self, head: Match[bytes]) -> Iterator[Rows | Misread]:
        """Most statements begin as the one before: what was found out of it is kept."""
        name, listed = bare_name(head[1]), head[2]
        self._definitions.learn(name, listed)
        asked = self._asked(name.casefold())
        source: Source | str = "not in the form INSERT … VALUES"
        if head[3]:
            source = self._definitions.source(name, listed, asked)
        if not isinstance(source, str):
            self._head, self._into, self._source = head[0], (name, listed), source
            yield from self._same_again()
            return
        self._head = b""
        if asked:
            yield Misread(name.casefold(), self._window.offset, f"rows of {name!r}: {source}")
        yield from self._rest()

    def _same_again(self) -> Iterator[Rows | Misread]:
        source = self._source_now()
        if source is None:
            yield from self._rest()
            return
        window = self._window
        offset = window.offset
        window.position += len(self._head)
        last: list[Cells] = []
        try:
            for found in inserted(window, self._session.dialect, source):
                if last:
                    yield from self._flushed()
                    yield self._rows(source, last, offset)
                last = []
                if isinstance(found, Misread):
                    yield found
                    yield from self._rest()
                else:
                    last = found
        except StoreError:
            yield from self._gather(source, last, offset)
            raise
        yield from self._gather(source, last, offset)

    def _source_now(self) -> Source | None:
        """That of the last INSERT, unless other columns are asked for by now; None if no column is."""
        if self._source is not None and self._source.asked:
            asked = self._asked(self._source.table)
            if asked is not self._source.asked:
                anew = self._definitions.source(*self._into, asked)
                self._source = anew if isinstance(anew, Source) else None
        return self._source if self._source is not None and self._source.wanted else None

    def _gather(self, source: Source, cells: list[Cells], offset: int) -> Iterator[Rows]:
        """Rows of one statement: those of a few are handed on together, for a dump may have one a row."""
        if source is not self._gathered_source or len(self._gathered) + len(cells) > ROWS:
            yield from self._flushed()
        if not self._gathered:
            self._gathered_source, self._gathered_from = source, offset
        self._gathered += cells

    def _flushed(self) -> Iterator[Rows]:
        if self._gathered and self._gathered_source is not None:
            cells, self._gathered = self._gathered, []
            yield self._rows(self._gathered_source, cells, self._gathered_from)

    def _rows(self, source: Source, cells: list[Cells], offset: int, *, copied: bool = False) -> Rows:
        return Rows(source, cells, copied, self._session, offset)

    def _create(self) -> None:
        window, dialect = self._window, self._session.dialect
        while True:
            found = dialect.skip(b";").match(window.text, window.position)
            end = found.end() if found else window.position
            if window.text.startswith(b";", end) or not window.more():
                break
        if table := defined_table(window.text[window.position : end], dialect):
            self._definitions.define(table)
            self._head = b""
        window.position = end

    def _copy(self, head: Match[bytes]) -> Iterator[Rows | Misread]:
        window = self._window
        name, offset = bare_name(head[1]), window.offset
        window.position = head.end()
        self._definitions.learn(name, head[2])
        told = False
        for piece in copied_pieces(window):
            if not (asked := self._asked(name.casefold())) or told:
                continue
            source = self._definitions.source(name, head[2], asked)
            if head[3].strip() or isinstance(source, str):
                told = True
                why = "options of COPY" if head[3].strip() else source
                yield Misread(name.casefold(), offset, f"rows of {name!r}: {why}")
            else:
                yield from self._copied(piece, source, offset)

    def _copied(self, piece: bytes, source: Source, offset: int) -> Iterator[Rows | Misread]:
        rows, wrong = copied(piece, source)
        if rows and source.wanted:
            yield self._rows(source, rows, offset, copied=True)
        if wrong:
            yield Misread(
                source.table, offset, f"rows of {source.table!r}: {wrong} with a wrong number of fields"
            )

    def _change(self, statement: Match[bytes]) -> Iterator[Misread]:
        name = bare_name(statement[1])
        if self._asked(name.casefold()):
            verb = statement[0].split(None, 1)[0].decode().upper()
            why = f"{verb} changes {name!r}: what it does was not followed"
            yield Misread(name.casefold(), self._window.offset, why)
        yield from self._rest()

    def _rest(self) -> Iterator[Misread]:
        """Pass over what is left of a statement."""
        if (offset := pass_over_statement(self._window, self._session)) is not None:
            yield Misread("", offset, "cut off: what begins here has no end")
