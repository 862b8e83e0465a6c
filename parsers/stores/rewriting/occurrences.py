"""Where in a file the wanted values stand: a few bytes for each place."""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from parsers.stores.rewriting.spelling import Spelling


class Occurrence(NamedTuple):
    """One place in a file.

    Attributes:
        start: its first byte, decompressed.
        length: in bytes.
        old: which value stands there, by its number.
        spelling: how.
        raw: the characters as they stand, where the spelling alone does not tell.
    """

    start: int
    length: int
    old: int
    spelling: Spelling
    raw: bytes = b""


class Gathering:
    """Occurrences on their way into `Occurrences`."""

    def __init__(self) -> None:
        self._columns = array("Q"), array("I"), array("I"), array("B")
        self._raws: dict[int, bytes] = {}

    def add_all(self, found: Iterable[Occurrence]) -> None:
        """More of them, in any order."""
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
        starts, lengths, olds, spellings = (np.array(column) for column in self._columns)
        order = np.lexsort((~lengths, starts))
        ends = starts[order] + lengths[order]
        # What begins in front of the end of any before it overlaps.
        before = np.maximum.accumulate(np.concatenate([np.zeros(1, ends.dtype), ends]))[:-1]
        order = order[starts[order] >= before]
        return Occurrences(starts[order], lengths[order], olds[order], spellings[order], self._raws)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Occurrences:
    """The places in one file, in its order, without overlap."""

    starts: npt.NDArray[np.uint64]
    lengths: npt.NDArray[np.uint32]
    olds: npt.NDArray[np.uint32]
    spellings: npt.NDArray[np.uint8]
    raws: dict[int, bytes]

    def __len__(self) -> int:
        return len(self.starts)

    def at(self, index: int) -> Occurrence:
        """One of them."""
        start = int(self.starts[index])
        spelling = Spelling(int(self.spellings[index]))
        raw = self.raws.get(start, b"")
        return Occurrence(start, int(self.lengths[index]), int(self.olds[index]), spelling, raw)

    def within(self, start: int, end: int) -> Iterator[tuple[int, Occurrence]]:
        """Those of which a byte lies in the stretch, with their indices."""
        first = int(np.searchsorted(self.starts, np.uint64(start), "right"))
        last = int(np.searchsorted(self.starts, np.uint64(end), "left"))
        if first and self.starts[first - 1] + self.lengths[first - 1] > start:
            first -= 1
        for index in range(first, last):
            yield index, self.at(index)
