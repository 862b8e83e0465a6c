"""What stands before the first block of CBC values: a vector of its own, a known or an unknown one.

All of them give the same text from the second block on, so that the key shows whichever it is. The first
block is another question: read with the wrong vector a text loses its first 16 bytes, or gets 16 that were
never its own. Three tests answer it, each with stated odds; where none does, the answer is the set of what
still stands.

1. Behind a *known* vector the decrypted first blocks, XORed with it, are text. Random bytes are ASCII once in
   five million times. Equal blocks (the header of all PEM keys, say) count once.
2. Behind *one unknown* vector two texts in one script have the same 16 highest bits (ASCII has none set), and
   texts of any script have equal bytes more often than random blocks. Blocks behind vectors of their own are
   random, whatever the texts are: they agree in those bits once in 65,536 times.
3. Vectors of *their own* are what is left where many values that go on as text agree in neither way: among so
   many, two would begin in the same script.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK
from audit.trial.groups import Bytes
from audit.trial.odds import text_log10
from audit.trial.plain_text import Content, begins_as_text

MOST_BLOCKS: Final = 256
"""Distinct first blocks that are looked at: more would let chance agreements of random blocks grow (their
number goes with the square), and tell nothing new."""

_STRONG_LOG10: Final = -6.0
CONSTANT_LOG10: Final = -9.0

_CUT_CHARACTER: Final = 3
"""Bytes that a character of UTF-8 can lose at the end of a block, which therefore are no evidence of text."""

_ENOUGH_FOR_OWN_VECTORS: Final = 18
"""Where three of four texts begin in the same script, fewer than two of 18 do with probability 8e-10."""

_CHANCE_OF_AGREEMENT: Final = 1 / 65_536


@dataclass(frozen=True, slots=True, repr=False)
class FirstBlocks:
    """First blocks of values of two blocks and more. Holds what may be plain text: it never leaves the trial.

    Attributes:
        decrypted: through the bare inverse cipher, each once; shape [n, 16].
        goes_on: whether the value goes on as text of four bytes and more; shape [n].
    """

    decrypted: Bytes
    goes_on: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Standing:
    """What may stand before the first block; with more than one, the data do not tell.

    Attributes:
        vectors: places, in the list that was asked about, of known vectors.
        own: whether each value may carry a vector of its own in front.
        unknown: whether there may be one constant that nobody knows.
    """

    vectors: tuple[int, ...]
    own: bool
    unknown: bool


def settle(first: FirstBlocks, vectors: Sequence[tuple[bytes, float]]) -> Standing:
    """What still stands.

    Args:
        first: the blocks.
        vectors: known vectors of 16 bytes, each with log10 of how many others of its kind are asked about.
    """
    fits = [_text_log10(first, vector) + tried <= _STRONG_LOG10 for vector, tried in vectors]
    if any(fits):
        fitting = [place for place, fit in enumerate(fits) if fit]
        return Standing(_likeliest(first, vectors, fitting), own=False, unknown=False)
    if constant_log10(first.decrypted) <= CONSTANT_LOG10:
        return Standing((), own=False, unknown=True)
    possible = tuple(place for place, (vector, _) in enumerate(vectors) if not _excluded(first, vector))
    return Standing(possible, own=True, unknown=not _own_vectors_show(first))


def _text_log10(first: FirstBlocks, vector: bytes) -> float:
    """log10 of the probability that blocks behind vectors of their own are text behind this one as often.

    Where some values go on as text, only these are asked: a store may hold tokens of random bytes besides.
    """
    asked = first.decrypted[first.goes_on] if first.goes_on.any() else first.decrypted
    classes = _classes(asked, vector)
    text = [each for each in classes if each is not Content.BINARY]
    if 2 * len(text) <= len(classes):
        return 0.0
    odds = {
        Content.ASCII: text_log10(Content.ASCII, BLOCK),
        Content.TEXT: text_log10(Content.TEXT, BLOCK - _CUT_CHARACTER),
    }
    return math.log10(math.comb(len(classes), len(text))) + sum(odds[each] for each in text)


def _classes(decrypted: Bytes, vector: bytes) -> list[Content]:
    return [begins_as_text(row.tobytes()) for row in decrypted ^ np.frombuffer(vector, np.uint8)]


_WORD_BYTES: Final = 62
_OTHER_PRINTABLE: Final = 36
_WORD_SHARE: Final = 0.85
_BYTE_LOG10: Final = np.log10(
    [
        _WORD_SHARE / _WORD_BYTES
        if byte < 128 and chr(byte).isalnum()
        else (1 - _WORD_SHARE) / (_OTHER_PRINTABLE if byte < 128 else 128)
        for byte in range(256)
    ]
)
"""Secrets are made of letters and digits, mostly; a text read behind another ASCII vector is made of
anything."""


def _likeliest(
    first: FirstBlocks, vectors: Sequence[tuple[bytes, float]], fitting: Sequence[int]
) -> tuple[int, ...]:
    """Of several vectors that all give text, those that give it about as likely as the best.

    A byte counts once at each place: that all texts begin with `{"id": ` is one fact, however many they are.
    """
    columns = [np.unique(column) for column in first.decrypted.T]
    likely = [
        float(
            sum(
                _BYTE_LOG10[column ^ byte].sum()
                for column, byte in zip(columns, np.frombuffer(vectors[place][0], np.uint8), strict=True)
            )
        )
        for place in fitting
    ]
    return tuple(
        place for place, each in zip(fitting, likely, strict=True) if each >= max(likely) + _STRONG_LOG10
    )


def constant_log10(decrypted: Bytes) -> float:
    """log10 of the probability that random blocks agree as often in either way; 0 is no evidence."""
    agreeing, coinciding = _agreements(decrypted), _coincidences(decrypted)
    pairs = math.comb(len(decrypted), 2)
    tails = (
        _tail_log10(agreeing, pairs * _CHANCE_OF_AGREEMENT),
        _tail_log10(coinciding, pairs * BLOCK / 256),
    )
    return min(0.0, min(tails) + math.log10(len(tails)))


def _agreements(decrypted: Bytes) -> int:
    """Blocks that agree with an earlier one in all their highest bits, as texts in one script do."""
    return len(decrypted) - len(np.unique(decrypted >> 7, axis=0))


def _coincidences(decrypted: Bytes) -> int:
    """Pairs of blocks with an equal byte, at each place: texts have more of them than random bytes.

    Friedman's index of coincidence, which no constant vector changes: of random printable ASCII one pair in
    95 is equal, of random bytes one in 256.
    """
    counts = np.stack([np.bincount(column, minlength=256) for column in decrypted.T])
    return int((counts * (counts - 1) // 2).sum())


def _tail_log10(seen: int, expected: float) -> float:
    """log10 of a bound on the probability that chance gives so many (Chernoff, for Poisson's law)."""
    if seen <= expected:
        return 0.0
    return (seen - expected - seen * math.log(seen / expected)) / math.log(10)


def _own_vectors_show(first: FirstBlocks) -> bool:
    """Whether one constant is ruled out: many go on as text, and agree no more than random blocks do."""
    text = first.decrypted[first.goes_on]
    if len(text) < _ENOUGH_FOR_OWN_VECTORS:
        return False
    expected = math.comb(len(text), 2) * BLOCK / 256
    coincide = _coincidences(text) > expected + 3 * math.sqrt(expected)
    return not coincide and _agreements(text) <= len(text) // 8


def _excluded(first: FirstBlocks, vector: bytes) -> bool:
    """Whether a value that goes on as text would have something else in front of it."""
    return Content.BINARY in _classes(first.decrypted[first.goes_on], vector)
