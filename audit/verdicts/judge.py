"""The verdict of every value in a batch."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.key_ring import KeyRing
from audit.layouts.layout import Iv, KeyForm, Layout
from audit.trial.best import NOT_OPENED, Best
from audit.trial.hypothesis import Hypothesis
from audit.trial.plain_text import Content
from audit.trial.views import Views
from audit.verdict import STRONG_AT_MOST, Confidence
from audit.verdicts.bar_form import malformed
from audit.verdicts.case import Case, Reasons
from audit.verdicts.chance import WeakOpenings, convincing, corrected
from audit.verdicts.value_form import Form, decoded_sizes, fitting, forms, is_empty, is_external

_OPENED: Final = (Case.CURRENT, Case.OLDER, Case.TWO_KEYS, Case.TWO_TEXTS, Case.WEAK)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What verdicts rest on, apart from the values themselves.

    Attributes:
        ring: the candidate keys.
        tried: every key in every established layout.
        known: every layout that values of the product can have.
    """

    ring: KeyRing
    tried: tuple[Hypothesis, ...]
    known: tuple[Layout, ...]

    @property
    def established(self) -> tuple[Layout, ...]:
        """The layouts that the data, or a known plain text, show."""
        return tuple(dict.fromkeys(hypothesis.layout for hypothesis in self.tried))

    @property
    def one_form_only(self) -> bool:
        """Whether the product's form is published, so that it can be told what is wrong with a value."""
        return any(layout.key_form is KeyForm.MASTER_KEY for layout in self.known)

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


def judge(batch: pl.DataFrame, best: Best, weak: WeakOpenings, grounds: Grounds) -> Judgement:
    """Judge a batch of the `STORED` schema by its form and by what opened it best."""
    strong = convincing(best, grounds.correction)
    case = _of_convincing(best, grounds)
    case[is_empty(batch)] = Case.EMPTY
    case[is_external(batch)] = Case.EXTERNAL
    others = np.flatnonzero(~strong & ~np.isin(case, (Case.EMPTY, Case.EXTERNAL)))
    sizes = np.zeros(batch.height, np.int64)
    if others.size:
        values = Views(batch.select("value", "iv")[others])
        meant = (best.hypothesis[others] != NOT_OPENED) & weak.hardly_chance(best.log10[others])
        case[others] = _of_others(values, meant, grounds)
        sizes[others] = decoded_sizes(values)
    opened = np.isin(case, _OPENED)
    hypothesis = np.where(opened, best.hypothesis, NOT_OPENED)
    keys = [grounds.ring.opens_as(grounds.ring.keys[each.key]) for each in grounds.tried]
    chance = pl.Series(corrected(best.log10, grounds.correction))
    frame = pl.DataFrame(
        {
            "verdict": _words(case, [each.verdict for each in Case]),
            "opened_by": _by_hypothesis(hypothesis, [key.label for key in keys]),
            "fingerprint": _by_hypothesis(hypothesis, [key.fingerprint for key in keys]),
            "confidence": _confidence(opened, strong, best.proven),
            "false_positive": chance.set(pl.Series(~opened), None),
            "layout": _by_hypothesis(hypothesis, [each.layout.name for each in grounds.tried]),
            "action": _words(case, [each.verdict.action for each in Case]),
            "reason": _reasons(case, hypothesis, sizes, grounds),
        }
    )
    return Judgement(frame, opened)


def _of_convincing(best: Best, grounds: Grounds) -> npt.NDArray[np.uint8]:
    """The case of each value, were its best opening convincing.

    Two keys fit where each of them would convince alone. A tag or a certificate settles it.
    """
    is_current = np.array([grounds.ring.keys[each.key].current for each in grounds.tried] + [False])
    case = np.where(is_current[best.hypothesis], Case.CURRENT, Case.OLDER).astype(np.uint8)
    case[~best.proven & best.two_texts] = Case.TWO_TEXTS
    rival = corrected(best.rival_log10, grounds.correction)
    case[~best.proven & (rival <= STRONG_AT_MOST)] = Case.TWO_KEYS
    return case


def _of_others(values: Views, meant: npt.NDArray[np.bool_], grounds: Grounds) -> npt.NDArray[np.uint8]:
    """The case of values that are there and that no key opens convincingly.

    `meant` are those with a weak opening that chance hardly explains.
    """
    form = forms(values, (*grounds.known, *grounds.established))
    misshapen = form != Form.WELL_FORMED
    unsolved = [each for each in grounds.established if each.iv is Iv.UNKNOWN]
    tests = [
        (form == Form.PLAIN, Case.PLAIN),
        (form == Form.IMPOSSIBLE, Case.IMPOSSIBLE),
        (meant, Case.WEAK),
        (fitting(values, unsolved, Layout.hides), Case.HIDDEN),
        (fitting(values, grounds.established, Layout.fits), Case.LOST),
    ]
    otherwise = Case.OTHER_LAYOUT if grounds.established else Case.NO_LAYOUT
    cases = np.select([holds for holds, _ in tests], [case for _, case in tests], default=otherwise)
    if grounds.one_form_only and misshapen.any():
        cases[misshapen] = malformed(values.frame["value"].filter(pl.Series(misshapen)))
    return cases.astype(np.uint8)


def _words(case: npt.NDArray[np.uint8], words: list[str]) -> pl.Series:
    return pl.Series([str(word) for word in words], dtype=pl.String).gather(pl.Series(case))


def _by_hypothesis(hypothesis: npt.NDArray[np.int32], words: list[str]) -> pl.Series:
    return pl.Series([*words, ""], dtype=pl.String).gather(
        pl.Series(np.where(hypothesis == NOT_OPENED, len(words), hypothesis))
    )


def _confidence(
    opened: npt.NDArray[np.bool_], strong: npt.NDArray[np.bool_], proven: npt.NDArray[np.bool_]
) -> pl.Series:
    level = np.where(opened, 1 + strong + (strong & proven), 0)
    words = [Confidence.NONE, Confidence.WEAK, Confidence.STRONG, Confidence.PROVEN]
    return _words(level.astype(np.uint8), [str(word) for word in words])


def _reasons(
    case: npt.NDArray[np.uint8],
    hypothesis: npt.NDArray[np.int32],
    sizes: npt.NDArray[np.int64],
    grounds: Grounds,
) -> pl.Series:
    """Each distinct combination is worded once."""
    current = grounds.ring.current
    labels = tuple(grounds.ring.opens_as(key).label for key in grounds.ring.keys)
    reasons = Reasons(labels, current.label if current else "")
    told = np.where(np.isin(case, (Case.IMPOSSIBLE, Case.OTHER_LAYOUT)), sizes, 0)
    frame = pl.DataFrame({"case": case, "by": hypothesis, "told": told})
    code = frame.select((pl.col("told") * 2**16 + pl.col("by") + 1) * len(Case) + pl.col("case")).to_series()
    distinct = code.is_first_distinct()
    sentences = [
        reasons.of(Case(each), _tried(by, grounds), size)
        for each, by, size in frame.filter(distinct).iter_rows()
    ]
    return code.replace_strict(code.filter(distinct), pl.Series(sentences, dtype=pl.String))


def _tried(index: int, grounds: Grounds) -> Hypothesis | None:
    return None if index == NOT_OPENED else grounds.tried[index]
