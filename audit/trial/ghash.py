"""GHASH (NIST SP 800-38D, section 6.4) over many rows at once.

Multiplying by the hash key is linear, so that a table for each of the 16 byte positions turns it into 16
look-ups, the same for all rows.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK
from audit.trial.groups import Bytes

_REDUCTION: Final = 0xE1 << 120
"""x¹²⁸ + x⁷ + x² + x + 1, in the reflected order of bits that the standard uses."""


class Ghash:
    """GHASH under one hash key."""

    def __init__(self, hash_key: bytes) -> None:
        self._table = _multiplication_table(int.from_bytes(hash_key))

    def of(self, data: Bytes, *, bit_lengths: tuple[int, int]) -> Bytes:
        """GHASH of each row, filled up with zeros, then the block of lengths.

        Args:
            data: shape [n, length].
            bit_lengths: what the last block says: bits of associated data and of ciphertext.

        Returns:
            shape [n, 16].
        """
        state = np.zeros((len(data), BLOCK), np.uint8)
        for start in range(0, data.shape[1], BLOCK):
            piece = data[:, start : start + BLOCK]
            state[:, : piece.shape[1]] ^= piece
            state = self._multiply(state)
        state ^= np.frombuffer(bit_lengths[0].to_bytes(8) + bit_lengths[1].to_bytes(8), np.uint8)
        return self._multiply(state)

    def _multiply(self, state: Bytes) -> Bytes:
        product = np.take(self._table[0], state[:, 0], axis=0)
        for position in range(1, BLOCK):
            product ^= np.take(self._table[position], state[:, position], axis=0)
        return product.view(np.uint8)


def _multiplication_table(hash_key: int) -> npt.NDArray[np.uint64]:
    """Products of the key with every byte at every position; shape [16, 256, 2], bytes as in memory."""
    powers = []
    power = hash_key
    for _ in range(8 * BLOCK):
        powers.append(power.to_bytes(BLOCK))
        power = (power >> 1) ^ (_REDUCTION if power & 1 else 0)
    by_bit = np.frombuffer(b"".join(powers), np.uint64).reshape(BLOCK, 8, 2)
    table = np.zeros((BLOCK, 256, 2), np.uint64)
    for bit in range(8):  # each higher bit doubles what is there; bit 7 of the standard is the lowest one
        size = 1 << bit
        np.bitwise_xor(table[:, :size], by_bit[:, 7 - bit, None], out=table[:, size : 2 * size])
    return table
