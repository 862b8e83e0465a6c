"""A stream of bytes with stretches of it replaced."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Edit(NamedTuple):
    """A stretch, and what comes in its place."""

    start: int
    length: int
    new: bytes


def spliced(pieces: Iterable[bytes], edits: Iterable[Edit]) -> Iterator[bytes]:
    """The stream with every edit made.

    Args:
        pieces: the stream.
        edits: in its order, without overlap, all within it.
    """
    waiting = iter(edits)
    edit = next(waiting, None)
    at, behind = 0, 0
    for piece in pieces:
        end = at + len(piece)
        parts = []
        position = max(behind, at)
        while edit is not None and edit.start < end:
            parts += [piece[position - at : edit.start - at], edit.new]
            position = behind = edit.start + edit.length
            edit = next(waiting, None)
        parts.append(piece[position - at :])
        yield b"".join(parts)
        at = end
