"""The part of a stream that is in memory, and the lines counted in it."""

import mmap
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parsers.archives.interface import ByteStream


class StreamWindow:
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


_LINE_END: Final = np.array(ord("\n"), dtype=np.uint8)


class LineNumbers:
    """Counts the lines of a stream, chunk by chunk, and the bytes of those that are too long.

    Attributes:
        ends: line ends counted so far.
        line_offset: where the line began that reaches into the chunk, or out of it once it is done with.
        skipped: bytes of lines beyond the cap.
    """

    __slots__ = ("_cap", "_counted_to", "_flagged", "_flags", "ends", "line_offset", "skipped")

    def __init__(self, *, chunk: int, chunk_at: int, cap: int) -> None:
        self._flags = np.empty(chunk, dtype=np.bool_)
        self._flagged = False
        self._cap = cap
        self.ends = 0
        self._counted_to = chunk_at
        self.line_offset = 0
        self.skipped = 0

    def number_at(self, window: StreamWindow, position: int) -> int:
        """The 1-based number of the line at `position`; within a chunk ask in ascending order."""
        if position < window.chunk:
            return self.ends - window.memory[position : window.chunk].count(b"\n") + 1
        self._count_to(window, position)
        return self.ends + 1

    def leave(self, window: StreamWindow, *, ended: bool) -> None:
        """The chunk is done with: count what is left, note the line that reaches out, what was too long."""
        self._count_to(window, window.end)
        self._counted_to = window.chunk
        self._flagged = False
        end_offset = window.base + window.end
        last = window.memory.rfind(b"\n", window.chunk, window.end)
        if last >= 0:
            if end_offset - self.line_offset > self._cap:
                self._skip_until(window.base + window.memory.find(b"\n", window.chunk, window.end))
            self.line_offset = window.base + last + 1
        if ended:
            self._skip_until(end_offset)

    def _count_to(self, window: StreamWindow, position: int) -> None:
        # Comparing into a reused buffer and counting there beats `bytes.count` ten times. A whole chunk is
        # compared at once, since each step takes the interpreter's lock.
        if not self._flagged:
            chunk = window.bytes[window.chunk : window.end]
            np.equal(chunk, _LINE_END, out=self._flags[: len(chunk)])
            self._flagged = True
        self.ends += int(
            np.count_nonzero(self._flags[self._counted_to - window.chunk : position - window.chunk])
        )
        self._counted_to = position

    def _skip_until(self, line_end: int) -> None:
        self.skipped += max(0, line_end - self.line_offset - self._cap)
