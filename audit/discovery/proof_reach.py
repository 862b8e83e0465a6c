"""For which values a proof speaks that one known text gave: those that are shown to be of its layout as well.

A text proves what stands before the first block of one value. A store under one key may hold others: old
values behind another constant, or with a vector of their own. Behind a known vector each value tells itself:
it begins as text, which values behind another vector do once in five million times. A vector in front shows
in no single value; there it is asked whether any two of the others lie behind one constant.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.discovery.first_block import FirstBlocks, ascii_likelihoods
from audit.trial.groups import Bytes
from audit.trial.plain_text import Content, begins_as_text

_SOME: Final = 2
"""Values that go on as text and do not begin as such: a single one may be damaged."""

_PAIR_LOG10: Final = 3.0
_PAIRS_LOG10: Final = 1.5
"""Two values lie behind one constant if that is a thousand times likelier, and chance gives such a pair to
one store in 30 at most. So two old values among 60 are seen, and three among any; a single one never is."""

_THREE: Final = 3
"""Blocks of 256 that have the same 16 highest bits: by chance in one store of 1,500."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a proof goes.

    Attributes:
        rest: first blocks of values that are not of the proven layout; none where nothing contradicts it.
        believed: whether a value that is text behind the proven vector is of it, whatever the rest is behind.
    """

    rest: FirstBlocks
    believed: bool


def reach_of_vector(first: FirstBlocks, vector: bytes) -> Reach:
    """How far the proof of a known vector goes.

    The rest may lie behind a constant that turns text into text: zeros and a typed one, say. Then a value
    that is text behind the proven one may be a text behind the other.
    """
    own = np.frombuffer(vector, np.uint8)
    behind = first.decrypted ^ own
    others = first.goes_on & np.array(
        [begins_as_text(row.tobytes()) is Content.BINARY for row in behind], np.bool_
    )
    if others.sum() < _SOME:
        others[:] = False
    apart = (behind[others] < 128).all(axis=1)
    return Reach(_only(first, others), believed=not apart.any())


def reach_of_own_vectors(first: FirstBlocks, known: list[bytes]) -> Reach:
    """How far the proof goes that one value has a vector of its own in front.

    Args:
        first: first blocks, of which nothing is known but that they would be vectors.
        known: zeros, the key's own, and constants that programmers type.
    """
    shown = np.zeros(len(first.decrypted), np.bool_)
    for vector in known:
        behind = first.decrypted ^ np.frombuffer(vector, np.uint8)
        shown |= [begins_as_text(row.tobytes()) is Content.ASCII for row in behind]
    pairs = math.comb(len(first.decrypted), 2)
    if pairs:
        likelier = _pairs_log10(first.decrypted)
        np.fill_diagonal(likelier, -math.inf)
        shown |= likelier.max(axis=1) >= max(_PAIR_LOG10, _PAIRS_LOG10 + math.log10(pairs))
        _, script, times = np.unique(first.decrypted >> 7, axis=0, return_inverse=True, return_counts=True)
        shown |= times[script.reshape(-1)] >= _THREE
    return Reach(_only(first, shown), believed=not shown.any())


def _only(first: FirstBlocks, kept: npt.NDArray[np.bool_]) -> FirstBlocks:
    return FirstBlocks(first.decrypted[kept], first.goes_on[kept])


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
    return (1 - _STRAY) * exact + _STRAY / 256


def _other_script_xor() -> npt.NDArray[np.float64]:
    """The same of texts in another script, in UTF-8: equal or neighbouring lead bytes, then any of 64."""
    every = np.arange(256)
    exact = 0.3 * (every == 0) + 0.2 * ((every > 0) & (every < 4)) / 3 + 0.4 * (every < 64) / 64
    return exact + 0.1 / 256


_STRAY: Final = 1e-4
"""Share of bytes that are anything."""
