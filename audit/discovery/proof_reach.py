"""For which values a proof speaks that one known text gave: those that are shown to be of its layout as well.

A text proves what stands before the first block of one value. A store under one key may hold others: old
values behind another constant, or with a vector of their own. Behind a known vector each value decides alone:
it begins as text, which values behind another vector do once in five million times. A vector in front shows
in no single value; there it is asked whether any two of the others lie behind one constant.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.discovery.first_block import FirstBlocks
from audit.discovery.one_constant import behind_one_constant
from audit.trial.plain_text import Content, begins_as_text

_SOME: Final = 2
"""Values that go on as text and do not begin as such: a single one may be damaged."""


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
    shown |= behind_one_constant(first.decrypted) | first.repeated
    return Reach(_only(first, shown), believed=not shown.any())


def _only(first: FirstBlocks, kept: npt.NDArray[np.bool_]) -> FirstBlocks:
    return FirstBlocks(first.decrypted[kept], first.goes_on[kept], first.repeated[kept])
