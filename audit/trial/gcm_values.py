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
        short: the ciphertexts that are hashed in columns, which are the first m of them.
        tags: of these; shape [m, 2].
        nonces: of these, if they must be hashed, else None.
        counters: J₀ of the standard for these, if they need not be; shape [m, 16].
    """

    values: Ragged
    nonce_size: int
    sizes: Rows
    short: Messages
    tags: Words
    nonces: Messages | None
    counters: Bytes

    @classmethod
    def of(cls, groups: Sequence[Group], nonce_size: int, many: int) -> "GcmValues":
        """Take groups of values that are long enough for nonce and tag, shortest first; at least one.

        So `many` of them for each block of the longest are hashed in columns.
        """
        values = Ragged.of(groups)
        short = [group.data for group in groups[: _short(groups, nonce_size, many)]]
        nonces = [data[:, :nonce_size] for data in short]
        hashed = nonce_size != STANDARD_NONCE
        count = sum(len(data) for data in short)
        counters = np.zeros((count, BLOCK), np.uint8)
        counters[:, -1] = 1
        if nonces and not hashed:
            counters[:, :STANDARD_NONCE] = np.concatenate(nonces)
        return cls(
            values=values,
            nonce_size=nonce_size,
            sizes=values.lengths - nonce_size - BLOCK,
            short=Messages.of([data[:, nonce_size:-BLOCK] for data in short]),
            tags=np.concatenate([np.empty((0, BLOCK), np.uint8), *(data[:, -BLOCK:] for data in short)]).view(
                np.uint64
            ),
            nonces=Messages.of(nonces) if hashed else None,
            counters=counters,
        )

    def __len__(self) -> int:
        return len(self.sizes)


def _short(groups: Sequence[Group], nonce_size: int, many: int) -> int:
    """How many of the groups, shortest first, have `many` values for each block of the longest."""
    sizes = np.array([group.length - nonce_size - BLOCK for group in groups])
    values = np.cumsum([len(group.rows) for group in groups])
    pays = (sizes <= LONGEST) & (values >= many * (1 - -sizes // BLOCK))
    return int(np.flatnonzero(pays)[-1]) + 1 if pays.any() else 0
