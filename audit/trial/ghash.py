"""GHASH (NIST SP 800-38D, section 6.4) over many messages of different lengths, under many hash keys at once.

GHASH is a sum over all bytes: each contributes what its block, zero but for that byte, gives when multiplied
by the power of the hash key that belongs to the block's distance from the end. A table of these products
turns a message into as many look-ups as it has bytes.

A wrong tag shows in its first byte 255 times in 256. The products' first bytes under eight hash keys make up
one word, so that a look-up serves eight keys: for n messages of b blocks that is n · b · 16 look-ups for
eight keys, at 0.9 ns each, and 4,096 · b words of table.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK
from audit.trial.groups import Bytes, Rows

LONGEST: Final = 128 * BLOCK
"""Bytes of a message: its tables for eight keys take 4 MB, and a call of the library costs little more."""

TOGETHER: Final = 8
"""Hash keys whose products share a word."""

_LENGTHS: Final = 2
"""Bytes of the block of lengths that can be other than zero: the last ones, since messages are short."""

_UNUSED: Final = BLOCK - _LENGTHS
"""The others, for which tables have no place."""

_MESSAGES: Final = 1 << 11
"""Messages a call: their products and the places of these stay in the processor's second cache."""

_TOP: Final = np.uint64(63)
_ONE: Final = np.uint64(1)
_REDUCTION: Final = np.uint64(0xE1 << 56)
"""x¹²⁸ + x⁷ + x² + x + 1, in the reflected order of bits that the standard uses."""

Words = npt.NDArray[np.uint64]
Places = tuple[slice, npt.NDArray[np.intp]]


