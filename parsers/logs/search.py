"""Bytes → the raw entries that hold a phrase: one pass, flat memory, no line split off without need.

What counts as a line, a hit and an entry, exactly:

- A line ends with LF or with the stream. Its first `Bounds.line` bytes count; the rest is skipped and
  counted.
- A line is hit if a phrase begins in the part of it that counts.
- An entry begins at a line that `ENTRY_START` matches and reaches to the next such line. The entry of a hit
  line is the one that begins last, at most `Bounds.lookback` bytes before the line does. If none does, the
  layout is not known: the entry is the line itself, with the lines after it that go on with it
  (`END_OF_UNKNOWN`).
- Of an entry the first `Bounds.entry` bytes are kept. Further hits in them are the same entry's; a hit in a
  line that begins after them is another entry's.

None of this depends on how the bytes come in chunks.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import ahocorasick_rs

from parsers.archives.interface import ByteStream
from parsers.errors import ArchiveError
from parsers.logs.entry_heads import END_OF_UNKNOWN, ENTRY_START, LONGEST_START, NEXT_ENTRY
from parsers.logs.window import LineNumbers, StreamWindow

_FINGERPRINTS: Final = 8
"""The library's packed search knows phrases by their first bytes, blended into this many fingerprints."""


class Matcher:
    """Phrases made ready for the search; any number of threads may use it."""

    def __init__(self, phrases: Iterable[str]) -> None:
        encoded = sorted({phrase.encode() for phrase in phrases})
        self.longest = max(map(len, encoded), default=0)
        self._automaton = ahocorasick_rs.BytesAhoCorasick(
            _spread(encoded), matchkind=ahocorasick_rs.MatchKind.LeftmostFirst
        )

    def hits(self, data: memoryview) -> list[tuple[int, int, int]]:
        """Every phrase met: its number, begin and end; of overlapping ones the first."""
        return self._automaton.find_matches_as_indexes(data)


