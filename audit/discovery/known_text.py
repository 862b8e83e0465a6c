"""One credential's plain text, which turns evidence for a layout into proof."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from audit.discovery.wrappers import wrapped
from audit.keys.key_ring import Key
from audit.layouts.layout import BLOCK, Iv, Layout, Padding, with_prefixes
from audit.trial.aes_columns import AesColumns
from audit.trial.best import CLEARLY_LIKELIER
from audit.trial.groups import Bytes, Group, by_length
from audit.trial.hypothesis import Hypothesis, hypotheses, without_looser
from audit.trial.opened import Opened
from audit.trial.try_keys import try_keys
from audit.trial.views import View, Views
from parsers.keys.aes_forms import written_keys
from parsers.secret import Secret

_LARGEST_KEY: Final = 4096
_NEAR: Final = 6
"""Equal bytes at their places; of random vectors not one in 10¹⁰ has so many."""

_LONGEST_PREFIX: Final = 8


@dataclass(frozen=True, slots=True)
class KnownText:
    """What somebody knows of a stored value.

    Attributes:
        location: where a person finds the credential.
        values: what is stored there; the columns `value` and `iv`.
        plain: the secret, as UTF-8.
    """

    location: str
    values: pl.DataFrame
    plain: Secret


@dataclass(frozen=True, slots=True)
class Proof:
    """What a known text shows.

    Attributes:
        gives: hypotheses that turn the stored value into exactly this text. By chance one does with
            probability 2⁻¹²⁸. A constant vector that nobody knew is solved.
        possible: with a value of a single block and an unknown constant vector every key has one vector that
            gives the text: these, which other values or a second known text must confirm.
    """

    gives: tuple[Hypothesis, ...]
    possible: tuple[Hypothesis, ...]


def prove(known: KnownText, keys: Sequence[Key], layouts: Iterable[Layout]) -> Proof:
    """Try every key in every layout, behind every prefix too that the value itself begins with.

    Args:
        known: the value and its text.
        keys: the candidates.
        layouts: those to try.
    """
    values = Views(known.values)
    listed = tuple(layouts)
    wanted = (*listed, *wrapped(listed, values))
    tried = hypotheses(keys, (*wanted, *_behind_own_prefixes(wanted, values)))
    plain = np.frombuffer(known.plain.reveal(), np.uint8)
    found = _likeliest(
        (tried[opened.hypothesis], row, log10)
        for opened in try_keys(values, tried)
        for row, log10 in _rows_with(opened, plain, tried[opened.hypothesis])
    )
    gives = [each for each, _ in found if each.layout.iv is not Iv.UNKNOWN]
    gives = gives or [
        solved
        for each, row in found
        if not _is_near_a_key((solved := _solved(each, row, values, plain)).layout.constant_iv, keys)
    ]
    unknown = [each for each in hypotheses(keys, wanted) if each.layout.iv is Iv.UNKNOWN]
    possible = [
        each
        for one in (() if gives else unknown)
        for each in _single_block(one, values, plain)
        if not _is_near_a_key(each.layout.constant_iv, keys)
    ]
    return Proof(without_looser(dict.fromkeys(gives)), tuple(dict.fromkeys(possible)))


def _is_near_a_key(vector: bytes, keys: Sequence[Key]) -> bool:
    """Whether a solved vector is part of a candidate's file, or all but a few bytes of one.

    It is taken from the key then, and the text was mistyped, or it is another part of the key than is known:
    such a vector would be a piece of a key in a file and on a screen.
    """
    own = np.frombuffer(vector, np.uint8)
    for key in keys:
        forms = {key.content, *written_keys(key.content).values()}
        for content in (each.reveal() for each in forms if BLOCK <= len(each) <= _LARGEST_KEY):
            windows = np.lib.stride_tricks.sliding_window_view(np.frombuffer(content, np.uint8), BLOCK)
            if ((windows == own).sum(axis=1) >= _NEAR).any():
                return True
    return False


def confirmed(proofs: Sequence[Proof]) -> tuple[Hypothesis, ...]:
    """What the texts prove together: what one of them proves, or two of different values say alike."""
    distinct = dict.fromkeys(proofs)  # equal values with equal texts are one piece of knowledge
    proven = [each for proof in distinct for each in proof.gives]
    possible = [each for proof in distinct for each in proof.possible]
    twice = [each for each in possible if possible.count(each) > 1 or each in proven]
    return tuple(dict.fromkeys((*proven, *twice)))


def _behind_own_prefixes(layouts: Sequence[Layout], values: Views) -> Iterator[Layout]:
    for view in dict.fromkeys(View.of(layout) for layout in layouts):
        of_view = [layout for layout in layouts if View.of(layout) == view and not layout.prefix]
        at = BLOCK if view.beside else 0
        for value in values[view].drop_nulls():
            prefixes = [value[at : at + size] for size in range(1, _LONGEST_PREFIX + 1)]
            yield from (each for each in with_prefixes(of_view, prefixes) if each.fits(len(value)))


def _likeliest(found: Iterable[tuple[Hypothesis, int, float]]) -> list[tuple[Hypothesis, int]]:
    """Of paddings that give the same text, those that chance hardly gives: PKCS#7 is ISO 10126 as well."""
    listed = list(found)
    best = min((log10 for _, _, log10 in listed), default=0.0)
    return [(each, row) for each, row, log10 in listed if log10 - best < CLEARLY_LIKELIER]


