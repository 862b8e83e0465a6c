"""The verdict of every value in a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.keys.key_ring import KeyRing
from audit.layouts.layout import BLOCK, Iv, Layout
from audit.layouts.marks import foreign_marks
from audit.trial.best import NOT_OPENED, Best
from audit.trial.hypothesis import Hypothesis
from audit.trial.plain_text import Content, Damage
from audit.trial.views import Views
from audit.verdict import STRONG_AT_MOST, Confidence
from audit.verdicts.case import Case, Reasons
from audit.verdicts.chance import convincing, corrected
from audit.verdicts.value_form import Forms, Population, ValueForm, fitting, is_empty, is_external, malformed

_OPENED: Final = (
    Case.CURRENT,
    Case.CURRENT_TWO_TEXTS,
    Case.CURRENT_HEAD_HIDDEN,
    Case.OLDER,
    Case.HEAD_HIDDEN,
    Case.TWO_KEYS,
    Case.TWO_TEXTS,
    Case.UNLIKE,
    Case.WEAK,
)
_UNSETTLED: Final = (Case.CURRENT_TWO_TEXTS, Case.CURRENT_HEAD_HIDDEN, Case.HEAD_HIDDEN, Case.TWO_TEXTS)
_NOT_THE_TEXT: Final = (Case.TWO_KEYS, Case.UNLIKE)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What verdicts rest on, apart from the values themselves.

    Attributes:
        ring: the candidate keys.
        tried: every key in every layout that was tried; those of established layouts stand in front.
        established: the layouts that the data, or a known plain text, show.
        proven: keys in layouts that a known plain text has proven for them.
        count: how many hypotheses each value had a chance to fit wrongly: those in front.
        published: layouts that the vendor documents, so that what is wrong with a value can be reported.
    """

    ring: KeyRing
    tried: tuple[Hypothesis, ...]
    established: tuple[Layout, ...]
    proven: frozenset[Hypothesis]
    count: int
    published: tuple[Layout, ...]

    @property
    def correction(self) -> int:
        """Bonferroni: for each value every hypothesis and every class of content is a chance to be wrong."""
        return max(1, self.count) * len(Content)


@dataclass(frozen=True, slots=True)
class UnopenedValues:
    """Values of a batch that are there, and that no key opens with certainty.

    Attributes:
        rows: where they stand in the batch; shape [n].
        values: their `value` and `iv`.
        forms: what they look like.
        meant: openings, weak ones, that are not to be taken for chance; shape [n].
        agreeing: single blocks that agree with others as texts behind one constant vector do; shape [n].
        own_key: the candidate that opens each in a form of its own, as its place, or -1; shape [n].
        begins_under: the candidate under which its first blocks are text, or -1; shape [n].
        padded_alike: values that all end in one padding under one key, more than chance explains; shape [n].
        filled: values that end in bytes that fill up, under any key; shape [n].
        silent: values that may be binary secrets of an established layout in which they show no key;
            shape [n].
        stream_key: the candidate under which a block is text in a stream mode, or -1; shape [n].
    """

    rows: npt.NDArray[np.intp]
    values: Views
    forms: Forms
    meant: npt.NDArray[np.bool_]
    agreeing: npt.NDArray[np.bool_]
    own_key: npt.NDArray[np.int32]
    begins_under: npt.NDArray[np.int32]
    padded_alike: npt.NDArray[np.bool_]
    filled: npt.NDArray[np.bool_]
    silent: npt.NDArray[np.bool_]
    stream_key: npt.NDArray[np.int32]

    @classmethod
    def of(
        cls, rows: npt.NDArray[np.intp], values: Views, forms: Forms, meant: npt.NDArray[np.bool_]
    ) -> "UnopenedValues":
        """Values of which nothing else was asked yet."""
        nobody, none = np.full(len(rows), NOT_OPENED, np.int32), np.zeros(len(rows), np.bool_)
        return cls(rows, values, forms, meant, none, nobody, nobody, none, none, none, nobody)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on a batch of n values.

    Attributes:
        frame: verdict, opened_by, fingerprint, confidence, text_confidence, false_positive, layout, action,
        reason.
        opened: whether a key is named for the value; shape [n].
        whole: whether every byte of its text is known, if the opening is right; shape [n].
        cases: `Case` values; shape [n].
    """

    frame: pl.DataFrame
    opened: npt.NDArray[np.bool_]
    whole: npt.NDArray[np.bool_]
    cases: npt.NDArray[np.uint8]


def is_there(batch: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Rows of a batch of the `STORED` schema that hold a secret; shape [n]."""
    there: npt.NDArray[np.bool_] = ~is_empty(batch) & ~is_external(batch)
    return there


