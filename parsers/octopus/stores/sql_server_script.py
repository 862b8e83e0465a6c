"""Octopus Deploy's tables as a script of INSERT statements, as SQL Server's tools write it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from re import Match
from typing import Final

from parsers.octopus.stores.names import NAMING_TABLES
from parsers.octopus.stores.source import (
    BLOB,
    BLOB_REASON,
    BLOB_TABLE,
    JSON,
    WANTED_COLUMNS,
    Row,
    read_documents,
)
from parsers.stores.interface import NotAudited, StoreEvent
from parsers.stores.sql_dump.window import SqlWindow
from parsers.stores.store_file import StoreFile, chunks
from parsers.stores.text_encoding import encoding_of, utf8_pieces
from parsers.unread import Unread

_NAME: Final = rb'(?:\[(?:[^\]]|\]\])++\]|"(?:[^"]|"")++"|[\w@#$]++)'
_QUALIFIED: Final = _NAME + rb"(?:\s*+\.\s*+" + _NAME + rb"){0,3}+"
_LITERAL: Final = rb"'[^']*+(?:''[^']*+)*+'"
_COMMENT: Final = rb"--[^\n]*+\n|/\*.*?\*/"
_GAP: Final = rb"(?:\s++|" + _COMMENT + rb")*+"
_INSERT: Final = re.compile(
    rb"(?is)INSERT\s++(?:INTO\s++)?+("
    + _QUALIFIED
    + rb")"
    + _GAP
    + rb"(?:\(([^()']*+)\))?+"
    + _GAP
    + rb"VALUES\b"
)
# INSERT INTO [dbo].[Account] ([Id], [Name], [JSON]) VALUES (N'Accounts-1', N'Azure', N'{"Password":"…"}')
_CALL: Final = rb"\((?:[^'()]++|" + _LITERAL + rb"|\([^'()]*+\))*+\)"
_PLAIN: Final = rb"(?:[^',()\s/-]++|\s++(?=[^\s,)])|[-/])*+"
_VALUE: Final = rb"\s*+(" + _PLAIN + rb"(?:(?:" + _LITERAL + rb"|" + _CALL + rb")" + _PLAIN + rb")*+)\s*+"
_OPEN: Final = re.compile(rb"(?s)" + _GAP + rb"\(")
_NEXT: Final = re.compile(rb"(?s)" + _VALUE + rb"([,)])")
_AFTER_ROW: Final = re.compile(rb"(?s)" + _GAP + rb",")
_PASS: Final = re.compile(
    rb"(?is)(?:"
    + _LITERAL
    + rb"|"
    + _COMMENT
    + rb"|\[(?:[^\]]|\]\])*+\]|(?!\bINSERT\b)\w++|[^\w'\[/-]++|[-/])"
)
_PART: Final = re.compile(_NAME)
_TEXT: Final = re.compile(rb"(?s)[nN]?+" + _LITERAL + rb"(?:\s*+\+\s*+[nN]?+" + _LITERAL + rb")*+")
_PIECE: Final = re.compile(rb"(?s)[nN]?+(" + _LITERAL + rb")")
_CAST: Final = re.compile(rb"(?is)(?:CAST|CONVERT)\s*+\(.*?(N?" + _LITERAL + rb"|0x[0-9a-f]*+).*\)")
_HEX: Final = re.compile(rb"(?i)0x((?:[0-9a-f]{2})*+)")
_OPENING: Final = (b"'", b"[", b"/")
_HEAD_BYTES: Final = 1 << 16
"""A statement's words up to its first value are looked for in this many bytes."""


@dataclass(frozen=True, slots=True, repr=False)
class InsertedRow:
    """Values of one row by column name without capitals: text, bytes of a `0x` literal, or None."""

    table: str
    cells: Mapping[str, str | bytes | None]


@dataclass(frozen=True, slots=True)
class UnreadStatement:
    """A statement that could not be read: where (byte of the UTF-8 text), and why."""

    offset: int
    reason: str


