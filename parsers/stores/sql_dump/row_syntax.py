"""The rows of an INSERT or a COPY as they are written."""

import re
from collections.abc import Iterator
from typing import Final

from parsers.errors import StoreError
from parsers.stores.sql_dump.definitions import Source
from parsers.stores.sql_dump.dialect import Dialect
from parsers.stores.sql_dump.rows import Cells, Misread
from parsers.stores.sql_dump.skip import LOOK_AHEAD
from parsers.stores.sql_dump.window import SqlWindow

ROWS: Final = 4_096
"""Rows that are handed on together."""


def inserted(window: SqlWindow, dialect: Dialect, source: Source) -> Iterator[list[Cells] | Misread]:
    """The rows that begin here, up to the end of the statement.

    After a `Misread` the window stands where no row is, and the rest of the statement is still to be passed.
    """
    match = dialect.row(source.count, source.wanted).match
    more = True
    while more:
        cells: list[Cells] = []
        text, at = window.text, window.position
        while len(cells) < ROWS and (row := match(text, at)):
            tokens = row.groups()
            if not tokens[-1] and not window.ended:  # what ends the row is not in memory yet
                break
            cells.append(tokens)
            at = row.end()
            if tokens[-1] != b",":
                more = False
                break
        window.position = at
        if cells:
            yield cells
        elif fault := _no_row(window, dialect, source):
            yield Misread(source.table, window.offset, fault)
            return


def _no_row(window: SqlWindow, dialect: Dialect, source: Source) -> str:
    """Why there is no row here; or "" once there is more text to look at."""
    found = dialect.any_row.match(window.text, window.position)
    if found and (window.ended or len(window.text) - found.end() > LOOK_AHEAD):
        return f"rows of {source.table!r}: a row has not {source.count} values, or something follows it"
    if not window.ended:
        # Even if nothing more comes: that a row is the last one shows only now.
        window.more()
        return ""
    window.position = len(window.text)
    return f"rows of {source.table!r}: cut off"


_END: Final = re.compile(rb"\n\\\.\r?(?:\n|\Z)")
_LINE: Final = re.compile(rb"(?s)((?:[^\\\n]++|\\.)*+)\n")


def copied_pieces(window: SqlWindow) -> Iterator[bytes]:
    """The lines that begin here, as many as are in memory at a time, up to the one that ends them.

    Raises:
        ArchiveError: reading cannot go on.
        StoreError: the dump ends before they do.
    """
    while True:
        end = _END.search(window.text, max(window.position - 1, 0))
        stop = end.start() + 1 if end else window.text.rfind(b"\n") + 1
        if stop > window.position:
            piece = window.text[window.position : stop]
            window.position = stop
            yield piece
        if end:
            window.position = end.end()
            return
        if not window.more():
            raise StoreError(f"byte {window.offset}: cut off in the rows of a COPY")


def copied(piece: bytes, source: Source) -> tuple[list[Cells], int]:
    """The rows of these lines, and how many of them have a wrong number of fields."""
    split = [line.split(b"\t") for line in _lines(piece)]
    fitting = [tuple(row[at] for at in source.wanted) for row in split if len(row) == source.count]
    return fitting, len(split) - len(fitting)


def _lines(text: bytes) -> list[bytes]:
    if b"\\\n" in text:
        return _LINE.findall(text)
    return text.replace(b"\r\n", b"\n").split(b"\n")[:-1]
