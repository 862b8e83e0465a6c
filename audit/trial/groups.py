"""Values of equal length, side by side as a matrix; and of all lengths, one after the other."""

from collections.abc import Callable, Iterator, Sequence
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


@dataclass(frozen=True, slots=True, repr=False)
class RaggedValues:
    """Decoded values of all lengths, shortest first.

    Attributes:
        rows: where each of them stands in its batch; shape [n].
        data: their bytes, one value after the other.
        starts: where each begins in `data`; shape [n].
        lengths: bytes of each, ascending; shape [n].
    """

    rows: Rows
    data: Bytes
    starts: Rows
    lengths: Rows

    @classmethod
    def of(cls, groups: Sequence[Group]) -> "RaggedValues":
        """Take groups, shortest first; at least one."""
        lengths = np.repeat([group.length for group in groups], [len(group.rows) for group in groups])
        return cls(
            rows=np.concatenate([group.rows for group in groups]),
            data=np.concatenate([group.data.reshape(-1) for group in groups]),
            starts=np.cumsum(lengths) - lengths,
            lengths=lengths,
        )


def by_length(decoded: pl.Series, wanted: Callable[[int], bool]) -> Iterator[Group]:
    """Groups of the lengths that are `wanted`, shortest first.

    Args:
        decoded: Binary, with nulls where a value does not decode.
        wanted: whether any layout takes a length.
    """
    sizes = decoded.bin.size().fill_null(0).to_numpy()
    if sizes.max(initial=0) < 1 << 16:
        sizes = sizes.astype(np.uint16)  # NumPy sorts these by radix, in a tenth of the time
    order = np.argsort(sizes, kind="stable")
    lengths, firsts = np.unique(sizes[order], return_index=True)
    in_order = decoded.gather(order) if len(lengths) > 1 else decoded
    for length, first, rows in zip(
        lengths.tolist(), firsts.tolist(), np.split(order, firsts[1:]), strict=True
    ):
        if length and wanted(length):
            values = in_order.slice(first, len(rows)).bin.reinterpret(dtype=pl.Array(pl.UInt8, length))
            yield Group(rows, np.ascontiguousarray(values.to_numpy()))
