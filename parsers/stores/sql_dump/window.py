"""The stretch of a dump that is in memory."""

from collections.abc import Iterator
from re import Pattern
from typing import Final

from parsers.errors import StoreError

MAX_BYTES: Final = 16 << 20
"""No statement's head, definition or row is as long; whole statements may well be."""

_TAIL_BYTES: Final = 4_096


class SqlWindow:
    """Bytes of a dump from `position` on, more of them as wanted.

    Args:
        pieces: the dump.
        start: where in it to begin.

    One byte before `position` stays, so that a pattern can look back at it.

    Attributes:
        text: what is in memory.
        position: where the reader stands in it.
        ended: whether nothing follows `text`.
        tail: the last few kilobytes that were read.
    """

    def __init__(self, pieces: Iterator[bytes], start: int = 0) -> None:
        self._pieces = _from(start, pieces)
        self._held = b""
        self._before = start
        self.text = b""
        self.position = 0
        self.ended = False
        self.tail = b""

    @property
    def offset(self) -> int:
        """`position` in the dump."""
        return self._before + self.position

    def more(self) -> bool:
        """Get more text, at least doubling a long rest; False at the end.

        Raises:
            StoreError: the rest is longer than `MAX_BYTES`.
            ArchiveError: reading cannot go on.
        """
        start = max(self.position - 1, 0)
        rest = self.text[start:]
        if len(rest) > MAX_BYTES:
            raise StoreError(f"byte {self.offset}: more than {MAX_BYTES >> 20} MiB belong together")
        parts = [rest, self._held]
        size = len(self._held)
        while not self.ended and size <= len(rest):
            piece = next(self._pieces, None)
            if piece is None:
                self.ended = True
            else:
                parts.append(piece)
                self.tail = (self.tail + piece[-_TAIL_BYTES:])[-_TAIL_BYTES:]
                size += len(piece)
        self._before += start
        self.position -= start
        self._show(b"".join(parts))
        return bool(size)

    def need(self, count: int) -> None:
        """Have at least `count` bytes from `position` on, if the dump has them."""
        while len(self.text) - self.position < count and self.more():
            pass

    def _show(self, text: bytes) -> None:
        """All but quotes at the very end: whether two of them are one is told by what follows."""
        sure = len(text) if self.ended else len(text.rstrip(b"'"))
        self.text, self._held = text[: sure or len(text)], text[sure or len(text) :]

    def pass_over(self, pattern: Pattern[bytes]) -> None:
        """Move behind what `pattern` matches here."""
        if found := pattern.match(self.text, self.position):
            self.position = found.end()


def _from(start: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if start < len(piece):
            yield piece[start:] if start else piece
        start = max(start - len(piece), 0)