def judge(
    batch: pl.DataFrame, best: Best, unopened: UnopenedValues, population: Population, grounds: Grounds
) -> Judgement:
    """Judge a batch of the `STORED` schema by its form and by what opened it best."""
    strong = convincing(best, grounds.correction)
    strong[unopened.rows] = False
    case = _of_convincing(best, population, grounds)
    case[is_empty(batch)] = Case.EMPTY
    case[is_external(batch)] = Case.EXTERNAL
    case[unopened.rows] = _of_others(unopened, population, grounds)
    sizes = np.zeros(batch.height, np.int64)
    sizes[unopened.rows] = unopened.forms.sizes
    opened = np.isin(case, _OPENED)
    whole = opened & (best.whole | best.proven) & ~np.isin(case, _NOT_THE_TEXT) & ~np.isin(case, _UNSETTLED)
    text_known = whole & strong  # a text is not surer than the opening that it comes from
    hypothesis = np.where(opened, best.hypothesis, NOT_OPENED)
    keys = [grounds.ring.opens_as(key) for key in grounds.ring.keys]
    key_of = np.array([*(each.key for each in grounds.tried), NOT_OPENED], np.int32)[hypothesis]
    own = case == Case.OWN_FORM
    key_of[unopened.rows] = np.where(own[unopened.rows], unopened.own_key, key_of[unopened.rows])
    about = key_of.copy()
    begins = np.isin(case[unopened.rows], (Case.BEGINS, Case.CUT_OPENS))
    about[unopened.rows[begins]] = unopened.begins_under[begins]
    stream = case[unopened.rows] == Case.STREAM
    about[unopened.rows[stream]] = unopened.stream_key[stream]
    chance = corrected(best.log10, grounds.correction)
    of_anything = best.hypothesis >= grounds.count  # what opens in no established layout had more chances
    chance[of_anything] = corrected(best.log10[of_anything], len(grounds.tried) * len(Content))
    frame = pl.DataFrame(
        {
            "verdict": words(case, [each.verdict for each in Case]),
            "opened_by": _by_place(key_of, [key.label for key in keys]),
            "fingerprint": _by_place(key_of, [key.fingerprint for key in keys]),
            "confidence": _confidence(opened | own, strong, best.proven),
            "text_confidence": _confidence(opened, text_known, best.proven | _is_proven(hypothesis, grounds)),
            "false_positive": pl.Series(chance).set(pl.Series(~opened), None),
            "layout": _by_place(hypothesis, [each.layout.name for each in grounds.tried]),
            "action": words(case, [each.verdict.action for each in Case]),
            "reason": _reasons(case, about, sizes, _marks(batch, case), grounds),
        }
    )
    return Judgement(frame, opened, whole, case)


def _of_convincing(best: Best, population: Population, grounds: Grounds) -> npt.NDArray[np.uint8]:
    """The case of each value, were its best opening convincing.

    Two keys fit where each of them would convince alone. A tag or a certificate settles it.
    """
    is_current = np.array([grounds.ring.keys[each.key].current for each in grounds.tried] + [False])
    hidden = np.array([each.layout.iv is Iv.UNKNOWN for each in grounds.tried] + [False])[best.hypothesis]
    current = is_current[best.hypothesis]
    case = np.where(current, Case.CURRENT, Case.OLDER).astype(np.uint8)
    unsettled = ~best.proven & ~best.whole
    case[unsettled & current] = Case.CURRENT_TWO_TEXTS
    case[unsettled & ~current] = Case.TWO_TEXTS
    case[unsettled & current & hidden] = Case.CURRENT_HEAD_HIDDEN
    case[unsettled & ~current & hidden] = Case.HEAD_HIDDEN
    unlike = best.damage >= (Damage.POSSIBLE if population.of_text else Damage.LIKELY)
    case[~best.proven & unlike] = Case.UNLIKE
    rival = corrected(best.rival_log10, grounds.correction)
    case[~best.proven & (rival <= STRONG_AT_MOST)] = Case.TWO_KEYS
    return case


