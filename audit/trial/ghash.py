"""GHASH (NIST SP 800-38D, section 6.4) over many messages of different lengths at once.

GHASH is a sum over all bytes: each contributes what its block, zero but for that byte, gives when multiplied
by the power of the hash key that belongs to the block's distance from the end. A table of these products
turns a message into as many look-ups as it has bytes, whatever the lengths of the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK
from audit.trial.groups import Bytes, Rows, ragged_places

LONGEST: Final = 15 * BLOCK
"""Bytes of a message. With its block of lengths it makes 16 tables of 4,096 products, counted in 16 bits."""

_LENGTHS: Final = 2
"""Bytes of the block of lengths that can be other than zero: the last ones, since messages are short."""

_PRODUCTS: Final = 256 * BLOCK
_TILE: Final = 1_024
"""Messages a call, so that what is looked up stays in the processor's cache."""

_REDUCTION: Final = 0xE1 << 120
"""x¹²⁸ + x⁷ + x² + x + 1, in the reflected order of bits that the standard uses."""


@dataclass(frozen=True, slots=True, repr=False)
class Messages:
    """Messages of at most `LONGEST` bytes, made ready to be hashed under any key.

    Attributes:
        places: for each byte its place in the table of products: by its block's distance from the end, its
            place in the block, and its value. The first `_LENGTHS` of each message belong to the block of
            lengths.
        starts: where each message begins in `places`, and where the last one ends; shape [n + 1].
        blocks: of the longest of them, with the block of lengths.
    """

    places: npt.NDArray[np.uint16]
    starts: Rows
    blocks: int

    @classmethod
    def of(cls, groups: Sequence[Bytes]) -> "Messages":
        """Take messages, those of one length side by side; shapes [n, length]."""
        sizes = np.repeat([data.shape[1] for data in groups], [len(data) for data in groups]).astype(np.intp)
        starts = np.concatenate([[0], np.cumsum(sizes + _LENGTHS)])
        places = np.empty(starts[-1], np.uint16)
        first = 0
        for data in groups:
            last = first + len(data)
            into = places[starts[first] : starts[last]].reshape(len(data), -1)
            into[:, :_LENGTHS] = divmod(8 * data.shape[1], 256)
            into[:, _LENGTHS:] = data
            into += _first_places(data.shape[1])
            first = last
        return cls(places, starts, 1 + -(-int(sizes.max(initial=0)) // BLOCK))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def only(self, rows: Rows) -> "Messages":
        """The messages of these numbers, ascending."""
        if len(rows) == len(self):
            return self
        sizes = (self.starts[1:] - self.starts[:-1])[rows]
        taken = self.places[ragged_places(self.starts[rows], sizes)]
        return Messages(taken, np.concatenate([[0], np.cumsum(sizes)]), self.blocks)


def _first_places(size: int) -> npt.NDArray[np.uint16]:
    """Where the products of each place begin: two of the block of lengths, then those of a message."""
    inside = np.arange(size)
    from_end = -(-size // BLOCK) - inside // BLOCK
    of_lengths = np.arange(BLOCK - _LENGTHS, BLOCK) * 256
    return np.concatenate([of_lengths, from_end * _PRODUCTS + inside % BLOCK * 256]).astype(np.uint16)


class Ghash:
    """GHASH under one hash key, of messages that have no associated data."""

    def __init__(self, hash_key: bytes) -> None:
        self._doubled = _doublings(int.from_bytes(hash_key))
        self._power = int.from_bytes(hash_key)
        self._bits: list[npt.NDArray[np.uint64]] = []
        self._tables: dict[tuple[int, int], npt.NDArray[np.uint64]] = {}

    def of(self, messages: Messages) -> Bytes:
        """The whole of each hash; shape [n, 16]."""
        return np.stack([self.half(messages, 0), self.half(messages, 1)], axis=1).view(np.uint8)

    def half(self, messages: Messages, half: int) -> npt.NDArray[np.uint64]:
        """The first or the last 8 bytes of each hash, as in memory; shape [n]."""
        table = self._table(messages.blocks, half)
        hashes = np.empty(len(messages), np.uint64)
        for start in range(0, len(hashes), _TILE):
            out = hashes[start : start + _TILE]
            starts = messages.starts[start : start + len(out) + 1]
            products = table.take(messages.places[starts[0] : starts[-1]])
            np.bitwise_xor.reduceat(products, starts[:-1] - starts[0], out=out)
        return hashes

    def _table(self, blocks: int, half: int) -> npt.NDArray[np.uint64]:
        """Half of the products of every byte at every place with the first powers of the hash key."""
        if (blocks, half) not in self._tables:
            while len(self._bits) < blocks:
                doubled = _doublings(self._power)
                self._bits.append(
                    np.frombuffer(b"".join(each.to_bytes(BLOCK) for each in doubled), np.uint64)
                )
                self._power = self._times_hash_key(self._power)
            bits = np.stack(self._bits[:blocks]).reshape(blocks, BLOCK, 8, 2)
            self._tables[blocks, half] = _of_every_byte(bits[..., half])
        return self._tables[blocks, half]

    def _times_hash_key(self, factor: int) -> int:
        product = 0
        for place, doubled in enumerate(self._doubled, start=1):
            if factor >> (8 * BLOCK - place) & 1:
                product ^= doubled
        return product


def _doublings(factor: int) -> list[int]:
    """The factor times x⁰ to x¹²⁷: its products with each bit of a block, the first bit first."""
    doubled = []
    for _ in range(8 * BLOCK):
        doubled.append(factor)
        factor = (factor >> 1) ^ (_REDUCTION if factor & 1 else 0)
    return doubled


def _of_every_byte(by_bit: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Products with bytes from those with bits; shape [blocks, 16, 8] to [blocks · 16 · 256]."""
    table = np.zeros((*by_bit.shape[:2], 256), np.uint64)
    for bit in range(8):  # each higher bit doubles what is there; bit 7 of the standard is the lowest one
        size = 1 << bit
        np.bitwise_xor(table[..., :size], by_bit[..., 7 - bit, None], out=table[..., size : 2 * size])
    return table.reshape(-1)