def _rows_with(opened: Opened, plain: Bytes, hypothesis: Hypothesis) -> Iterator[tuple[int, float]]:
    """Rows opened to this text, as far as it shows (not its block behind an unknown vector); the odds."""
    hidden = BLOCK if hypothesis.layout.iv is Iv.UNKNOWN else 0
    shown = plain[hidden:]
    for row, bytes_, length, log10 in zip(
        opened.rows, opened.plain, opened.lengths, opened.log10, strict=True
    ):
        if length + hidden == len(plain) and np.array_equal(bytes_[:length], shown):
            yield int(row), float(log10)


def _solved(hypothesis: Hypothesis, row: int, values: Views, plain: Bytes) -> Hypothesis:
    """The hypothesis with its constant vector, no longer unknown: IV = D(C₁) ⊕ P₁."""
    value = values[View.of(hypothesis.layout)][row]
    start = len(hypothesis.layout.prefix)
    return _with_vector(hypothesis, value[start : start + BLOCK], plain[:BLOCK])


def _single_block(hypothesis: Hypothesis, values: Views, plain: Bytes) -> Iterator[Hypothesis]:
    missing = BLOCK - len(plain)
    if missing <= 0:
        return
    match hypothesis.layout.padding:
        case Padding.ISO10126:
            return  # its bytes are random: nobody knows the block that was encrypted
        case Padding.PKCS7:
            filling = bytes([missing]) * missing
        case Padding.X923:
            filling = bytes(missing - 1) + bytes([missing])
        case Padding.ZERO | Padding.STAR as padding:
            filling = bytes([padding.fill or 0]) * missing
    padded = np.concatenate([plain, np.frombuffer(filling, np.uint8)])
    for group in by_length(values[View.of(hypothesis.layout)], hypothesis.layout.hides):
        behind: Group = group.without(hypothesis.layout.prefix, 0)
        for row in behind.data:
            yield _with_vector(hypothesis, row.tobytes(), padded)


def _with_vector(hypothesis: Hypothesis, first_block: bytes, plain: Bytes) -> Hypothesis:
    block = np.frombuffer(first_block, np.uint8)
    vector = (AesColumns(hypothesis.aes_key).decrypt(block) ^ plain).tobytes()

    def solved(layout: Layout) -> Layout:
        return replace(layout, iv=Iv.CONSTANT, constant_iv=vector)

    same_as = tuple(solved(layout) for layout in hypothesis.same_as)
    return replace(hypothesis, layout=solved(hypothesis.layout), same_as=same_as)
