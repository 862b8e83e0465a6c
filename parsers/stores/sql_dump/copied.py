"""The rows of a COPY."""

import re
from collections.abc import Iterator
from typing import Final

from parsers.errors import StoreError
from parsers.stores.sql_dump.rows import Cells, Source
from parsers.stores.sql_dump.window import SqlWindow

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
