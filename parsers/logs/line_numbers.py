"""Line ends, counted as the stream goes by."""

from typing import Final

import numpy as np

from parsers.logs.window import Window

_LINE_END: Final = np.array(ord("\n"), dtype=np.uint8)


class LineNumbers:
    """Counts the lines of a stream, chunk by chunk, and the bytes of those that are too long.

    Attributes:
        ends: line ends counted so far.
        line_offset: where the line began that reaches into the chunk, or out of it once it is done with.
        skipped: bytes of lines behind the cap.
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

    def number_at(self, window: Window, position: int) -> int:
        """The 1-based number of the line at `position`; within a chunk ask in ascending order."""
        if position < window.chunk:
            return self.ends - window.memory[position : window.chunk].count(b"\n") + 1
        self._count_to(window, position)
        return self.ends + 1

    def leave(self, window: Window, *, ended: bool) -> None:
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

    def _count_to(self, window: Window, position: int) -> None:
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