class SqlServerScript:
    """Reads a script once; everything but `INSERT … VALUES` is passed over."""

    def __init__(self, window: SqlWindow) -> None:
        self._window = window

    def read(self) -> Iterator[InsertedRow | UnreadStatement]:
        """Rows in the script's order.

        Raises:
            StoreError: something of more than 64 MiB belongs together.
            ArchiveError: reading cannot go on.
        """
        window = self._window
        while True:
            window.need(_HEAD_BYTES)
            head = _INSERT.match(window.text, window.position)
            if head is not None:
                window.position = head.end()
                yield from self._rows(head)
            elif window.position >= len(window.text):
                return
            else:
                self._pass_over()

    def _pass_over(self) -> None:
        """One token further; one character where nothing is whole, such as a quote that is never closed."""
        window = self._window
        found = _PASS.match(window.text, window.position)
        while found is None and window.text[window.position : window.position + 1] in _OPENING:
            if not window.more():
                break
            found = _PASS.match(window.text, window.position)
        window.position = max(found.end() if found else 0, window.position + 1)

    def _rows(self, head: Match[bytes]) -> Iterator[InsertedRow | UnreadStatement]:
        window = self._window
        table = _bare(head[1])
        columns = [_unquoted(name).casefold() for name in _PART.findall(head[2] or b"")]
        if not columns:
            yield UnreadStatement(window.offset, f"an INSERT into {table!r} that does not name its columns")
            return
        while True:
            start = window.offset
            values = self._row()
            if values is None:
                yield UnreadStatement(start, f"a row of {table!r} that is cut off, or holds an expression")
                return
            if len(values) != len(columns):
                yield UnreadStatement(
                    start, f"a row of {table!r} with {len(values)} values for {len(columns)} columns"
                )
            else:
                yield InsertedRow(table, dict(zip(columns, values, strict=True)))
            window.need(_HEAD_BYTES)
            more = _AFTER_ROW.match(window.text, window.position)
            if more is None:
                return
            window.position = more.end()

    def _row(self) -> list[str | bytes | None] | None:
        window = self._window
        opening = self._matched(_OPEN)
        if opening is None:
            return None
        window.position = opening.end()
        values: list[str | bytes | None] = []
        while True:
            found = self._matched(_NEXT)
            if found is None:
                return None
            window.position = found.end()
            values.append(_value(found[1]))
            if found[2] == b")":
                return values

    def _matched(self, pattern: re.Pattern[bytes]) -> Match[bytes] | None:
        """What matches here, with as much text as that takes."""
        window = self._window
        while True:
            found = pattern.match(window.text, window.position)
            if found is not None or not window.more():
                return found


def _value(token: bytes) -> str | bytes | None:
    token = token.strip()
    if token.upper() == b"NULL":
        return None
    if cast := _CAST.fullmatch(token):
        token = cast[1]
    if _TEXT.fullmatch(token):
        pieces = (piece[1:-1].replace(b"''", b"'") for piece in _PIECE.findall(token))
        return b"".join(pieces).decode("utf-8", "backslashreplace")
    if digits := _HEX.fullmatch(token):
        return bytes.fromhex(digits[1].decode())
    return token.decode("utf-8", "backslashreplace")


def _bare(qualified: bytes) -> str:
    return _unquoted(_PART.findall(qualified)[-1])


def _unquoted(name: bytes) -> str:
    if name[:1] == b"[":
        name = name[1:-1].replace(b"]]", b"]")
    elif name[:1] == b'"':
        name = name[1:-1].replace(b'""', b'"')
    return name.decode("utf-8", "backslashreplace")


_NAMING = frozenset(table.casefold() for table in NAMING_TABLES)


@dataclass(frozen=True, slots=True)
class OctopusScript:
    """A `Store` over one script, read twice: for names, then for values. UTF-8, or UTF-16 with its mark."""

    file: StoreFile

    @property
    def label(self) -> str:
        """The path as given."""
        return self.file.reference

    def read(self) -> Iterator[StoreEvent]:
        """As `Store.read`.

        Raises:
            StoreError: unreadable from the start.
        """
        return read_documents(self)

    def items(self, *, naming: bool) -> Iterator[Row | StoreEvent]:
        """As `DocumentSource.items`."""
        head = self.file.head()
        reported = False
        with self.file.open() as leaf:
            script = SqlServerScript(SqlWindow(utf8_pieces(chunks(leaf.stream), encoding_of(head))))
            for item in script.read():
                if not isinstance(item, InsertedRow):
                    reason = f"byte {item.offset}: {item.reason}"
                    yield Unread(leaf.path, leaf.member, reason, item.offset, partial=True)
                elif item.table.casefold() == BLOB_TABLE.casefold():
                    if not reported:
                        yield NotAudited(self.label, item.table, BLOB_REASON)
                    reported = True
                elif _is_wanted(item, naming=naming):
                    cells = {name: cell for name, cell in item.cells.items() if name in WANTED_COLUMNS}
                    yield Row(item.table, cells)


def _is_wanted(row: InsertedRow, *, naming: bool) -> bool:
    if naming and row.table.casefold() not in _NAMING:
        return False
    return JSON in row.cells or BLOB in row.cells
