"""What stands before the first block of CBC values: a vector of its own, a known or an unknown one.

All of them give the same text from the second block on, so that the key shows whichever it is. The first
block is another question: read with the wrong vector a text loses its first 16 bytes, or gets 16 that were
never its own. Three tests answer it, each with stated odds; where none does, the answer is the set of what
still stands.

1. Behind a *known* vector the decrypted first blocks, XORed with it, are text. Random bytes are ASCII once in
   five million times. Equal blocks (the header of all PEM keys, say) count once. That they are not random
   does not say that they are behind this constant: another that a person typed, or a program counts, may turn
   text into text as well. Those are ruled out by what texts are made of, or the answer is a set. A constant
   that differs in three bytes or fewer is not thought of: nobody types that.
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

from audit.discovery.one_constant import BYTE_LOG10, IMPOSSIBLE_LOG10, behind_one_constant
from audit.layouts.layout import BLOCK
from audit.trial.groups import Bytes
from audit.trial.odds import text_log10
from audit.trial.plain_text import Content, begins_as_text

MOST_BLOCKS: Final = 256
"""Distinct first blocks that are looked at: more would let chance agreements of random blocks grow (their
number grows with the square), and add nothing new."""

_STRONG_LOG10: Final = -6.0
CONSTANT_LOG10: Final = -9.0

_CUT_CHARACTER: Final = 3
"""Bytes that a character of UTF-8 can lose at the end of a block, which are thus not evidence of text."""

_ENOUGH_FOR_OWN_VECTORS: Final = 18
"""Where three of four texts begin in the same script, fewer than two of 18 do with probability 8e-10."""

_CHANCE_OF_AGREEMENT: Final = 1 / 65_536

_FEW_LOG10: Final = -2.5
"""Agreements that chance gives to fewer stores than one in 300 are taken for values behind a constant."""


@dataclass(frozen=True, slots=True, repr=False)
class FirstBlocks:
    """First blocks of values of two blocks and more. Holds what may be plain text: it never leaves the trial.

    Attributes:
        decrypted: through the bare inverse cipher, each once; shape [n, 16].
        goes_on: whether the value continues as four bytes of text or more; shape [n].
        repeated: whether different values have it; vectors of their own never are equal; shape [n].
    """

    decrypted: Bytes
    goes_on: npt.NDArray[np.bool_]
    repeated: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Standing:
    """What may stand before the first block; with more than one, the data do not decide.

    Attributes:
        vectors: places, in the list that was asked about, of known vectors.
        own: whether each value may carry a vector of its own in front.
        unknown: whether there may be one unknown constant.
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
    # Known vectors come first: texts behind one agree with each other as well, so that the test for an
    # unknown constant would hold too, and say less.
    if any(fits):
        likeliest = _likeliest(first, vectors, [place for place, fit in enumerate(fits) if fit])
        unknown = any(_another_constant_stands(first, vectors[place][0]) for place in likeliest)
        return Standing(likeliest, own=False, unknown=unknown)
    if constant_log10(first.decrypted) <= CONSTANT_LOG10:
        return Standing((), own=False, unknown=True)
    # Too few values to decide, or random secrets: a vector stands until a value contradicts it.
    possible = tuple(
        place
        for place, (vector, _) in enumerate(vectors)
        if not _excluded(first, vector) or _shows_once(first, vector)
    )
    return Standing(possible, own=True, unknown=not _own_vectors_show(first))


def _text_log10(first: FirstBlocks, vector: bytes) -> float:
    """log10 of the probability that blocks behind vectors of their own are text behind this one as often.

    Where some values continue as text, only these count: a store may also hold tokens of random bytes.
    """
    asked = first.decrypted[first.goes_on] if first.goes_on.any() else first.decrypted
    classes = _classes(asked, vector)
    text = [each for each in classes if each is not Content.BINARY]
    if 2 * len(text) <= len(classes):  # a store's vector is that of most of its values, not of a few
        return 0.0
    odds = {
        Content.ASCII: text_log10(Content.ASCII, BLOCK),
        Content.TEXT: text_log10(Content.TEXT, BLOCK - _CUT_CHARACTER),
    }
    return math.log10(math.comb(len(classes), len(text))) + sum(odds[each] for each in text)


def _classes(decrypted: Bytes, vector: bytes) -> list[Content]:
    return [begins_as_text(row.tobytes()) for row in decrypted ^ np.frombuffer(vector, np.uint8)]


