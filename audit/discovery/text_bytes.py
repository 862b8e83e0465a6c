"""How likely each byte is in a secret that is text."""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

_WORD_BYTES: Final = 62
_OTHER_PRINTABLE: Final = 36
_WORD_SHARE: Final = 0.85
_LEADS: Final = 4
_FOLLOWING: Final = 64
IMPOSSIBLE_LOG10: Final = -6.0


def _byte_log10(byte: int) -> float:
    if byte < 128 and chr(byte).isalnum():
        return math.log10(_WORD_SHARE / _WORD_BYTES)
    if 32 <= byte < 127:
        return math.log10((1 - _WORD_SHARE) / _OTHER_PRINTABLE)
    if 0x80 <= byte < 0xC0:
        return math.log10(1 / 2 / _FOLLOWING)
    if 0xC2 <= byte < 0xF5:  # a text in one script has few of these
        return math.log10(1 / 2 / _LEADS)
    return IMPOSSIBLE_LOG10


BYTE_LOG10: Final = np.array([_byte_log10(byte) for byte in range(256)])
"""Secrets are made of letters and digits, mostly, or of one script's letters in UTF-8; a text read behind
another vector is made of anything."""


def ascii_likelihoods() -> npt.NDArray[np.float64]:
    """How likely each byte is in an ASCII text; adds up to 1; shape [256]."""
    shares = np.where(np.arange(256) < 128, 10.0**BYTE_LOG10, 0.0)
    return np.asarray(shares / shares.sum())
