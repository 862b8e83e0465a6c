"""A dump as a stream: definitions of tables, and rows of those that somebody asks for."""

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from re import Match
from typing import Final

from parsers.errors import StoreError
from parsers.stores.sql_dump.dialect import QUALIFIED, Dialect
from parsers.stores.sql_dump.literal import LiteralReader, Value
from parsers.stores.sql_dump.table import DumpedColumn, DumpedTable, bare_name, defined_table, names_in
from parsers.stores.sql_dump.unclosed import pass_over_unclosed
from parsers.stores.sql_dump.window import SqlWindow

HEAD_BYTES: Final = 1 << 16
"""A statement's words up to its first value are looked for in so many bytes."""
ROWS: Final = 4_096

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
_NAMES: Final = re.compile(rb"(?i)SET\s++(?:NAMES\s++|client_encoding\s*+(?:=|TO)\s*+)['\"]?+(\w++)")
_STRINGS: Final = re.compile(rb"(?i)SET\s++standard_conforming_strings\s*+(?:=|TO)\s*+'?+(\w++)")
_MODE: Final = re.compile(rb"(?i)SET\s[^;]*?\bSQL_MODE\s*+=\s*+'([^']*+)'")

_END_OF_COPY: Final = re.compile(rb"\n\\\.\r?(?:\n|\Z)")
_LINE: Final = re.compile(rb"(?s)((?:[^\\\n]++|\\.)*+)\n")
_LOOK_AHEAD: Final = 16
"""Bytes that tell what an opening character opens."""

_CHARSETS: Final = {"latin1": "cp1252", "sql_ascii": "utf-8", "binary": "utf-8", "win1252": "cp1252"}