def _of_others(unopened: UnopenedValues, population: Population, grounds: Grounds) -> npt.NDArray[np.uint8]:
    """The case of values that are there and that no key opens convincingly."""
    values, form = unopened.values, unopened.forms.form
    unsolved = [each for each in grounds.established if each.iv is Iv.UNKNOWN]
    lost = Case.NOT_SHOWN
    if grounds.published or population.shows_loss:
        lost = Case.FEW if population.few_beside_an_idle_key and not grounds.published else Case.LOST
    misfit = form == ValueForm.MISFIT
    single = unopened.forms.single & (not grounds.published)
    own, begins = unopened.own_key != NOT_OPENED, unopened.begins_under != NOT_OPENED
    few = misfit & population.few_misfits & (not population.idle_key)
    # One block after a prefix of its own and a constant vector opens under no key, and is whole.
    one_block = (unopened.forms.sizes > BLOCK) & (unopened.forms.sizes < 2 * BLOCK)
    few &= ~one_block | population.many_misfits
    # Whole blocks that are not text show no key where padding shows nothing, whatever else is established.
    silent = unopened.silent & (not population.shows_silent_loss)
    in_a_stream = unopened.stream_key != NOT_OPENED
    beside_a_stream = (form == ValueForm.FITTING) & population.in_a_stream
    tests = [
        (own, Case.OWN_FORM),
        (form == ValueForm.TYPED, Case.PLAIN),
        (unopened.meant, Case.WEAK),
        (form == ValueForm.MARKED, Case.MARKED),
        (fitting(values, unsolved, Layout.hides), Case.HIDDEN),
        ((form == ValueForm.FITTING) & begins, Case.BEGINS),
        (single & (population.hidden is True), Case.HIDDEN),
        (single & (unopened.agreeing | (not population.shows_loss_of_blocks)), Case.SINGLE),
        (in_a_stream & (not grounds.published), Case.STREAM),
        (beside_a_stream & (not grounds.published), Case.BESIDE_STREAM),
        (silent, Case.SILENT),
        ((form == ValueForm.FITTING) & unopened.padded_alike, Case.NOT_SHOWN),
        (form == ValueForm.FITTING, lost),
        (misfit & begins, Case.CUT_OPENS),
        (few & (unopened.forms.sizes == 0), Case.CUT),
        (few, Case.IMPOSSIBLE),
    ]
    otherwise = Case.OTHER_LAYOUT if grounds.established else Case.NO_LAYOUT
    cases = np.select([holds for holds, _ in tests], [case for _, case in tests], default=otherwise)
    misshapen = ~fitting(values, grounds.published, Layout.fits)
    if grounds.published and misshapen.any():
        cases[misshapen] = malformed(values.frame["value"].filter(pl.Series(misshapen)))
    return cases.astype(np.uint8)


def _is_proven(hypothesis: npt.NDArray[np.int32], grounds: Grounds) -> npt.NDArray[np.bool_]:
    """Values that open under a key in a layout that a known text has proven; shape [n]."""
    return np.array([*(each in grounds.proven for each in grounds.tried), False])[hypothesis]


def _marks(batch: pl.DataFrame, case: npt.NDArray[np.uint8]) -> pl.Series:
    marked = pl.Series(case == Case.MARKED)
    return (
        foreign_marks(batch["value"].set(~marked, None))
        if marked.any()
        else pl.repeat("", batch.height, eager=True)
    )


def words(case: npt.NDArray[np.uint8], of_case: Sequence[str]) -> pl.Series:
    """A word for each value by its case."""
    return pl.Series([str(word) for word in of_case], dtype=pl.String).gather(pl.Series(case))


def _by_place(places: npt.NDArray[np.int32], names: list[str]) -> pl.Series:
    return pl.Series([*names, ""], dtype=pl.String).gather(
        pl.Series(np.where(places == NOT_OPENED, len(names), places))
    )


def _confidence(
    opened: npt.NDArray[np.bool_], strong: npt.NDArray[np.bool_], proven: npt.NDArray[np.bool_]
) -> pl.Series:
    level = np.where(opened, 1 + strong + (strong & proven), 0)
    return words(
        level.astype(np.uint8), [Confidence.NONE, Confidence.WEAK, Confidence.STRONG, Confidence.PROVEN]
    )


_LONGEST_REPORTED: Final = 2**16 - 1


def _reasons(
    case: npt.NDArray[np.uint8],
    key: npt.NDArray[np.int32],
    sizes: npt.NDArray[np.int64],
    marks: pl.Series,
    grounds: Grounds,
) -> pl.Series:
    """Each distinct combination is worded once."""
    current = grounds.ring.current
    reasons = Reasons(tuple(key.label for key in grounds.ring.keys), current.label if current else "")
    reported = np.where(
        np.isin(case, (Case.IMPOSSIBLE, Case.CUT_OPENS)), np.minimum(sizes, _LONGEST_REPORTED), 0
    )
    named = marks.unique(maintain_order=True)
    mark = np.zeros(len(case), np.int64)
    if len(named) > 1:
        mark = marks.replace_strict(named, pl.Series(range(len(named))), return_dtype=pl.Int64).to_numpy()
    # One number for each combination: joining frames of strings takes ten times as long.
    code = ((mark * (_LONGEST_REPORTED + 1) + reported) * 2**20 + key + 1) * len(Case) + case
    _, first, place = np.unique(code, return_index=True, return_inverse=True)
    sentences = [
        reasons.of(
            Case(case[each]),
            _label(key[each], grounds),
            size=int(reported[each]),
            mark=named[int(mark[each])],
        )
        for each in first
    ]
    return pl.Series(sentences, dtype=pl.String).gather(pl.Series(place.reshape(-1)))


def _label(index: int, grounds: Grounds) -> str:
    if index == NOT_OPENED:
        return ""
    return grounds.ring.opens_as(grounds.ring.keys[index]).label
