"""Everything that was tried on the sample, and what it gave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.discovery.evidence import Openings, hardly_chance, surprise_log10
from audit.discovery.sample import independent
from audit.layouts.layout import Layout, Mode
from audit.trial.hypothesis import Hypothesis
from audit.trial.last_blocks import Said
from audit.trial.opened import Opened
from audit.trial.same_secret import SecretTags
from audit.trial.try_keys import try_keys
from audit.trial.views import View, Views


@dataclass(frozen=True, slots=True)
class SampleTrial:
    """Everything that was tried on the sample, and what it gave.

    Attributes:
        size: how many values were tried.
        tried: the hypotheses.
        views: the values.
        openings: by the hypothesis' place.
        fitting: independent values that can be of a hypothesis' layout at all, by its place; shapes [size].
    """

    size: int
    tried: list[Hypothesis]
    views: Views
    openings: dict[int, Openings]
    fitting: dict[int, npt.NDArray[np.bool_]]

    @classmethod
    def of(
        cls,
        views: Views,
        tried: list[Hypothesis],
        secret_tags: SecretTags,
        proven: Callable[[Hypothesis], bool],
    ) -> "SampleTrial":
        """Try them all.

        Args:
            views: the values.
            tried: the hypotheses.
            secret_tags: tells equal plain texts.
            proven: tells which of them a known plain text has proven: these are looked at whatever they open.
        """
        by_view = {view: _Shape.of(views[view]) for view in {View.of(each.layout) for each in tried}}
        by_form: dict[tuple[View, bool, int], npt.NDArray[np.bool_]] = {}
        of_tried = {}
        for index, each in enumerate(tried):
            layout, view = each.layout, View.of(each.layout)
            form = view, layout.mode is Mode.GCM, layout.overhead  # few, where there are thousands of layouts
            if form not in by_form:
                by_form[form] = by_view[view].fits(layout)
            of_tried[index] = by_form[form]
        worth = _Worth(of_tried, frozenset(index for index, each in enumerate(tried) if proven(each)))
        openings = _openings(views, tried, secret_tags, of_tried, worth)
        return cls(views.frame.height, tried, views, openings, of_tried)


_SURPRISE_LOG10: Final = -1.0
"""One wrong hypothesis in ten is looked at in vain. None that could be established is left out: that takes a
thousandth of a thousandth, and the last blocks of a text say at least as much as they do within it."""


@dataclass(frozen=True, slots=True)
class _Worth:
    """A hypothesis is looked at in full where its last blocks alone are more than chance gives.

    Of thousands of hypotheses a few are: opening what else passes their padding would be nearly all the work.
    """

    fitting: Mapping[int, npt.NDArray[np.bool_]]
    always: frozenset[int]

    def __call__(self, index: int, said: Said) -> npt.NDArray[np.bool_]:
        """All the survivors of a hypothesis, or none."""
        fitting = self.fitting[index]
        surprise = surprise_log10(said.log10[fitting[said.rows]], int(fitting.sum()))
        return np.full(len(said.rows), surprise <= _SURPRISE_LOG10 or index in self.always)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Decoded sizes, 0 where a value does not decode, and which values are independent; shapes [size].

    `lengths` are the distinct sizes.
    """

    sizes: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    independent: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, decoded: pl.Series) -> "_Shape":
        sizes = decoded.bin.size().fill_null(0).cast(pl.Int64).to_numpy()
        return cls(sizes, np.unique(sizes), independent(decoded))

    def fits(self, layout: Layout) -> npt.NDArray[np.bool_]:
        """Independent values that can be of this layout."""
        return (
            np.isin(self.sizes, [size for size in self.lengths if layout.fits(int(size))]) & self.independent
        )


def _openings(
    values: Views,
    tried: Sequence[Hypothesis],
    secret_tags: SecretTags,
    fitting: Mapping[int, npt.NDArray[np.bool_]],
    worth: _Worth,
) -> dict[int, Openings]:
    parts: dict[int, list[Opened]] = {}
    tags: dict[int, list[npt.NDArray[np.uint64]]] = {}
    for opened in try_keys(values, tried, worth):
        parts.setdefault(opened.hypothesis, []).append(replace(opened, plain=opened.plain[:0]))
        tags.setdefault(opened.hypothesis, []).append(secret_tags.of(opened.plain, opened.lengths))
    gathered = {}
    for index, of_index in parts.items():
        log10 = np.concatenate([each.log10 for each in of_index])
        gathered[index] = Openings(
            rows=np.concatenate([each.rows for each in of_index]),
            log10=log10,
            last_log10=np.concatenate([each.last_log10 for each in of_index]),
            tags=np.concatenate(tags[index]),
            explained=hardly_chance(log10, int(fitting[index].sum())),
        )
    return gathered
