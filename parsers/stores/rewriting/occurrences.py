"""Where the wanted values are in a file, in a few bytes each."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from parsers.stores.rewriting.spelling import Spelling

_SPELLINGS: Final = tuple(Spelling)


class Occurrence(NamedTuple):
    """One place in a file.

    Attributes:
        start: its first byte, decompressed.
        length: in bytes.
        old: the number of the value.
        spelling: how it is written.
        raw: its characters in the file, where the spelling alone does not determine them.
    """

    start: int
    length: int
    old: int
    spelling: Spelling
    raw: bytes = b""


class OccurrenceBuilder:
    """Builds `Occurrences`."""

    def __init__(self) -> None:
        self._columns = array("Q"), array("I"), array("I"), array("B")
        self._raws: dict[int, bytes] = {}

    def add(self, found: Iterable[Occurrence]) -> None:
        """Add some, in any order."""
        starts, lengths, olds, spellings = self._columns
        for start, length, old, spelling, raw in found:
            starts.append(start)
            lengths.append(length)
            olds.append(old)
            spellings.append(spelling)
            if raw:
                self._raws[start] = raw

    def sorted(self) -> "Occurrences":
        """All of them in the file's order; of two that overlap the first, or the longer one."""
        starts, lengths = np.array(self._columns[0]), np.array(self._columns[1])
        order = np.lexsort((~lengths, starts))
        ends = starts[order] + lengths[order]
        # One that begins before the end of any earlier one overlaps.
        before = np.maximum.accumulate(np.concatenate([np.zeros(1, ends.dtype), ends]))[:-1]
        order = order[starts[order] >= before]
        kept = (array(each.typecode, np.array(each)[order].tobytes()) for each in self._columns)
        starts_kept, lengths_kept, olds, spellings = kept
        return Occurrences(starts_kept, lengths_kept, olds, spellings, self._raws)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Occurrences:
    """The occurrences in one file, in its order, without overlap."""

    starts: "array[int]"
    lengths: "array[int]"
    olds: "array[int]"
    spellings: "array[int]"
    raws: dict[int, bytes]

    def __len__(self) -> int:
        return len(self.starts)

    def at(self, index: int) -> Occurrence:
        """The occurrence of this index."""
        start = self.starts[index]
        raw = self.raws.get(start, b"")
        return Occurrence(
            start, self.lengths[index], self.olds[index], _SPELLINGS[self.spellings[index]], raw
        )

    def within(self, start: int, end: int) -> Iterator[tuple[int, Occurrence]]:
        """Those that overlap the range, with their indices."""
        first, last = bisect_right(self.starts, start), bisect_left(self.starts, end)
        if first and self.starts[first - 1] + self.lengths[first - 1] > start:
            first -= 1
        for index in range(first, last):
            yield index, self.at(index)
