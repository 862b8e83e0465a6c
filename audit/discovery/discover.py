"""Layouts and keys found from the data: the best explanation first, then the next of what is left."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.discovery.evidence import Evidence, Openings, chance_log10
from audit.discovery.first_block import FirstBlock, what_is_first
from audit.discovery.sample import independent, shared_prefixes
from audit.key_ring import Key
from audit.layouts.known import with_prefixes
from audit.layouts.layout import BLOCK, Iv, Layout, Mode
from audit.trial.aes_columns import AesColumns
from audit.trial.hypothesis import Hypothesis, hypotheses
from audit.trial.opened import Opened
from audit.trial.same_secret import SecretTags
from audit.trial.try_keys import try_keys
from audit.trial.views import View, Views
from audit.verdict import ESTABLISHED_AT_MOST

_ESTABLISHED_LOG10 = math.log10(ESTABLISHED_AT_MOST)


def discover(
    values: pl.DataFrame, keys: Sequence[Key], layouts: Iterable[Layout], secret_tags: SecretTags
) -> list[Evidence]:
    """The established hypotheses, the one that explains most first.

    Values under different keys and layouts are sorted out one after the other: what the best hypothesis
    opens is set aside, and the others must be established on the rest.

    Args:
        values: a sample with the columns `value` and `iv`: see `audit.discovery.sample.sample`.
        keys: the candidates.
        layouts: those to try; the same behind constant prefixes that the values show are tried as well.
        secret_tags: tells equal plain texts.
    """
    wanted = tuple(layouts)
    views = Views(values)
    present = [layout for layout in wanted if views[View.of(layout)].drop_nulls().len()]
    tried = hypotheses(keys, (*present, *_prefixed(present, views)))
    trial = _Trial(values.height, tried, views, _openings(views, tried, secret_tags))
    return [_settle_first_block(each, trial) for each in _one_after_the_other(trial)]


@dataclass(frozen=True, slots=True)
class _Trial:
    """Everything that was tried on the sample, and what it gave."""

    size: int
    tried: list[Hypothesis]
    views: Views
    openings: dict[int, Openings]


def _prefixed(layouts: Sequence[Layout], views: Views) -> tuple[Layout, ...]:
    found: list[Layout] = []
    for view in dict.fromkeys(View.of(layout) for layout in layouts):
        of_view = [layout for layout in layouts if View.of(layout) == view and not layout.prefix]
        found += with_prefixes(of_view, shared_prefixes(views[view].drop_nulls()))
    return tuple(found)


def _openings(values: Views, tried: Sequence[Hypothesis], secret_tags: SecretTags) -> dict[int, Openings]:
    parts: dict[int, list[Opened]] = {}
    tags: dict[int, list[npt.NDArray[np.uint64]]] = {}
    for opened in try_keys(values, tried):
        parts.setdefault(opened.hypothesis, []).append(replace(opened, plain=opened.plain[:0]))
        tags.setdefault(opened.hypothesis, []).append(secret_tags.of(opened.plain, opened.lengths))
    return {
        index: Openings(
            rows=np.concatenate([each.rows for each in of_index]),
            log10=np.concatenate([each.log10 for each in of_index]),
            last_log10=np.concatenate([each.last_log10 for each in of_index]),
            tags=np.concatenate(tags[index]),
        )
        for index, of_index in parts.items()
    }


def _one_after_the_other(trial: _Trial) -> Iterable[tuple[int, Evidence]]:
    remaining = np.ones(trial.size, np.bool_)
    views = dict.fromkeys(View.of(hypothesis.layout) for hypothesis in trial.tried)
    independents = {view: independent(trial.views[view]) for view in views}
    fitting = {view: _sizes(trial.views[view]) for view in views}
    while True:
        ranked: list[tuple[float, int, Evidence]] = []
        for index, openings in trial.openings.items():
            hypothesis = trial.tried[index]
            view = View.of(hypothesis.layout)
            usable = remaining & independents[view]
            counted = usable[openings.rows]
            tried = int(
                sum(
                    usable[rows].sum() for size, rows in fitting[view].items() if hypothesis.layout.fits(size)
                )
            )
            log10 = chance_log10(openings.last_log10[counted], tried, len(trial.tried))
            if log10 <= _ESTABLISHED_LOG10:
                explained = remaining[openings.rows] & openings.credible()
                score = float(openings.log10[explained].sum())
                evidence = Evidence(hypothesis, (), int(explained.sum()), tried, log10)
                ranked.append((score, index, evidence))
        if not ranked:
            return
        _, index, evidence = min(ranked, key=lambda item: item[:2])
        yield index, replace(evidence, equivalent=_equivalent(index, remaining, trial))
        openings = trial.openings[index]
        remaining[openings.rows[openings.credible()]] = False


def _sizes(decoded: pl.Series) -> dict[int, npt.NDArray[np.intp]]:
    sizes = decoded.bin.size()
    return {
        size: (sizes == size).fill_null(value=False).arg_true().to_numpy().astype(np.intp)
        for size in sizes.drop_nulls().unique().sort()
    }


def _equivalent(index: int, remaining: npt.NDArray[np.bool_], trial: _Trial) -> tuple[Hypothesis, ...]:
    """Others of the same key that open the same of what remained, to the same plain text."""
    mine = _fingerprint(trial.openings[index], remaining)
    return tuple(
        trial.tried[other]
        for other, openings in trial.openings.items()
        if other != index
        and trial.tried[other].key == trial.tried[index].key
        and _fingerprint(openings, remaining) == mine
    )


def _fingerprint(openings: Openings, remaining: npt.NDArray[np.bool_]) -> bytes:
    taken = remaining[openings.rows] & openings.credible()
    order = np.argsort(openings.rows[taken])
    return openings.rows[taken][order].tobytes() + openings.tags[taken][order].tobytes()


def _settle_first_block(found: tuple[int, Evidence], trial: _Trial) -> Evidence:
    """Tell a vector in front from an unknown constant one, where the text behind does not."""
    index, evidence = found
    alike = (evidence.hypothesis, *evidence.equivalent)
    disputed = [
        each for each in alike if each.layout.mode is Mode.CBC and each.layout.iv in {Iv.FRONT, Iv.UNKNOWN}
    ]
    if len({each.layout.iv for each in disputed}) == 1 or not disputed:
        return evidence
    match what_is_first(_first_blocks(evidence.hypothesis, trial.openings[index], trial)):
        case FirstBlock.VECTOR:
            kept = [each for each in alike if each.layout.iv is not Iv.UNKNOWN]
        case FirstBlock.TEXT:
            kept = [each for each in alike if each.layout.iv is not Iv.FRONT]
        case FirstBlock.UNDECIDED:
            return evidence
    return replace(evidence, hypothesis=kept[0], equivalent=tuple(kept[1:]))


def _first_blocks(hypothesis: Hypothesis, openings: Openings, trial: _Trial) -> npt.NDArray[np.uint8]:
    rows = pl.Series(openings.rows[openings.credible()])
    values = trial.views[View.of(hypothesis.layout)].gather(rows)
    first = values.bin.slice(len(hypothesis.layout.prefix), BLOCK)
    matrix = first.bin.reinterpret(dtype=pl.Array(pl.UInt8, BLOCK)).to_numpy()
    return AesColumns(hypothesis.aes_key).decrypt(matrix)