def _spread(phrases: Sequence[bytes]) -> list[bytes]:
    """Sorted phrases in an order that puts those which begin alike into one fingerprint.

    The library deals phrases to its fingerprints in turn. Each lets through whatever blends its phrases'
    bytes, the less the more they are alike: a log is searched 1.2 times as fast as with sorted phrases.
    """
    alike = -(-len(phrases) // _FINGERPRINTS)
    return [phrase for first in range(alike) for phrase in phrases[first::alike]]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What keeps memory flat.

    Attributes:
        line: bytes of a line that count.
        lookback: bytes before a hit's line in which its entry may begin.
        chunk: bytes searched at once, at most `line`; results do not depend on it. Every step takes the
            interpreter's lock, for which several threads queue: with 1 MB two of them are 1.9 times as fast
            as one, with 256 KB 1.8 times.
    """

    line: int = 1024 * 1024
    lookback: int = 64 * 1024
    chunk: int = 1024 * 1024

    @property
    def entry(self) -> int:
        """Bytes kept of an entry: what counts of a hit line is among them, whatever stands before it."""
        return self.lookback + self.line


DEFAULT_BOUNDS: Final = Bounds()


class RawEntry(NamedTuple):
    """An entry as it lies in the stream.

    Attributes:
        offset: of its first byte.
        line: 1-based, of its first byte.
        data: its bytes, the last line end included, at most `Bounds.entry`.
        whole: whether `data` is all of it.
    """

    offset: int
    line: int
    data: bytes
    whole: bool


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a pass saw of a stream.

    Attributes:
        size: bytes read.
        lines: lines read, an unfinished last one included.
        skipped: bytes of lines beyond `Bounds.line`.
        head: the stream's first bytes, at most `Bounds.lookback`.
        tail: its last bytes, at most `Bounds.lookback`.
        fault: why reading stopped before the end, or "".
    """

    size: int
    lines: int
    skipped: int
    head: bytes
    tail: bytes
    fault: str


def search(
    stream: ByteStream,
    matcher: Matcher,
    found: Callable[[Sequence[RawEntry]], None],
    bounds: Bounds = DEFAULT_BOUNDS,
) -> SearchResult:
    """Read the stream to its end and hand every entry that holds a phrase to `found`, in order.

    Args:
        stream: UTF-8, or anything whose line ends are LF.
        matcher: the phrases.
        found: called with the entries that a chunk completes, if there are any.
        bounds: of memory.
    """
    return _StreamSearch(stream, matcher, found, bounds).run()


@dataclass(slots=True)
class _OpenEntry:
    """An entry whose end has not been seen.

    Attributes:
        offset: of its first byte.
        line: of its first byte.
        data: what is kept of it so far.
        seen_to: offset up to which no other entry begins.
        end: matches the line end after which it has ended.
    """

    offset: int
    line: int
    data: bytearray
    seen_to: int
    end: re.Pattern[bytes]


class _StreamSearch:
    """One pass over one stream. Positions are the window's; offsets are the stream's."""

    def __init__(
        self,
        stream: ByteStream,
        matcher: Matcher,
        found: Callable[[Sequence[RawEntry]], None],
        bounds: Bounds,
    ) -> None:
        self._stream = stream
        self._matcher = matcher
        self._found = found
        self._overlap = max(matcher.longest, LONGEST_START)
        self._bounds = bounds
        self._reach = bounds.lookback + 1  # with the line end before a line at the lookback's far end
        self._window = StreamWindow(carry=bounds.line + self._reach + self._overlap, chunk=bounds.chunk)
        self._lines = LineNumbers(chunk=bounds.chunk, chunk_at=self._window.chunk, cap=bounds.line)
        self._open: _OpenEntry | None = None
        self._complete: list[RawEntry] = []
        self._covered = 0  # offset up to which lines belong to entries already found
        self._decided = 0  # last position of which it is known whether an entry begins there

    def run(self) -> SearchResult:
        window, lines = self._window, self._lines
        head = bytearray()
        fault = ""
        ended = False
        while not ended:
            try:
                ended = not window.read(self._stream)
            except ArchiveError as error:
                fault, ended = error.message, True  # the error itself would keep this frame alive
            if len(head) < self._bounds.lookback:
                head += window.view[
                    window.chunk : min(window.end, window.chunk + self._bounds.lookback - len(head))
                ]
            self._search_chunk(ended=ended)
            if self._complete:
                self._found(self._complete)
                self._complete = []
            lines.leave(window, ended=ended)
            if not ended:
                window.carry_over(self._keep_from())
        size = window.base + window.end
        tail = bytes(window.view[max(window.begin, window.end - self._bounds.lookback) : window.end])
        unfinished = bool(tail) and not tail.endswith(b"\n")
        return SearchResult(size, lines.ends + unfinished, lines.skipped, bytes(head), tail, fault)

    def _keep_from(self) -> int:
        """What the next chunk may need: its first line's beginning, and the lookback from there."""
        end = self._window.end
        line_start = self._lines.line_offset - self._window.base
        undecided = end - self._overlap
        if undecided - line_start > self._bounds.line:  # the rest of this line does not count
            return undecided - self._reach
        return min(line_start, undecided) - self._reach

    def _search_chunk(self, *, ended: bool) -> None:
        window = self._window
        self._decided = window.end if ended else window.end - LONGEST_START
        region = max(window.begin, window.chunk - self._overlap)
        hits = self._matcher.hits(window.view[region : window.end])
        if self._open is not None:
            self._extend(self._open, ended=ended)
        line_start, before = None, window.begin
        for _, begin, end in hits:
            if self._open is not None:
                return
            position = region + begin
            if window.base + position < self._covered:
                continue
            newline = window.memory.rfind(b"\n", before, position)
            before = position
            if newline >= 0:
                line_start = newline + 1
            elif line_start is None:
                line_start = self._start_out_of_sight(region + end)
                if line_start is None:
                    continue
            if line_start > self._decided:
                return  # comes again with the next chunk
            if position - line_start < self._bounds.line and window.base + line_start >= self._covered:
                self._begin_entry(line_start, ended=ended)

    def _start_out_of_sight(self, hit_end: int) -> int | None:
        """Where a hit's line began that no line end precedes; None if the last chunk has dealt with it."""
        window = self._window
        if window.holds_beginning:
            return window.begin
        if hit_end <= window.chunk:
            return None
        return self._lines.line_offset - window.base

    def _begin_entry(self, line_start: int, *, ended: bool) -> None:
        window = self._window
        start, end = line_start, NEXT_ENTRY
        if not ENTRY_START.match(window.memory, line_start, window.end):
            start = self._entry_start(line_start)
            if start < 0:
                start, end = line_start, END_OF_UNKNOWN
        number = self._lines.number_at(window, start)
        following = end.search(window.memory, line_start, window.end)
        if following is not None and (stop := following.end()) <= self._decided:  # nearly always
            kept = min(stop, start + self._bounds.entry)
            self._hand_over(window.base + start, number, window.memory[start:kept], whole=kept == stop)
        else:
            self._open = _OpenEntry(window.base + start, number, bytearray(), window.base + line_start, end)
            self._extend(self._open, ended=ended)

    def _entry_start(self, line_start: int) -> int:
        """The last line within the lookback that begins an entry; negative if there is none."""
        window = self._window
        lowest = max(window.begin, line_start - self._reach)
        start = line_start
        while (newline := window.memory.rfind(b"\n", lowest, start - 1)) >= 0:
            start = newline + 1
            if ENTRY_START.match(window.memory, start, window.end):
                return start
        in_reach = window.holds_beginning and window.begin >= line_start - self._bounds.lookback
        return window.begin if in_reach and ENTRY_START.match(window.memory, window.begin, window.end) else -1

    def _extend(self, entry: _OpenEntry, *, ended: bool) -> None:
        """Take what the window has of the entry; hand it over if its end is in sight."""
        window = self._window
        following = entry.end.search(window.memory, entry.seen_to - window.base, window.end)
        closed = following is not None and following.end() <= self._decided
        stop = following.end() if following is not None and closed else self._decided
        entry.seen_to = window.base + stop
        taken_to = entry.offset + len(entry.data) - window.base
        if len(entry.data) < self._bounds.entry:
            entry.data += window.view[taken_to : min(stop, taken_to + self._bounds.entry - len(entry.data))]
        cut = entry.offset + len(entry.data) < entry.seen_to
        if closed or ended or cut:
            self._hand_over(entry.offset, entry.line, bytes(entry.data), whole=not cut)
            self._open = None

    def _hand_over(self, offset: int, line: int, data: bytes, *, whole: bool) -> None:
        self._covered = offset + len(data)
        self._complete.append(RawEntry(offset, line, data, whole))
