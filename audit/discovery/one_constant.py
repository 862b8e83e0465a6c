"""Whether decrypted first blocks lie behind one constant, and how likely their bytes are in a text."""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.trial.groups import Bytes

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


_PAIR_LOG10: Final = 3.0
PAIRS_LOG10: Final = 1.5
"""Two values lie behind one constant if that is a thousand times likelier, and chance gives such a pair to
one store in 30 at most. So two old values among 60 are seen, and three among any; a single one never is."""

_THREE: Final = 3
"""Blocks of 256 that have the same 16 highest bits: by chance in one store of 1,500."""


def behind_one_constant(decrypted: Bytes, pairs_log10: float = PAIRS_LOG10) -> npt.NDArray[np.bool_]:
    """Which blocks lie behind the same constant as another one; shape [n].

    Args:
        decrypted: at most 256 different blocks; shape [n, 16].
        pairs_log10: chance gives a pair to one store in 10 to the power of this.
    """
    shown = np.zeros(len(decrypted), np.bool_)
    pairs = math.comb(len(decrypted), 2)
    if not pairs:
        return shown
    likelier = _pairs_log10(decrypted)
    np.fill_diagonal(likelier, -math.inf)
    shown |= likelier.max(axis=1) >= max(_PAIR_LOG10, pairs_log10 + math.log10(pairs))
    _, script, times = np.unique(decrypted >> 7, axis=0, return_inverse=True, return_counts=True)
    shown |= times[script.reshape(-1)] >= _THREE
    return shown


def _pairs_log10(decrypted: Bytes) -> npt.NDArray[np.float64]:
    """log10 of how much likelier each pair of blocks is behind one constant than at random; shape [n, n].

    XORed with each other, two blocks behind one constant are the XOR of two texts: of two in ASCII, or of two
    in another script. A ratio of likelihoods of 10ˣ is given by chance with probability 10⁻ˣ at most
    (Markov's inequality); so is the mean of two.
    """
    best = np.full((len(decrypted), len(decrypted)), -math.inf)
    for likelihoods in (_ascii_xor(), _other_script_xor()):
        ratio = np.log10(256 * likelihoods)
        total = np.zeros_like(best)
        for column in decrypted.T:
            total += ratio[column[:, None] ^ column[None, :]]
        best = np.maximum(best, total)
    return best - math.log10(2)


def _ascii_xor() -> npt.NDArray[np.float64]:
    """How likely two bytes of ASCII texts at one place differ by each XOR; shape [256]."""
    text, every = ascii_likelihoods(), np.arange(256)
    exact = np.array([float((text * text[every ^ each]).sum()) for each in every])
    return np.asarray((1 - _STRAY) * exact + _STRAY / 256)


def _other_script_xor() -> npt.NDArray[np.float64]:
    """The same of texts in another script, in UTF-8: equal or neighbouring lead bytes, then any of 64."""
    every = np.arange(256)
    exact = 0.3 * (every == 0) + 0.2 * ((every > 0) & (every < 4)) / 3 + 0.4 * (every < 64) / 64
    return np.asarray(exact + 0.1 / 256)


_STRAY: Final = 1e-4
"""Share of bytes that are anything."""
