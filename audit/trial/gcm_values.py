"""Values taken apart as GCM stores them: nonce, ciphertext, tag of 16 bytes."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK
from audit.trial.ghash import LONGEST, Messages
from audit.trial.groups import Bytes, Ragged, Rows, ragged_places

STANDARD_NONCE: Final = 12
"""Bytes of a nonce that the standard takes as it is; others are hashed (section 7.1)."""

Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, repr=False)
class GcmValues:
    """What every key needs of n values of all lengths, made once.

    Attributes:
        values: the values, prefixes taken off, all long enough for nonce and tag.
        nonce_size: bytes of the nonce.
        sizes: bytes of each ciphertext, ascending; shape [n].
        tags: shape [n, 2].
        heads: the first block of each ciphertext, zeros behind its end; shape [n, 2].
        beyond: bits that lie behind the end of a first block; shape [n, 2].
        nonces: those that must be hashed, else None.
        counters: J₀ of the standard for those that need not be; shape [n, 16].
        short: the ciphertexts of at most `LONGEST` bytes, which are the first ones.
    """

    values: Ragged
    nonce_size: int
    sizes: Rows
    tags: Words
    heads: Words
    beyond: Words
    nonces: Messages | None
    counters: Bytes
    short: Messages

    @classmethod
    def of(cls, values: Ragged, nonce_size: int) -> Self:
        """Take those that are long enough."""
        values = values.only(values.lengths >= nonce_size + BLOCK)
        sizes = values.lengths - nonce_size - BLOCK
        nonces = values.at(0, nonce_size)
        counters = np.zeros((len(sizes), BLOCK), np.uint8)
        counters[:, -1] = 1
        hashed = nonce_size != STANDARD_NONCE
        if not hashed:
            counters[:, :STANDARD_NONCE] = nonces
        beyond = np.where(np.arange(BLOCK) < sizes[:, None], np.uint8(0), np.uint8(255)).view(np.uint64)
        short = sizes[sizes <= LONGEST]
        bodies = values.data[ragged_places(values.starts[: len(short)] + nonce_size, short)]
        return cls(
            values=values,
            nonce_size=nonce_size,
            sizes=sizes,
            tags=values.at(values.lengths - BLOCK, BLOCK).view(np.uint64),
            heads=values.at(nonce_size, BLOCK).view(np.uint64) & ~beyond,
            beyond=beyond,
            nonces=Messages.of(nonces.reshape(-1), np.full_like(sizes, nonce_size)) if hashed else None,
            counters=counters,
            short=Messages.of(bodies, short),
        )

    def __len__(self) -> int:
        return len(self.sizes)

    def only(self, kept: npt.NDArray[np.bool_]) -> "GcmValues":
        """The values that are `kept`; shape [n]."""
        return GcmValues.of(self.values.only(kept), self.nonce_size)