_ASCII_LOG10: Final = np.where(np.arange(256) < 128, BYTE_LOG10, IMPOSSIBLE_LOG10)
"""The same where the texts are ASCII: what is not would have to be UTF-8 in all of them."""

_IS_TYPED: Final = np.array([32 <= byte < 127 for byte in range(256)])
_ALL_BYTES: Final = np.arange(256, dtype=np.uint8)

_DIVERSE: Final = 12
"""So many different bytes at one place are those of texts that have nothing to do with each other, and each
counts. Fewer may be one fact: that all texts begin with `{"id": `, however many they are."""

_PLACES_APART: Final = 4
"""Nobody types a constant that differs from another in three places or fewer."""

_HEADS: Final = (b"-----BEGIN ", b"<?xml version=", b"ssh-rsa AAAA", b"PuTTY-User-Key-", b"eyJhbGciOi")
"""Beginnings that no other vector turns a text into: of keys, certificates, XML and JSON web tokens."""


def _patterns() -> Bytes:
    """Constants that programmers make without typing: one byte 16 times, and counting up or down."""
    start = _ALL_BYTES[:, None]
    step = np.arange(BLOCK, dtype=np.uint8)
    return np.concatenate([np.repeat(start, BLOCK, axis=1), start + step, start - step])


_PATTERNS: Final = _patterns()


def text_gains(decrypted: Bytes, vector: bytes) -> npt.NDArray[np.float64]:
    """log10 of how likely the bytes of texts are, by place and byte of a vector; shape [16, 256].

    Args:
        decrypted: first blocks; shape [n, 16].
        vector: one behind which they are texts: if most are ASCII there, others are taken for ASCII too.
    """
    is_ascii = ((decrypted ^ np.frombuffer(vector, np.uint8)) < 128).all(axis=1)
    return _gains(decrypted, _ASCII_LOG10 if 2 * is_ascii.sum() > len(decrypted) else BYTE_LOG10)


def head_is_mistyped(texts: Bytes) -> bool:
    """Whether a block begins as keys, certificates, XML or tokens do, but for a few bytes; shape [n, 16]."""
    for head in (np.frombuffer(each[:BLOCK], np.uint8) for each in _HEADS):
        wrong = (texts[:, : len(head)] != head).sum(axis=1)
        if ((wrong > 0) & (wrong < _PLACES_APART)).any():
            return True
    return False


