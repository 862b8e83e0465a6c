"""Is the first block a vector of its own, or text behind one constant vector that nobody knows?

Both give the same text from the second block on. Behind a constant vector the decrypted first blocks are text
XORed with that constant: their highest bits agree from value to value, since text is mostly ASCII. Behind a
random vector in front they are random.
"""

from enum import StrEnum
from typing import Final

import numpy as np

from audit.trial.groups import Bytes

_CONSTANT_FROM: Final = 60.0
"""χ² with 16 degrees of freedom is above this with probability 5e-7."""

_FRONT_UP_TO: Final = 34.0
"""χ² with 16 degrees of freedom is above this with probability 5e-3."""

_ENOUGH_FOR_FRONT: Final = 5


class FirstBlock(StrEnum):
    """What the first block turned out to be."""

    VECTOR = "vector"
    TEXT = "text"
    UNDECIDED = "undecided"


def what_is_first(decrypted: Bytes) -> FirstBlock:
    """Judge by the highest bits of the decrypted first blocks.

    Args:
        decrypted: first blocks through the bare inverse cipher; shape [n, 16]. Doubles count once.
    """
    distinct = np.unique(decrypted, axis=0)
    count = len(distinct)
    if not count:
        return FirstBlock.UNDECIDED
    ones = (distinct >> 7).sum(axis=0, dtype=np.int64)
    statistic = float(((2 * ones - count) ** 2 / count).sum())
    if statistic >= _CONSTANT_FROM:
        return FirstBlock.TEXT
    if statistic <= _FRONT_UP_TO and count >= _ENOUGH_FOR_FRONT:
        return FirstBlock.VECTOR
    return FirstBlock.UNDECIDED
