"""Values of a single block that nothing opens: do they lie behind one unknown constant vector?

Such a vector hides a single block whole, so that no key opens it. Together they still show: under the right
key texts behind one constant agree as texts do, and random blocks do not (`audit.discovery.first_block`).
"""

import math
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.discovery.chains import TYPED_VECTORS
from audit.discovery.first_block import CONSTANT_LOG10, MOST_BLOCKS, constant_log10
from audit.layouts.layout import Iv, Layout, Mode, Padding
from audit.trial.aes_columns import AesColumns
from audit.trial.groups import Bytes
from parsers.secret import Secret

_ENOUGH_TO_TELL: Final = 5
"""Texts in one script: the fifth one that agrees makes it 2⁻⁶⁴."""

_MOST_DECRYPTED: Final = 4_000_000
"""Blocks times keys: a second or two. Of more lost values those that agree are not looked for."""

_BY_CHANCE: Final = 0.02
"""At most this many random blocks are taken to agree with others, under any of the keys together."""


def behind_typed_vectors(layouts: Iterable[Layout]) -> list[Layout]:
    """These layouts of CBC with each vector that programmers type, in the place of a zero one.

    Longer values show their key whatever the vector is. A single block shows it behind the right one alone,
    and only where what pads it has a form: which of several constants it was is never settled by it.
    """
    return [
        replace(layout, iv=Iv.CONSTANT, constant_iv=vector)
        for layout in layouts
        if layout.mode is Mode.CBC and layout.iv is Iv.ZERO and layout.padding is Padding.PKCS7
        for vector in TYPED_VECTORS
    ]


def agree(blocks: Bytes, aes_keys: Collection[Secret]) -> npt.NDArray[np.bool_]:
    """Which of these blocks agree with others, under any of the keys, as texts behind one constant do.

    Two texts in ASCII have their 16 highest bits in common behind any constant; of random blocks one in
    65,536 does with another. A block that agrees with none is behind a constant only if it is the only one,
    or is not text.

    Args:
        blocks: shape [n, 16]; equal ones do not agree with each other.
        aes_keys: of all candidates, in every form.

    Returns:
        shape [n].
    """
    distinct, place = np.unique(blocks, axis=0, return_inverse=True)
    of_distinct = np.zeros(len(distinct), np.bool_)
    if len(distinct) * len(aes_keys) > _MOST_DECRYPTED:
        return of_distinct[place.reshape(-1)]
    enough = _enough_to_agree(len(distinct), len(aes_keys))
    for key in aes_keys:
        bits = np.packbits(AesColumns(key).decrypt(distinct) >> 7, axis=1).view(np.uint16).reshape(-1)
        of_distinct |= np.bincount(bits, minlength=65_536)[bits] > enough
    return of_distinct[place.reshape(-1)]


def _enough_to_agree(blocks: int, keys: int) -> int:
    """With at least this many others no block agrees by chance, except for a share of `_BY_CHANCE`."""
    expected = blocks / 65_536
    tail, term, others = -math.expm1(-expected), expected * math.exp(-expected), 1
    while tail * max(1, keys) > _BY_CHANCE:
        tail, others = tail - term, others + 1
        term *= expected / others
    return others


def behind_a_constant(blocks: Bytes, aes_keys: Collection[Secret]) -> bool | None:
    """Whether these blocks show it under any of these keys; None where they are too few to tell.

    Args:
        blocks: shape [n, 16]; equal ones count once.
        aes_keys: of the candidates, in every form.
    """
    if not aes_keys or not len(blocks):
        return False
    distinct = np.unique(blocks, axis=0)[:MOST_BLOCKS]
    at_most = CONSTANT_LOG10 - math.log10(len(aes_keys))
    if any(constant_log10(AesColumns(key).decrypt(distinct)) <= at_most for key in aes_keys):
        return True
    return False if len(distinct) >= _ENOUGH_TO_TELL else None
