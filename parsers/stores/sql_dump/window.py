"""The part of a dump that is in memory."""

from collections.abc import Iterator
from re import Pattern
from typing import Final

from parsers.errors import StoreError

MAX_BYTES: Final = 16 << 20
"""Longer than any statement's head, definition or row; whole statements may be longer."""

_TAIL_BYTES: Final = 4_096


class SqlWindow:
    """The bytes of a dump from `position` on, extended as needed.

    Args:
        pieces: the dump.
        start: the offset to begin at.

    One byte before `position` is kept, for patterns that look back.

    Attributes:
        text: the bytes in memory.
        position: the reader's position in it.
        ended: whether nothing follows `text`.
        tail: the last kilobytes that were read.
    """

    def __init__(self, pieces: Iterator[bytes], start: int = 0) -> None:
        self._pieces = _drop_first(start, pieces)
        self._held = b""
        self._before = start
        self.text = b""
        self.position = 0
        self.ended = False
        self.tail = b""

    @property
    def offset(self) -> int:
        """`position` as an offset in the dump."""
        return self._before + self.position

    def more(self) -> bool:
        """Read more text, at least doubling a long rest, so that time stays linear; False at the end.

        Raises:
            StoreError: the rest is longer than `MAX_BYTES`.
            ArchiveError: reading cannot continue.
        """
        start = max(self.position - 1, 0)
        rest = self.text[start:]
        if len(rest) > MAX_BYTES:
            raise StoreError(f"byte {self.offset}: a row or definition of more than {MAX_BYTES >> 20} MiB")
        # Doubling: a pattern that needs more text starts again at `position`, which must stay linear.
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
        self._set_text(b"".join(parts))
        return bool(size)

    def need(self, count: int) -> None:
        """Read until there are `count` bytes from `position` on, if the dump has them."""
        while len(self.text) - self.position < count and self.more():
            pass

    def _set_text(self, text: bytes) -> None:
        """Set the text, without quotes at its very end: what follows decides whether two of them are one."""
        sure = len(text) if self.ended else len(text.rstrip(b"'"))
        self.text, self._held = text[: sure or len(text)], text[sure or len(text) :]

    def pass_over(self, pattern: Pattern[bytes]) -> None:
        """Move past what `pattern` matches here."""
        if found := pattern.match(self.text, self.position):
            self.position = found.end()


def _drop_first(start: int, pieces: Iterator[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        if start < len(piece):
            yield piece[start:] if start else piece
        start = max(start - len(piece), 0)
