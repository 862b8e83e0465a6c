"""The law of the search, as plain as it can be said: line by line, everything in memory."""

import re
from collections.abc import Callable

from parsers.logs.entry_heads import ENTRY_START
from parsers.logs.search import Bounds, RawEntry

Goes = Callable[[bytes], bool]


def entries_with(phrases: list[bytes], data: bytes, bounds: Bounds) -> list[RawEntry]:
    """Every entry that holds a phrase, as the search must find it."""
    found: list[RawEntry] = []
    lines = data.split(b"\n")
    offset = covered = 0
    starts: list[tuple[int, int]] = []
    for number, line in enumerate(lines, 1):
        if ENTRY_START.match(line):
            starts.append((offset, number))
        if offset >= covered and _is_hit(line, phrases, bounds):
            begin, first, goes_on = offset, number, _goes_on_unknown
            if starts and starts[-1][0] >= offset - bounds.lookback:
                (begin, first), goes_on = starts[-1], _goes_on
            end = _next_start(lines, number, offset, len(data), goes_on)
            kept = data[begin:end][: bounds.entry]
            covered = begin + len(kept)
            found.append(RawEntry(begin, first, kept, covered == end))
        offset += len(line) + 1
    return found


def skipped(data: bytes, bounds: Bounds) -> int:
    """Bytes of lines that are too long to count."""
    return sum(max(0, len(line) - bounds.line) for line in data.split(b"\n"))


def line_count(data: bytes) -> int:
    """Lines, an unfinished last one included."""
    return len(data.removesuffix(b"\n").split(b"\n")) if data else 0


def _is_hit(line: bytes, phrases: list[bytes], bounds: Bounds) -> bool:
    return any(0 <= line.find(phrase) < bounds.line for phrase in phrases)


def _next_start(lines: list[bytes], number: int, offset: int, size: int, goes_on: Goes) -> int:
    """Offset of the first line behind line `number`, which lies at `offset`, that is not its entry's."""
    offset += len(lines[number - 1]) + 1
    for line in lines[number:]:
        if not goes_on(line):
            return min(offset, size)
        offset += len(line) + 1
    return size


def _goes_on(line: bytes) -> bool:
    return not ENTRY_START.match(line)


def _goes_on_unknown(line: bytes) -> bool:
    return line.startswith((b" ", b"\t", b"Caused by: ", b"- ", b"* ")) or bool(re.match(rb"\.\.\. \d", line))
