"""The rows of an INSERT or a COPY as they are written."""

import re
from collections.abc import Iterator
from typing import Final

from parsers.errors import StoreError
from parsers.stores.sql_dump.definitions import RowHeader
from parsers.stores.sql_dump.dialect import Dialect
from parsers.stores.sql_dump.rows import Cells, Misread
from parsers.stores.sql_dump.skip import LOOK_AHEAD
from parsers.stores.sql_dump.window import SqlWindow

ROWS: Final = 4_096
"""Rows a batch."""


def parse_insert_rows(
    window: SqlWindow, dialect: Dialect, header: RowHeader
) -> Iterator[list[Cells] | Misread]:
    """The rows that begin here, up to the end of the statement.

    After a `Misread` the window's position is where the row should have been; the caller skips the rest.
    """
    match = dialect.row(header.count, header.wanted).match
    more = True
    while more:
        cells: list[Cells] = []
        text, at = window.text, window.position
        while len(cells) < ROWS and (row := match(text, at)):
            tokens = row.groups()
            if not tokens[-1] and not window.ended:  # the row's end is not in memory yet
                break
            cells.append(tokens)
            at = row.end()
            if tokens[-1] != b",":
                more = False
                break
        window.position = at
        if cells:
            yield cells
        elif fault := _why_no_row(window, dialect, header):
            yield Misread(header.table, window.offset, fault)
            return


def _why_no_row(window: SqlWindow, dialect: Dialect, header: RowHeader) -> str:
    """Why there is no row here; "" once there is more text to try."""
    found = dialect.any_row.match(window.text, window.position)
    if found and (window.ended or len(window.text) - found.end() > LOOK_AHEAD):
        return f"rows of {header.table!r}: a row does not have {header.count} values, or something follows it"
    if not window.ended:
        # If nothing more comes, `ended` is set, and the row that was held back for its end is accepted.
        window.more()
        return ""
    window.position = len(window.text)
    return f"rows of {header.table!r}: cut off"


_END: Final = re.compile(rb"\n\\\.\r?(?:\n|\Z)")
_LINE: Final = re.compile(rb"(?s)((?:[^\\\n]++|\\.)*+)\n")


def copy_chunks(window: SqlWindow) -> Iterator[bytes]:
    r"""The lines from here to the final `\.`, as many at a time as are in memory.

    Raises:
        ArchiveError: reading cannot continue.
        StoreError: the dump ends before the `\.`.
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


def parse_copy_rows(piece: bytes, header: RowHeader) -> tuple[list[Cells], int]:
    """The rows of these lines, and how many of them have a wrong number of fields."""
    split = [line.split(b"\t") for line in _lines(piece)]
    fitting = [tuple(row[at] for at in header.wanted) for row in split if len(row) == header.count]
    return fitting, len(split) - len(fitting)


def _lines(text: bytes) -> list[bytes]:
    if b"\\\n" in text:
        return _LINE.findall(text)
    return text.replace(b"\r\n", b"\n").split(b"\n")[:-1]
