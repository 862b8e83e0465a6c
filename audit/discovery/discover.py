"""Layouts and keys found from the data: the best explanation first, then the next of what is left."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.discovery.evidence import Evidence, Openings, chance_log10
from audit.discovery.first_block import FirstBlock, what_is_first
from audit.discovery.sample import shared_prefixes
from audit.discovery.sample_trial import SampleTrial
from audit.discovery.wrappers import wrapped
from audit.key_ring import Key
from audit.layouts.known import with_prefixes
from audit.layouts.layout import BLOCK, Iv, Layout, Mode
from audit.trial.aes_columns import AesColumns
from audit.trial.best import ABOUT_AS_LIKELY
from audit.trial.hypothesis import Hypothesis, hypotheses
from audit.trial.same_secret import SecretTags
from audit.trial.views import View, Views

_GUESSES: Final = 5


@dataclass(frozen=True, slots=True)
class Discovered:
    """What the data show.

    Attributes:
        established: the hypotheses that verdicts may rest on, the one that explains most first.
        guesses: the best others, where nothing is established: how far the data go.
    """

    established: tuple[Evidence, ...]
    guesses: tuple[Evidence, ...] = ()


def discover(
    values: pl.DataFrame,
    keys: Sequence[Key],
    layouts: Iterable[Layout],
    secret_tags: SecretTags,
    proven: Sequence[Layout] = (),
) -> Discovered:
    """The established hypotheses, or the best of those that are not.

    Values under different keys and layouts are sorted out one after the other: what the best hypothesis
    opens is set aside, and the others must be established on the rest.

    Args:
        values: a sample with the columns `value` and `iv`: see `audit.discovery.sample.sample`.
        keys: the candidates.
        layouts: those to try; the same behind constant prefixes that the values show are tried as well.
        secret_tags: tells equal plain texts.
        proven: layouts that a known plain text has proven.
    """
    views = Views(values)
    listed = tuple(layouts)
    wanted = tuple(dict.fromkeys((*listed, *wrapped(listed, views), *proven)))
    read = {view for view in {View.of(layout) for layout in wanted} if views[view].is_not_null().any()}
    present = [layout for layout in wanted if View.of(layout) in read]
    tried = hypotheses(keys, (*present, *_prefixed(present, views)))
    trial = SampleTrial.of(views, tried, secret_tags)
    established = tuple(
        _settle_by_proof(_settle_first_block(each, trial), proven) for each in _one_after_the_other(trial)
    )
    without_evidence = _proven_alone(trial, established, proven)
    if established or without_evidence:
        return Discovered((*established, *without_evidence))
    everything = np.ones(trial.size, np.bool_)
    guesses = sorted(_ranked(trial, everything, trial.openings), key=lambda each: each.evidence.log10)
    return Discovered((), tuple(each.evidence for each in guesses[:_GUESSES]))


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A hypothesis judged on the values that remain; `place` sorts the better one to the front."""

    place: tuple[float, int]
    index: int
    evidence: Evidence


def _prefixed(layouts: Sequence[Layout], views: Views) -> tuple[Layout, ...]:
    found: list[Layout] = []
    for view in dict.fromkeys(View.of(layout) for layout in layouts):
        of_view = [layout for layout in layouts if View.of(layout) == view and not layout.prefix]
        found += with_prefixes(of_view, shared_prefixes(views[view].drop_nulls()))
    return tuple(found)


def _one_after_the_other(trial: SampleTrial) -> Iterator[tuple[int, Evidence]]:
    remaining = np.ones(trial.size, np.bool_)
    open_questions = dict(trial.openings)
    while True:
        ranked = [
            each
            for each in _ranked(trial, remaining, open_questions)
            if each.evidence.established and each.evidence.opened
        ]
        if not ranked:
            return
        best = min(ranked, key=lambda each: each.place)
        openings = open_questions.pop(best.index)
        yield best.index, replace(best.evidence, equivalent=_equivalent(best.index, remaining, trial))
        remaining[openings.rows[openings.explained]] = False


def _ranked(
    trial: SampleTrial, remaining: npt.NDArray[np.bool_], of: Mapping[int, Openings]
) -> Iterator[_Ranked]:
    """Each hypothesis that opens any of what remains, by how much it explains."""
    for index, openings in of.items():
        usable = remaining & trial.fitting[index]
        counted = usable[openings.rows]
        if not counted.any():
            continue
        tried = int(usable.sum())
        log10 = chance_log10(openings.last_log10[counted], tried, len(trial.tried))
        explained = remaining[openings.rows] & openings.explained
        score = float(openings.log10[explained].sum())
        evidence = Evidence(trial.tried[index], (), int(explained.sum()), tried, log10)
        yield _Ranked((score, index), index, evidence)


