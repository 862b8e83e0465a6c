"""The best opening of every value, and its strongest rival under another key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import Mode
from audit.trial.hypothesis import Hypothesis
from audit.trial.opened import Opened
from audit.trial.plain_text import Content
from audit.trial.same_secret import SecretTags
from audit.trial.structure import proves_itself
from parsers.secret import Secret

NOT_OPENED: Final = -1

ABOUT_AS_LIKELY: Final = 3.0
"""Powers of ten. A block that one layout reads as text and another takes for a vector makes 5 at least."""


@dataclass(frozen=True, slots=True)
class Best:
    """For each value of a batch of n, what opened it best. Holds no plain text.

    Attributes:
        hypothesis: its place in the list that was tried, or NOT_OPENED; shape [n].
        log10: of the probability that a wrong key does as well, uncorrected; 0 where nothing opened.
        rival_log10: the same for the best opening under any other key; 0 where there is none.
        two_texts: whether the same key in another layout gives another text that is about as likely.
        content: `Content` of the best opening.
        proven: whether an authentication tag or the plain text's own structure proves it.
        tags: equal for equal secrets, within one run; shape [n, 2].
    """

    hypothesis: npt.NDArray[np.int32]
    log10: npt.NDArray[np.float64]
    rival_log10: npt.NDArray[np.float64]
    two_texts: npt.NDArray[np.bool_]
    content: npt.NDArray[np.uint8]
    proven: npt.NDArray[np.bool_]
    tags: npt.NDArray[np.uint64]

    @classmethod
    def nothing(cls, size: int) -> "Best":
        """A batch of which nothing is opened yet."""
        return cls(
            hypothesis=np.full(size, NOT_OPENED, np.int32),
            log10=np.zeros(size),
            rival_log10=np.zeros(size),
            two_texts=np.zeros(size, np.bool_),
            content=np.full(size, Content.BINARY, np.uint8),
            proven=np.zeros(size, np.bool_),
            tags=np.zeros((size, 2), np.uint64),
        )


def best_openings(
    size: int, opened: Iterable[Opened], tried: Sequence[Hypothesis], secret_tags: SecretTags
) -> Best:
    """Keep, of everything that was opened in a batch of `size` values, the most convincing."""
    best = Best.nothing(size)
    key_of = _distinct_keys(tried)
    for each in opened:
        before = best.hypothesis[each.rows]
        if (before == NOT_OPENED).all():
            _take(best, each, tried[each.hypothesis], secret_tags)
            continue
        other_key = key_of[before] != key_of[each.hypothesis]
        wins = each.log10 < best.log10[each.rows]
        loser = np.where(wins, best.log10[each.rows], each.log10)
        rival = best.rival_log10[each.rows]
        best.rival_log10[each.rows] = np.where(other_key, np.minimum(rival, loser), rival)
        _compare_texts(best, each.only(~other_key), secret_tags)
        best.two_texts[each.rows[wins & other_key]] = False
        _take(best, each.only(wins), tried[each.hypothesis], secret_tags)
    return best


def _compare_texts(best: Best, opened: Opened, secret_tags: SecretTags) -> None:
    """Mark values that the same key opens to another text; unless one of the two is by far likelier."""
    rows = opened.rows
    if not rows.size:
        return
    other_text = (secret_tags.of(opened.plain) != best.tags[rows]).any(axis=1)
    gain = best.log10[rows] - opened.log10
    about_as_likely = other_text & (np.abs(gain) < ABOUT_AS_LIKELY)
    best.two_texts[rows] = about_as_likely | (best.two_texts[rows] & (gain < ABOUT_AS_LIKELY))


def _distinct_keys(tried: Sequence[Hypothesis]) -> npt.NDArray[np.int32]:
    """A number for each AES key, whichever files hold it; the last one stands for NOT_OPENED."""
    numbers: dict[Secret, int] = {}
    of_tried = [numbers.setdefault(hypothesis.aes_key, len(numbers)) for hypothesis in tried]
    return np.array([*of_tried, NOT_OPENED], np.int32)


def _take(best: Best, opened: Opened, hypothesis: Hypothesis, secret_tags: SecretTags) -> None:
    if not opened.rows.size:
        return
    best.hypothesis[opened.rows] = opened.hypothesis
    best.log10[opened.rows] = opened.log10
    best.content[opened.rows] = opened.content
    best.proven[opened.rows] = hypothesis.layout.mode is Mode.GCM or proves_itself(opened)
    best.tags[opened.rows] = secret_tags.of(opened.plain)
