"""How likely it is that a wrong key gives what was seen."""

import math
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK, Padding
from audit.trial.plain_text import Content

_PRINTABLE_ONE_BYTE: Final = 98
"""Printable ASCII with tab, line feed and carriage return."""

_PRINTABLE_TWO_BYTES: Final = 1_920
_PRINTABLE_THREE_BYTES: Final = 61_440
_PRINTABLE_FOUR_BYTES: Final = 1_048_576
"""All the code points of 2, 3 and 4 bytes in UTF-8 (RFC 3629): an upper bound of the printable ones."""

_SETTLED: Final = 64

TAG_LOG10: Final = -128 * math.log10(2)
"""A random GCM tag of 16 bytes fits with probability 2⁻¹²⁸ (NIST SP 800-38D)."""


@cache
def padded_log10(
    content: Content, blocks: int, padding: Padding = Padding.PKCS7, *, block: int = BLOCK
) -> npt.NDArray[np.float64]:
    """log10 of the probability that a random plain text does at least this well, by padding length.

    Args:
        content: what was seen before the padding.
        blocks: how many blocks of plain text were looked at, the padded one among them.
        padding: how the last block is filled.
        block: bytes of a block.

    Returns:
        shape [block + 1]; index p: as good as p bytes of padding, with everything before it of this class or
        a stricter one. Index 0 is unused but for paddings that may add nothing.
    """
    table = np.zeros(block + 1)
    total = -math.inf
    # ISO 10126 says only how many random bytes there are: the fewer, the more text speaks. Elsewhere every
    # byte of padding speaks, and more of them say more.
    least = 1 if padding.fill is None else 0
    order = range(1, block + 1) if padding is Padding.ISO10126 else range(block, least - 1, -1)
    for amount in order:
        fixed = 1 if padding is Padding.ISO10126 else amount
        term = -fixed * math.log10(256) + text_log10(content, block * blocks - amount)
        # Summed over every ending that would have convinced as much: the odds of this one alone would be
        # too good, since any of the others had been taken for a find as well.
        total = _add_log10(total, term)
        table[amount] = total
    return table


@cache
def padded_log10_by_class(blocks: int, padding: Padding) -> npt.NDArray[np.float64]:
    """`padded_log10` of every class; shape [classes, 17]."""
    return np.stack([padded_log10(each, blocks, padding) for each in Content])


def text_log10(content: Content, length: int) -> float:
    """log10 of the probability that `length` random bytes are of this class."""
    match content:
        case Content.ASCII:
            return length * math.log10(_PRINTABLE_ONE_BYTE / 256)
        case Content.TEXT:
            return _utf8_log10(length)
        case Content.BINARY:
            return 0.0


@cache
def _utf8_log10(length: int) -> float:
    """By the length of the last character: P(n) = p₁P(n-1) + p₂P(n-2) + p₃P(n-3) + p₄P(n-4).

    Beyond `_SETTLED` bytes each further one costs the same factor to many digits.
    """
    if length > _SETTLED:
        at, before = _utf8_log10(_SETTLED), _utf8_log10(_SETTLED - 1)
        return at + (length - _SETTLED) * (at - before)
    shares = (
        _PRINTABLE_ONE_BYTE / 256,
        _PRINTABLE_TWO_BYTES / 256**2,
        _PRINTABLE_THREE_BYTES / 256**3,
        _PRINTABLE_FOUR_BYTES / 256**4,
    )
    recent = [0.0, -math.inf, -math.inf, -math.inf]  # P(n), P(n-1), … as log10
    for _ in range(length):
        terms = [math.log10(share) + before for share, before in zip(shares, recent, strict=True)]
        total = -math.inf
        for term in terms:
            total = _add_log10(total, term)
        recent = [total, *recent[:3]]
    return recent[0]


def _add_log10(first: float, second: float) -> float:
    """log10 of the sum. Only the logarithms are kept: a long text's odds are smaller than any float."""
    high, low = max(first, second), min(first, second)
    if low == -math.inf:
        return high
    return high + math.log10(1 + 10 ** (low - high))
