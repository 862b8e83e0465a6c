"""The verdict of every value in a batch."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.key_ring import KeyRing
from audit.layouts.layout import Encoding, Iv, Layout
from audit.trial.best import NOT_OPENED, Best
from audit.trial.hypothesis import Hypothesis
from audit.trial.plain_text import Content
from audit.trial.views import View, Views
from audit.verdict import STRONG_AT_MOST, Confidence
from audit.verdicts.case import Case, Reasons
from audit.verdicts.value_form import Form, fitting, forms

_OPENED: Final = (Case.CURRENT, Case.OLDER, Case.TWO_KEYS, Case.WEAK)

_EXPECTED_BY_CHANCE: Final = 0.05
"""A weak opening counts where fewer than this many as good are expected by chance in the whole store.
Otherwise padding alone would make 0.4 % of all lost values look as if a key fitted them."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What verdicts rest on, apart from the values themselves.

    Attributes:
        ring: the candidate keys.
        tried: every key in every established layout.
        known: every layout that values of the product can have.
        values: how many values there are in all stores.
    """

    ring: KeyRing
    tried: tuple[Hypothesis, ...]
    known: tuple[Layout, ...]
    values: int

    @property
    def established(self) -> tuple[Layout, ...]:
        """The layouts that the data, or a known plain text, show."""
        return tuple(dict.fromkeys(hypothesis.layout for hypothesis in self.tried))

    @property
    def correction(self) -> int:
        """Bonferroni: for each value every hypothesis and every class of content is a chance to be wrong."""
        return max(1, len(self.tried)) * len(Content)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a batch of n values.

    Attributes:
        frame: verdict, opened_by, fingerprint, confidence, false_positive, layout, action, reason.
        opened: whether a key is named for the value; shape [n].
    """

    frame: pl.DataFrame
    opened: npt.NDArray[np.bool_]


def judge(values: Views, best: Best, grounds: Grounds) -> Judgement:
    """Judge a batch of the `STORED` schema by its form and by what opened it best."""
    odds = _Odds.of(best, grounds)
    case = _cases(values, odds, grounds)
    opened = np.isin(case, _OPENED)
    hypothesis = np.where(opened, best.hypothesis, NOT_OPENED)
    keys = [grounds.ring.keys[each.key] for each in grounds.tried]
    frame = pl.DataFrame(
        {
            "verdict": _words(case, [each.verdict for each in Case]),
            "opened_by": _by_hypothesis(hypothesis, [key.label for key in keys]),
            "fingerprint": _by_hypothesis(hypothesis, [key.fingerprint for key in keys]),
            "confidence": _confidence(opened, odds),
            "false_positive": pl.Series(odds.chance).set(pl.Series(~opened), None),
            "layout": _by_hypothesis(hypothesis, [each.layout.name for each in grounds.tried]),
            "action": _words(case, [each.verdict.action for each in Case]),
            "reason": _reasons(case, hypothesis, _sizes(values), grounds),
        }
    )
    return Judgement(frame, opened)


@dataclass(frozen=True, slots=True)
class _Odds:
    """How convincing the best openings are, corrected for everything tried; shapes [n].

    Attributes:
        best: the openings.
        chance: probability that a wrong key does as well as the best one.
        rival: the same for the best opening under any other key; 1 where there is none.
        convincing: proven, or strong.
    """

    best: Best
    chance: npt.NDArray[np.float64]
    rival: npt.NDArray[np.float64]
    convincing: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, best: Best, grounds: Grounds) -> "_Odds":
        chance = np.minimum(1.0, 10.0 ** np.maximum(best.log10, -300) * grounds.correction)
        rival = np.minimum(1.0, 10.0 ** np.maximum(best.rival_log10, -300) * grounds.correction)
        return cls(best, chance, rival, best.proven | (chance <= STRONG_AT_MOST))


def _cases(values: Views, odds: _Odds, grounds: Grounds) -> npt.NDArray[np.uint8]:
    """The first case that holds for each value."""
    form = forms(values, (*grounds.known, *grounds.established))
    is_current = np.array([grounds.ring.keys[each.key].current for each in grounds.tried] + [False])
    two_keys = ~odds.best.proven & (odds.rival <= STRONG_AT_MOST)
    weak = (odds.best.hypothesis != NOT_OPENED) & (odds.chance * grounds.values < _EXPECTED_BY_CHANCE)
    unsolved = [each for each in grounds.established if each.iv is Iv.UNKNOWN]
    tests = [
        (form == Form.EXTERNAL, Case.EXTERNAL),
        (form == Form.EMPTY, Case.EMPTY),
        (form == Form.PLAIN, Case.PLAIN),
        (form == Form.IMPOSSIBLE, Case.IMPOSSIBLE),
        (odds.convincing & two_keys, Case.TWO_KEYS),
        (odds.convincing & is_current[odds.best.hypothesis], Case.CURRENT),
        (odds.convincing, Case.OLDER),
        (weak, Case.WEAK),
        (fitting(values, unsolved, Layout.hides) if unsolved else np.False_, Case.HIDDEN),
        (fitting(values, grounds.established, Layout.fits), Case.LOST),
    ]
    otherwise = Case.OTHER_LAYOUT if grounds.established else Case.NO_LAYOUT
    conditions = [np.broadcast_to(holds, form.shape) for holds, _ in tests]
    return np.select(conditions, [case for _, case in tests], default=otherwise).astype(np.uint8)


def _words(case: npt.NDArray[np.uint8], words: list[str]) -> pl.Series:
    return pl.Series([str(word) for word in words], dtype=pl.String).gather(pl.Series(case))


def _by_hypothesis(hypothesis: npt.NDArray[np.int32], words: list[str]) -> pl.Series:
    return pl.Series([*words, ""], dtype=pl.String).gather(
        pl.Series(np.where(hypothesis == NOT_OPENED, len(words), hypothesis))
    )


def _confidence(opened: npt.NDArray[np.bool_], odds: _Odds) -> pl.Series:
    level = np.select([~opened, odds.best.proven, odds.convincing], [0, 3, 2], default=1)
    words = [Confidence.NONE, Confidence.WEAK, Confidence.STRONG, Confidence.PROVEN]
    return _words(level.astype(np.uint8), [str(word) for word in words])


def _sizes(values: Views) -> npt.NDArray[np.int64]:
    """Bytes of each value, decoded in the first way in which it is written; 0 for text."""
    sizes = np.zeros(values.frame.height, np.int64)
    for encoding in (Encoding.RAW, Encoding.BASE64, Encoding.HEX):
        here = values[View(encoding)].bin.size().fill_null(0).to_numpy()
        sizes = np.where(here > 0, here, sizes)
    return sizes


def _reasons(
    case: npt.NDArray[np.uint8],
    hypothesis: npt.NDArray[np.int32],
    sizes: npt.NDArray[np.int64],
    grounds: Grounds,
) -> pl.Series:
    """Each distinct combination is worded once."""
    current = grounds.ring.current
    reasons = Reasons(tuple(key.label for key in grounds.ring.keys), current.label if current else "")
    tells_size = np.isin(case, (Case.IMPOSSIBLE, Case.OTHER_LAYOUT))
    told = np.where(tells_size, sizes, 0)
    distinct, which = np.unique(np.stack([case, hypothesis, told], axis=1), axis=0, return_inverse=True)
    sentences = [
        reasons.of(Case(int(each)), grounds.tried[index] if index != NOT_OPENED else None, int(size))
        for each, index, size in distinct
    ]
    return pl.Series(sentences, dtype=pl.String).gather(pl.Series(which.reshape(-1)))
