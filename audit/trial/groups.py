"""Values of equal length, side by side as a matrix."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Bytes = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Group:
    """Decoded values of one length.

    Attributes:
        rows: where each of them stands in its batch, ascending; shape [n].
        data: their bytes, C-contiguous; shape [n, length].
    """

    rows: Rows
    data: Bytes

    @property
    def length(self) -> int:
        """Bytes of each value."""
        return int(self.data.shape[1])

    def without(self, prefix: bytes, at: int) -> "Group":
        """The values that have `prefix` at this place, with it taken out."""
        if not prefix:
            return self
        behind = at + len(prefix)
        if self.length < behind:
            return Group(self.rows[:0], self.data[:0])
        held = (self.data[:, at:behind] == np.frombuffer(prefix, np.uint8)).all(axis=1)
        kept = np.concatenate([self.data[held, :at], self.data[held, behind:]], axis=1)
        return Group(self.rows[held], np.ascontiguousarray(kept))


def by_length(decoded: pl.Series, wanted: Callable[[int], bool]) -> Iterator[Group]:
    """Groups of the lengths that are `wanted`, shortest first.

    Args:
        decoded: Binary, with nulls where a value does not decode.
        wanted: tells whether any layout takes this length.
    """
    sizes = decoded.bin.size()
    for length in sizes.drop_nulls().unique().sort():
        if length and wanted(length):
            held = (sizes == length).fill_null(value=False)
            values = decoded if held.all() else decoded.filter(held)
            data = values.bin.reinterpret(dtype=pl.Array(pl.UInt8, length)).to_numpy()
            yield Group(held.arg_true().to_numpy().astype(np.intp), np.ascontiguousarray(data))
