"""The part of a stream that is in memory: a chunk, and as much before it as an entry may need."""

import mmap
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parsers.archives.interface import ByteStream


class Window:
    """A reused buffer: what is carried over lies right-aligned before the chunk, whose place is fixed.

    Positions count from the buffer's beginning; `base + position` is the offset in the stream. Pages that no
    carry ever reaches are never touched, so that a common log stays within the processor's cache.

    The memory is a private anonymous map: a bytearray of this size meets a slow copy path on some processors,
    and Python's default map would be shared with forked workers.
    """

    __slots__ = ("base", "begin", "bytes", "chunk", "end", "memory", "view")

    def __init__(self, *, carry: int, chunk: int) -> None:
        self.memory: Final = mmap.mmap(-1, carry + chunk, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.view: Final = memoryview(self.memory)
        self.bytes: Final[NDArray[np.uint8]] = np.frombuffer(self.memory, dtype=np.uint8)
        self.chunk: Final = carry
        self.begin = carry
        self.end = carry
        self.base = -carry

    @property
    def holds_beginning(self) -> bool:
        """Whether the stream's first byte is in memory."""
        return self.base + self.begin == 0

    def read(self, stream: ByteStream) -> bool:
        """Fill the chunk; False if the stream ended. What was read before an error counts."""
        while self.end < len(self.view):
            count = stream.readinto(self.view[self.end :])
            if not count:
                return False
            self.end += count
        return True

    def carry_over(self, keep_from: int) -> None:
        """Make room for the next chunk, keeping what stands from `keep_from` on."""
        keep_from = max(self.begin, keep_from)
        kept = self.end - keep_from
        self.view[self.chunk - kept : self.chunk] = self.view[keep_from : self.end]
        self.base += self.end - self.chunk
        self.begin, self.end = self.chunk - kept, self.chunk