_Turn = Callable[[Sequence[bytes]], list[Value]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of one table.

    Attributes:
        table: its name, case-folded.
        columns: those that were asked for and are there.
        cells: for each row the tokens of these columns; what follows them in a tuple does not count.
        copied: whether the tokens are fields of a COPY; else values of an INSERT.
        dialect: how the tokens are written.
        charset: the encoding of text in them.
        offset: where in the dump their statement is.
    """

    table: str
    columns: tuple[DumpedColumn, ...]
    cells: list[tuple[bytes, ...]]
    copied: bool
    dialect: Dialect
    charset: str
    offset: int

    def values(self) -> tuple[list[list[Value]], int]:
        """The values by column, and how many rows were left out, which only a server could work out."""
        readers = [LiteralReader(self.dialect, self.charset, column.form) for column in self.columns]
        turn: list[_Turn] = [reader.copied if self.copied else reader.inserted for reader in readers]
        tokens = list(zip(*self.cells, strict=True))
        try:
            return [read(column) for read, column in zip(turn, tokens, strict=False)], 0
        except StoreError:
            rows = [row for row in (_row_of(turn, cells) for cells in self.cells) if row is not None]
            return [list(column) for column in zip(*rows, strict=True)], len(self.cells) - len(rows)


def _row_of(turn: Sequence[_Turn], cells: tuple[bytes, ...]) -> list[Value] | None:
    try:
        return [read([token])[0] for read, token in zip(turn, cells, strict=False)]
    except StoreError:
        return None


@dataclass(frozen=True, slots=True)
class Misread:
    """Something of a table that was asked for could not be read: where (in bytes), and why."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Source:
    """What an INSERT or COPY says before its rows.

    Attributes:
        table: the table's case-folded name.
        count: how many values a row has.
        wanted: positions of those asked for.
        columns: what they are.
    """

    table: str
    count: int
    wanted: tuple[int, ...]
    columns: tuple[DumpedColumn, ...]


class SqlStatements:
    """Reads a dump once.

    Args:
        window: the dump.
        dialect: how it is written, to begin with: statements may change it.
        wanted: for each table (case-folded), the columns (case-folded) to hand out; it may change meanwhile.

    Attributes:
        tables: definitions met so far, by case-folded name.
    """

    def __init__(self, window: SqlWindow, dialect: Dialect, wanted: Mapping[str, frozenset[str]]) -> None:
        self._window = window
        self._dialect = dialect
        self._wanted = wanted
        self._charset = "utf-8"
        self._delimiter = b";"
        self._head = b""
        self._source: _Source | None = None
        self.tables: dict[str, DumpedTable] = {}

    def read(self) -> Iterator[Rows | Misread]:
        """Everything that is wanted, in the dump's order.

        Raises:
            ArchiveError: reading cannot go on.
            StoreError: the dump goes on in a way that cannot be followed.
        """
        while self._at_statement():
            yield from self._statement()

    def _at_statement(self) -> bool:
        window = self._window
        while True:
            window.need(HEAD_BYTES)
            before = window.position
            window.pass_over(self._dialect.lead)
            if window.position > before:
                continue
            if not _COMMENT.match(window.text, before) or not window.more():
                return before < len(window.text)

    def _statement(self) -> Iterator[Rows | Misread]:
        window = self._window
        text, at = window.text, window.position
        if self._head and text.startswith(self._head, at):
            yield from self._same_again()
        elif insert := _INSERT.match(text, at):
            yield from self._insert(insert)
        elif _CREATE.match(text, at):
            self._create()
        elif self._dialect.postgresql and (copy := _COPY.match(text, at)):
            yield from self._copy(copy)
        elif change := _CHANGE.match(text, at):
            yield from self._change(change)
        elif delimiter := _DELIMITER.match(text, at):
            self._delimiter = delimiter[1]
            window.position = delimiter.end()
        elif meta := _META.match(text, at):
            window.position = meta.end()
        else:
            self._setting(text, at)
            yield from self._rest()

    def _insert(self, head: Match[bytes]) -> Iterator[Rows | Misread]:
        """Most statements begin as the one before: what was found out of it is kept."""
        name = bare_name(head[1])
        self._head, self._source = head[0], None
        self._learn(name, head[2])
        if name.casefold() in self._wanted:
            source = self._source_of(name, head[2]) if head[3] else "not in the form INSERT … VALUES"
            if isinstance(source, str):
                self._head = b""
                yield Misread(self._window.offset, f"rows of {name!r}: {source}")
            else:
                self._source = source
        yield from self._same_again()

    def _same_again(self) -> Iterator[Rows | Misread]:
        if self._source is None or self._source.table not in self._wanted:
            self._head = self._head if self._source is None else b""
            yield from self._rest()
            return
        offset = self._window.offset
        self._window.position += len(self._head)
        yield from self._rows(self._source, offset)

    def _learn(self, name: str, listed: bytes | None) -> None:
        """A table that the dump does not define is known by the columns that its rows name."""
        if listed is not None and name.casefold() not in self.tables:
            columns = tuple(DumpedColumn(column) for column in names_in(listed))
            self.tables[name.casefold()] = DumpedTable(name, columns)

    def _source_of(self, name: str, listed: bytes | None) -> _Source | str:
        """What rows of this table hold; or why that is not known."""
        table = self.tables.get(name.casefold())
        if table is None:
            return "neither their columns nor the table's definition stand in the dump"
        columns = table.columns
        if listed is not None:
            columns = tuple(table.column(column) or DumpedColumn(column) for column in names_in(listed))
        asked = self._wanted[name.casefold()]
        wanted = tuple(at for at, column in enumerate(columns) if column.name.casefold() in asked)
        return _Source(name.casefold(), len(columns), wanted, tuple(columns[at] for at in wanted))

    def _rows(self, source: _Source, offset: int) -> Iterator[Rows | Misread]:
        window = self._window
        pattern = self._dialect.row(source.count, source.wanted)
        cells: list[tuple[bytes, ...]] = []
        end: bytes = b","
        while end == b",":
            row = pattern.match(window.text, window.position)
            if row is not None and (row.end() < len(window.text) or window.ended):
                tokens = row.groups()
                cells.append(tokens)
                end = tokens[-1]
                window.position = row.end()
                if len(cells) < ROWS:
                    continue
            if cells:
                yield self._found(source, cells, offset)
                cells = []
            elif fault := self._no_row(source):
                yield Misread(window.offset, fault)
                yield from self._rest()
                return
        if cells:
            yield self._found(source, cells, offset)

    def _no_row(self, source: _Source) -> str:
        """Why there is no row here; or "" once there is more text to look at."""
        window = self._window
        found = self._dialect.any_row.match(window.text, window.position)
        if found and (window.ended or len(window.text) - found.end() > _LOOK_AHEAD):
            return f"rows of {source.table!r}: a row has not {source.count} values, or something follows it"
        if not window.ended:
            # Even if nothing more comes: that a row is the last one shows only now.
            window.more()
            return ""
        window.position = len(window.text)
        return f"rows of {source.table!r}: cut off"

    def _found(
        self, source: _Source, cells: list[tuple[bytes, ...]], offset: int, *, copied: bool = False
    ) -> Rows:
        return Rows(source.table, source.columns, cells, copied, self._dialect, self._charset, offset)

    def _create(self) -> None:
        window = self._window
        while True:
            found = self._dialect.skip(b";").match(window.text, window.position)
            end = found.end() if found else window.position
            if window.text.startswith(b";", end) or not window.more():
                break
        table = defined_table(window.text[window.position : end], self._dialect)
        if table is not None:
            self.tables[table.name.casefold()] = table
        window.position = end

    def _copy(self, head: Match[bytes]) -> Iterator[Rows | Misread]:
        window = self._window
        name = bare_name(head[1])
        offset = window.offset
        window.position = head.end()
        source: _Source | str | None = None
        self._learn(name, head[2])
        if name.casefold() in self._wanted:
            source = "options of COPY" if head[3].strip() else self._source_of(name, head[2])
        if isinstance(source, str):
            yield Misread(offset, f"rows of {name!r}: {source}")
            source = None
        for lines in self._copied_lines():
            if source is None or not lines:
                continue
            split = [line.split(b"\t") for line in lines]
            fitting = [tuple(row[at] for at in source.wanted) for row in split if len(row) == source.count]
            if fitting:
                yield self._found(source, fitting, offset, copied=True)
            if len(fitting) < len(split):
                yield Misread(
                    offset, f"rows of {name!r}: {len(split) - len(fitting)} with a wrong number of fields"
                )

    def _copied_lines(self) -> Iterator[list[bytes]]:
        """The lines of a COPY, as they come, up to the one that ends them."""
        window = self._window
        while True:
            end = _END_OF_COPY.search(window.text, max(window.position - 1, 0))
            stop = end.start() + 1 if end else window.text.rfind(b"\n") + 1
            if stop > window.position:
                yield _lines(window.text[window.position : stop])
                window.position = stop
            if end:
                window.position = end.end()
                return
            if not window.more():
                raise StoreError(f"byte {window.offset}: cut off in the rows of a COPY")

    def _change(self, statement: Match[bytes]) -> Iterator[Misread]:
        name = bare_name(statement[1])
        if name.casefold() in self._wanted:
            verb = statement[0].split(None, 1)[0].decode().upper()
            yield Misread(self._window.offset, f"{verb} changes {name!r}: what it does was not followed")
        yield from self._rest()

    def _setting(self, text: bytes, at: int) -> None:
        """SET statements that change what follows."""
        if names := _NAMES.match(text, at):
            self._charset = _codec(names[1].decode("ascii", "replace").lower())
        elif strings := _STRINGS.match(text, at):
            self._dialect = Dialect(postgresql=True, backslashes=strings[1].lower() == b"off")
        elif not self._dialect.postgresql and (mode := _MODE.match(text, at)):
            self._dialect = Dialect(
                postgresql=False, backslashes=b"NO_BACKSLASH_ESCAPES" not in mode[1].upper()
            )

    def _rest(self) -> Iterator[Misread]:
        """Pass over what is left of a statement, in flat memory whatever stands in it."""
        window = self._window
        while True:
            window.pass_over(self._dialect.skip(self._delimiter))
            if window.text.startswith(self._delimiter, window.position):
                window.position += len(self._delimiter)
                return
            if len(window.text) - window.position < _LOOK_AHEAD and window.more():
                continue
            if window.position == len(window.text):
                return
            offset = window.offset
            if not pass_over_unclosed(window, self._dialect):
                yield Misread(offset, "cut off: what begins here has no end")
                return


def _lines(text: bytes) -> list[bytes]:
    if b"\\\n" in text:
        return _LINE.findall(text)
    return text.replace(b"\r\n", b"\n").split(b"\n")[:-1]


def _codec(charset: str) -> str:
    try:
        return codecs.lookup(_CHARSETS.get(charset, charset)).name
    except LookupError:
        return "utf-8"