def _gains(decrypted: Bytes, byte_log10: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """log10 of how likely the bytes at each place are behind each byte of a vector; shape [16, 256]."""
    gains = []
    for column in decrypted.T:
        values, times = np.unique(column, return_counts=True)
        weight = times if len(values) >= _DIVERSE else np.ones(len(values))
        gains.append(weight @ byte_log10[values[:, None] ^ _ALL_BYTES[None, :]])
    return np.array(gains)


def _likeliest(
    first: FirstBlocks, vectors: Sequence[tuple[bytes, float]], fitting: Sequence[int]
) -> tuple[int, ...]:
    """Of several vectors that all give text, those that give it about as likely as the best."""
    headed = tuple(place for place in fitting if _gives_a_head(first, vectors[place][0]))
    gains = _gains(first.decrypted, BYTE_LOG10)
    likely = [float(gains[np.arange(BLOCK), list(vectors[place][0])].sum()) for place in fitting]
    return headed or tuple(
        place for place, each in zip(fitting, likely, strict=True) if each >= max(likely) + _STRONG_LOG10
    )


def _gives_a_head(first: FirstBlocks, vector: bytes) -> bool:
    return gives_a_head(first.decrypted ^ np.frombuffer(vector, np.uint8))


def gives_a_head(texts: Bytes) -> bool:
    """Whether any of these blocks begins as keys, certificates, XML or tokens do; shape [n, 16]."""
    return any(row.tobytes().startswith(_HEADS) for row in texts)


_COUNTED_PLACES: Final = (0, BLOCK // 2 - 1, BLOCK // 2, BLOCK - 1)


def _counters() -> Bytes:
    """Small numbers in either order of bytes, in 16 bytes or in the first or last eight of them."""
    numbers = np.arange(1, BLOCK + 1, dtype=np.uint8)
    found = np.zeros((len(_COUNTED_PLACES), len(numbers), BLOCK), np.uint8)
    for row, place in enumerate(_COUNTED_PLACES):
        found[row, :, place] = numbers
    return found.reshape(-1, BLOCK)


_COUNTERS: Final = _counters()
COUNTERS: Final = frozenset(row.tobytes() for row in _COUNTERS)
"""Vectors that a program counts, or sets to a small number."""

_RATHER_LOG10: Final = 1.5
"""Zeros are far commoner than a 1, and a 1 than larger numbers: what is not 30 times likelier, times the
number, is not thought of."""

_USUAL_BYTES: Final = 600.0
"""What texts are usually made of weighs as much as this many bytes of the store's own. So zeros before
sixty random passwords of letters and digits are hardly ever doubted, and 00…01 in four stores of five."""


def likelier_counters(decrypted: Bytes) -> list[bytes]:
    """Small numbers behind which first blocks are likelier texts than behind zeros.

    One differs from zeros in a few bits of one byte: texts stay text, and only their letters tell.

    Args:
        decrypted: through the bare inverse cipher; shape [n, 16].
    """
    if gives_a_head(decrypted):
        return []
    found = []
    of_place = {place: _gains_by_other_places(decrypted, place) for place in _COUNTED_PLACES}
    for row in _COUNTERS:
        (place,) = np.flatnonzero(row)
        number = int(row[place])
        if of_place[int(place)][number] > _RATHER_LOG10 + math.log10(number):
            found.append(row.tobytes())
    return found


def _gains_by_other_places(decrypted: Bytes, place: int) -> npt.NDArray[np.float64]:
    """log10 of how much likelier the bytes at a place are behind each byte than behind zero; shape [256].

    Texts are made of the same letters at all places: what stands at one alone comes of a wrong vector there.
    Where bytes at a place are few they may be a beginning that all texts share, and show nothing.
    """
    until = decrypted[:, : place + 1]
    is_text = ((until >= 32) & (until < 128)).all(axis=1)  # and not what pads a single block
    values, times = np.unique(decrypted[is_text, place], return_counts=True)
    if len(values) < _DIVERSE:
        return np.zeros(256)
    elsewhere = np.bincount(np.delete(decrypted, place, axis=1).reshape(-1), minlength=256)
    likely = np.log10(elsewhere + _USUAL_BYTES * 10.0**BYTE_LOG10)
    gains = times @ likely[values[:, None] ^ _ALL_BYTES[None, :]]
    return np.asarray(gains - gains[0])


def _another_constant_stands(first: FirstBlocks, vector: bytes) -> bool:
    """Whether a constant that was not asked about would give texts about as likely as this one.

    Only few constants turn text into text: those that a person types, or a program counts. A binary key
    has no such neighbour; zeros have the patterns, an ASCII constant has every other ASCII constant.
    """
    if _gives_a_head(first, vector):
        return False
    own = np.frombuffer(vector, np.uint8)
    gains = text_gains(first.decrypted, vector)
    here = gains[np.arange(BLOCK), own]
    others = _PATTERNS[(own != _PATTERNS).sum(axis=1) >= _PLACES_APART]
    patterns = gains[np.arange(BLOCK), others].sum(axis=1)
    loss = here[:, None] - gains  # of each other byte at each place
    typed = np.where(_IS_TYPED & (own[:, None] != _ALL_BYTES), loss, np.inf).min(axis=1)
    if _IS_TYPED[own].all():
        typed = np.sort(typed)[:_PLACES_APART]
    return bool((here.sum() - patterns < -_STRONG_LOG10).any() or typed.sum() < -_STRONG_LOG10)


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
    """log10 of a bound on the probability that chance gives as many (Chernoff, for Poisson's law)."""
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
    # A few that lie behind a constant agree with each other, whatever the many do.
    few = _tail_log10(_agreements(text), math.comb(len(text), 2) * _CHANCE_OF_AGREEMENT)
    alike = behind_one_constant(first.decrypted, -_FEW_LOG10) | first.repeated
    return not coincide and few > _FEW_LOG10 and not alike.any()


def _excluded(first: FirstBlocks, vector: bytes) -> bool:
    """Whether a value that continues as text would have something else in front of it."""
    return Content.BINARY in _classes(first.decrypted[first.goes_on], vector)


def _shows_once(first: FirstBlocks, vector: bytes) -> bool:
    """Whether any value that continues as text is ASCII behind it: one of many with a vector of their own."""
    return Content.ASCII in _classes(first.decrypted[first.goes_on], vector)