def _equivalent(index: int, remaining: npt.NDArray[np.bool_], trial: SampleTrial) -> tuple[Hypothesis, ...]:
    """Others of the same key that explain the same of what remained as well.

    Mostly to the same text. Where only padding speaks, since all secrets are binary, a block in front may be
    a vector or text: nothing tells.
    """
    mine = _explained(trial.openings[index], remaining)
    return tuple(
        trial.tried[other]
        for other, openings in trial.openings.items()
        if other != index
        and trial.tried[other].key == trial.tried[index].key
        and _as_good(_explained(openings, remaining), mine)
    )


@dataclass(frozen=True, slots=True)
class _Explained:
    """What a hypothesis explains of what remained: rows in order, the texts' tags, and how surely."""

    rows: bytes
    tags: bytes
    log10: float


def _explained(openings: Openings, remaining: npt.NDArray[np.bool_]) -> _Explained:
    taken = remaining[openings.rows] & openings.explained
    order = np.argsort(openings.rows[taken])
    return _Explained(
        rows=openings.rows[taken][order].tobytes(),
        tags=openings.tags[taken][order].tobytes(),
        log10=float(openings.log10[taken].sum()),
    )


def _as_good(other: _Explained, best: _Explained) -> bool:
    return other.rows == best.rows and (other.tags == best.tags or other.log10 - best.log10 < ABOUT_AS_LIKELY)


def _settle_first_block(found: tuple[int, Evidence], trial: SampleTrial) -> Evidence:
    """Tell a vector in front from an unknown constant one, where the text behind does not."""
    index, evidence = found
    alike = evidence.alike
    disputed = [
        each for each in alike if each.layout.mode is Mode.CBC and each.layout.iv in {Iv.FRONT, Iv.UNKNOWN}
    ]
    if len({each.layout.iv for each in disputed}) == 1 or not disputed:
        return evidence
    if len(disputed) < sum(each.layout.mode is Mode.CBC for each in alike):
        return evidence  # a known vector explains as much: the secrets are binary, and show nothing
    match what_is_first(_first_blocks(evidence.hypothesis, trial.openings[index], trial)):
        case FirstBlock.VECTOR:
            kept = [each for each in alike if each.layout.iv is not Iv.UNKNOWN]
        case FirstBlock.TEXT:
            kept = [each for each in alike if each.layout.iv is not Iv.FRONT]
        case FirstBlock.UNDECIDED:
            return evidence
    return replace(evidence, hypothesis=kept[0], equivalent=tuple(kept[1:]))


def _settle_by_proof(evidence: Evidence, proven: Collection[Layout]) -> Evidence:
    """Of what the data cannot tell apart, what a known plain text has proven."""
    kept = [each for each in evidence.alike if _is_proven(each, proven)]
    if not kept:
        return evidence
    return replace(evidence, hypothesis=kept[0], equivalent=tuple(kept[1:]), proven=True)


def _is_proven(hypothesis: Hypothesis, proven: Collection[Layout]) -> bool:
    return any(layout in proven for layout in (hypothesis.layout, *hypothesis.same_as))


def _proven_alone(
    trial: SampleTrial, established: Iterable[Evidence], proven: Collection[Layout]
) -> tuple[Evidence, ...]:
    """What is proven, opens something, and is not established by the data."""
    told = {each for evidence in established for each in evidence.alike}
    others = {
        index: openings
        for index, openings in trial.openings.items()
        if trial.tried[index] not in told and _is_proven(trial.tried[index], proven)
    }
    ranked = _ranked(trial, np.ones(trial.size, np.bool_), others)
    return tuple(replace(each.evidence, proven=True) for each in ranked)


def _first_blocks(hypothesis: Hypothesis, openings: Openings, trial: SampleTrial) -> npt.NDArray[np.uint8]:
    rows = pl.Series(openings.rows[openings.explained])
    values = trial.views[View.of(hypothesis.layout)].gather(rows)
    first = values.bin.slice(len(hypothesis.layout.prefix), BLOCK)
    matrix = first.bin.reinterpret(dtype=pl.Array(pl.UInt8, BLOCK)).to_numpy()
    return AesColumns(hypothesis.aes_key).decrypt(matrix)
