"""Values taken apart as GCM stores them: nonce, ciphertext, tag of 16 bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK
from audit.trial.ghash import LONGEST, Messages
from audit.trial.groups import Bytes, Group, Ragged, Rows

STANDARD_NONCE: Final = 12
"""Bytes of a nonce that the standard takes as it is; others are hashed (section 7.1)."""

Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, repr=False)
class GcmValues:
    """What every key needs of n values of all lengths, made once.

    Attributes:
        values: the values, prefixes taken off.
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
    def of(cls, groups: Sequence[Group], nonce_size: int) -> "GcmValues":
        """Take groups of values that are long enough for nonce and tag, shortest first; at least one."""
        values = Ragged.of(groups)
        sizes = values.lengths - nonce_size - BLOCK
        beyond = np.where(np.arange(BLOCK) < sizes[:, None], np.uint8(0), np.uint8(255)).view(np.uint64)
        nonces = [group.data[:, :nonce_size] for group in groups]
        hashed = nonce_size != STANDARD_NONCE
        counters = np.zeros((len(sizes), BLOCK), np.uint8)
        counters[:, -1] = 1
        if not hashed:
            counters[:, :STANDARD_NONCE] = np.concatenate(nonces)
        return cls(
            values=values,
            nonce_size=nonce_size,
            sizes=sizes,
            tags=np.concatenate([group.data[:, -BLOCK:] for group in groups]).view(np.uint64),
            heads=_heads(groups, nonce_size) & ~beyond,
            beyond=beyond,
            nonces=Messages.of(nonces) if hashed else None,
            counters=counters,
            short=Messages.of(
                [
                    group.data[:, nonce_size:-BLOCK]
                    for group in groups
                    if group.length - nonce_size - BLOCK <= LONGEST
                ]
            ),
        )

    def __len__(self) -> int:
        return len(self.sizes)

    def only(self, kept: npt.NDArray[np.bool_]) -> "GcmValues":
        """The values that are `kept`; shape [n]."""
        return GcmValues(
            values=self.values.only(kept),
            nonce_size=self.nonce_size,
            sizes=self.sizes[kept],
            tags=self.tags[kept],
            heads=self.heads[kept],
            beyond=self.beyond[kept],
            nonces=self.nonces and self.nonces.only(np.flatnonzero(kept)),
            counters=self.counters[kept],
            short=self.short.only(np.flatnonzero(kept[: len(self.short)])),
        )


def _heads(groups: Sequence[Group], nonce_size: int) -> Words:
    """What follows the nonce: a block of ciphertext, or of ciphertext and tag."""
    after = slice(nonce_size, nonce_size + BLOCK)
    return np.concatenate([group.data[:, after] for group in groups]).view(np.uint64)