@dataclass(frozen=True, slots=True, repr=False)
class Messages:
    """n messages of at most `LONGEST` bytes, made ready to be hashed under any key.

    Attributes:
        columns: byte by byte the last block of all messages, filled up with zeros as the standard does, then
            the one before it, and so on; shapes [16, m]. The m longest messages have it. So the products of
            one place are looked up for all of them at once, and stay in the processor's first cache.
        lengths: the last bytes of each message's block of lengths; shape [2, n].
    """

    columns: Sequence[Bytes]
    lengths: Bytes

    @classmethod
    def of(cls, groups: Sequence[Bytes]) -> "Messages":
        """Take messages, those of one length side by side, shortest first; shapes [n, length]."""
        filled = []
        for blocks, alike in groupby(groups, key=lambda data: -(-data.shape[1] // BLOCK)):
            padded = [np.pad(each, ((0, 0), (0, blocks * BLOCK - each.shape[1]))) for each in alike]
            filled.append(np.ascontiguousarray(np.concatenate(padded).T))
        most = max((len(each) for each in filled), default=0)
        columns = [
            np.concatenate([each[len(each) - end :][:BLOCK] for each in filled if len(each) >= end], axis=1)
            for end in range(BLOCK, most + 1, BLOCK)
        ]
        bits = np.repeat(
            np.array([8 * data.shape[1] for data in groups], ">u2"), [len(data) for data in groups]
        )
        return cls(columns, np.ascontiguousarray(bits.view(np.uint8).reshape(-1, _LENGTHS).T))

    def __len__(self) -> int:
        return int(self.lengths.shape[1])

    @property
    def blocks(self) -> int:
        """Blocks of the longest, with the block of lengths."""
        return 1 + len(self.columns)

    def only(self, rows: Rows) -> "Messages":
        """The messages of these numbers, ascending."""
        if len(rows) == len(self):
            return self
        columns = []
        for each in self.columns:
            shorter = len(self) - each.shape[1]
            kept = rows[np.searchsorted(rows, shorter) :]
            if not kept.size:
                break
            columns.append(each[:, kept - shorter])
        return Messages(columns, self.lengths[:, rows])

    def places(self) -> Iterator[Places]:
        """Some messages' numbers, and where their products stand in a table; shapes [m], [2 or 16, m]."""
        first_place = 0
        for each in (self.lengths, *self.columns):
            firsts = 256 * np.arange(first_place, first_place + len(each))
            first_place += len(each)
            shorter = len(self) - each.shape[1]
            for start in range(0, each.shape[1], _MESSAGES):
                piece = each[:, start : start + _MESSAGES]
                rows = slice(shorter + start, shorter + start + piece.shape[1])
                yield rows, piece + firsts[:, None]


class Ghash:
    """GHASH under several hash keys, of messages that have no associated data."""

    def __init__(self, hash_keys: Bytes, blocks: int) -> None:
        """Take hash keys, shape [keys, 16], and how many `Messages.blocks` there will be at most."""
        powers = [np.ascontiguousarray(hash_keys).view(">u8").astype(np.uint64)]
        doubled = _doublings(powers[0])
        while len(powers) < blocks:
            powers.append(_products(powers[-1], doubled))
        self._bits = _doublings(np.stack(powers))  # [128, blocks, keys, 2]

    def first_bytes(self, messages: Messages) -> Bytes:
        """The first byte of each hash under each key; shape [keys / 8, n, 8], rounded up."""
        _, blocks, keys, _ = self._bits[:, : messages.blocks].shape
        first = np.zeros((blocks, 8 * BLOCK, -(-keys // TOGETHER) * TOGETHER), np.uint8)
        first[..., :keys] = (self._bits[:, :blocks, :, 0] >> np.uint64(56)).transpose(1, 0, 2)
        by_bit = first.view(np.uint64).reshape(blocks * BLOCK, 8, -1)[_UNUSED:]
        tables = [_of_every_byte(by_bit[..., each]) for each in range(by_bit.shape[-1])]
        hashes = np.zeros((len(tables), len(messages)), np.uint64)
        for rows, places in messages.places():
            for table, into in zip(tables, hashes, strict=True):
                into[rows] ^= np.bitwise_xor.reduce(table.take(places), axis=0)
        return hashes.view(np.uint8).reshape(len(tables), len(messages), TOGETHER)

    def whole(self, messages: Messages, key: int, places: Iterable[Places] | None = None) -> Bytes:
        """The whole of each hash under the key of this number; shape [n, 16].

        n · b · 16 look-ups for the one key. The messages' `places()` may be kept for the next one.
        """
        blocks = messages.blocks
        bits = (
            self._bits[:, :blocks, key].transpose(1, 0, 2).byteswap().reshape(blocks * BLOCK, 8, 2)[_UNUSED:]
        )
        # A look-up of 16 bytes at once: numbers of that size are never computed with, only moved.
        table = _of_every_byte(bits).view(np.complex128)
        hashes = np.zeros((len(messages), 2), np.uint64)
        for rows, looked_up in messages.places() if places is None else places:
            products = table.take(looked_up).view(np.uint64).reshape(*looked_up.shape, 2)
            hashes[rows] ^= np.bitwise_xor.reduce(products, axis=0)
        return hashes.view(np.uint8)


def _doublings(factors: Words) -> Words:
    """Factors times x⁰ to x¹²⁷: their products with each bit of a block, the first bit first.

    Args:
        factors: the first and the last 64 bits of each as numbers; shape [..., 2].

    Returns:
        shape [128, ..., 2].
    """
    doubled = np.empty((8 * BLOCK, *factors.shape), np.uint64)
    doubled[0] = factors
    for before, after in pairwise(doubled):
        high, low = before[..., 0], before[..., 1]
        after[..., 0] = (high >> _ONE) ^ (low & _ONE) * _REDUCTION
        after[..., 1] = (low >> _ONE) | (high << _TOP)
    return doubled


def _products(factors: Words, doubled: Words) -> Words:
    """Each factor times what was doubled; shapes [keys, 2] and [128, keys, 2] to [keys, 2]."""
    places = np.arange(8 * BLOCK)
    held = (factors[:, places // 64] >> (_TOP - places.astype(np.uint64) % np.uint64(64))) & _ONE
    product: Words = np.bitwise_xor.reduce(doubled * held.T[..., None], axis=0)
    return product


def _of_every_byte(by_bit: Words) -> Words:
    """Products with bytes from those with bits; shape [places, 8, …] to [places · 256 · …]."""
    table = np.zeros((len(by_bit), 256, *by_bit.shape[2:]), np.uint64)
    for bit in range(8):  # each higher bit doubles what is there; bit 7 of the standard is the lowest one
        size = 1 << bit
        np.bitwise_xor(table[:, :size], by_bit[:, 7 - bit, None], out=table[:, size : 2 * size])
    return table.reshape(-1)
