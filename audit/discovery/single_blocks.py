"""Values of a single block that nothing opens: do they lie behind one constant vector that nobody knows?

Such a vector hides a single block whole, so that no key opens it. Together they still show: under the right
key texts behind one constant agree as texts do, and random blocks do not (`audit.discovery.first_block`).
"""

import math
from collections.abc import Collection
from typing import Final

import numpy as np

from audit.discovery.first_block import CONSTANT_LOG10, MOST_BLOCKS, constant_log10
from audit.trial.aes_columns import AesColumns
from audit.trial.groups import Bytes
from parsers.secret import Secret

_ENOUGH_TO_TELL: Final = 5
"""Texts in one script: the fifth one that agrees makes it 2⁻⁶⁴."""


def behind_a_constant(blocks: Bytes, aes_keys: Collection[Secret]) -> bool | None:
    """Whether these blocks show it under any of these keys; None where they are too few to tell.

    Args:
        blocks: shape [n, 16]; equal ones count once.
        aes_keys: of candidates that open nothing: those of others show how their values lie.
    """
    if not aes_keys or not len(blocks):
        return False
    distinct = np.unique(blocks, axis=0)[:MOST_BLOCKS]
    at_most = CONSTANT_LOG10 - math.log10(len(aes_keys))
    if any(constant_log10(AesColumns(key).decrypt(distinct)) <= at_most for key in aes_keys):
        return True
    return False if len(distinct) >= _ENOUGH_TO_TELL else None
