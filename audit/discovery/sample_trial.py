"""Everything that was tried on the sample, and what it gave."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.discovery.evidence import Openings, hardly_chance, surprise_log10
from audit.discovery.sample import independent
from audit.layouts.layout import Layout, Mode
from audit.trial.hypothesis import Hypothesis
from audit.trial.last_blocks import LastBlockScores
from audit.trial.opened import OpenedValues
from audit.trial.same_secret import SecretTags
from audit.trial.try_keys import try_keys
from audit.trial.views import View, Views

_FEW: Final = 512
"""Values that are tried first: a layout of one in a hundred shows in them already."""

_SURPRISE_LOG10: Final = -1.0
"""One wrong hypothesis in ten is looked at in vain. None that could be established is left out: that takes a
thousandth of a thousandth, and the last blocks of a text say at least as much as they do within it."""


@dataclass(slots=True)
class SampleTrial:
    """Everything that was tried on the sample, and what it gave.

    A few of the values show which hypotheses explain most of them. These are tried on all; the others, which
    are nearly all of the thousands, only on what is left then.

    Attributes:
        tried: the hypotheses.
        views: the values.
        fitting: independent values that can be of a hypothesis' layout at all, by its place; shapes [size].
        always: places of those that are looked at whatever they open.
        openings: by the hypothesis' place.
        waiting: places of those that were not tried on all of the values.
        surprise: log10 of the chance of what last blocks show, by the place of those that were screened.
    """

    tried: Sequence[Hypothesis]
    views: Views
    secret_tags: SecretTags
    fitting: Mapping[int, npt.NDArray[np.bool_]]
    always: frozenset[int]
    openings: dict[int, Openings] = field(default_factory=dict)
    waiting: Sequence[int] = ()
    surprise: dict[int, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        views: Views,
        tried: Sequence[Hypothesis],
        secret_tags: SecretTags,
        proven: Callable[[Hypothesis], bool],
    ) -> "SampleTrial":
        """Try them on a few values, and what shows there on all.

        Args:
            views: the values.
            tried: the hypotheses.
            secret_tags: recognises equal plain texts.
            proven: whether a known plain text has proven a hypothesis; such are looked at whatever they open.
        """
        always = frozenset(index for index, each in enumerate(tried) if proven(each))
        trial = cls(tried, views, secret_tags, _fitting(views, tried), always)
        everything = range(len(tried))
        few = np.arange(trial.size) % max(1, trial.size // _FEW) == 0
        shown = trial._tried_on(everything, few)
        if few.all():
            trial.openings = shown
        else:
            asked = shown.keys() | always
            trial.openings = trial._tried_on(sorted(asked), np.ones(trial.size, np.bool_))
            trial.waiting = [index for index in everything if index not in asked]
        return trial

    @property
    def size(self) -> int:
        """How many values there are."""
        return self.views.frame.height

    def unexplained(self, established: Iterable[int]) -> npt.NDArray[np.bool_]:
        """Rows that neither these hypotheses, by place, nor what a text has proven opens; shape [size]."""
        left = np.ones(self.size, np.bool_)
        for index in (*established, *self.always):
            if index in self.openings:
                left[self.openings[index].rows[self.openings[index].explained]] = False
        return left

    def try_others(self, remaining: npt.NDArray[np.bool_]) -> bool:
        """Try what showed nothing among the few on what remains; whether there was anything to do."""
        asked, self.waiting = self.waiting, ()
        if not asked or not remaining.any():
            return False
        self.openings |= self._tried_on(asked, remaining)
        return True

    def try_best(self, count: int) -> None:
        """Look at this many of those whose last blocks show next to nothing: how far the data go."""
        ranked = sorted(self.surprise.keys() - self.openings, key=lambda place: (self.surprise[place], place))
        everything = np.ones(self.size, np.bool_)
        self.openings |= self._tried_on(sorted(ranked[:count]), everything, at_most=math.inf)

    def _tried_on(
        self, asked: Sequence[int], chosen: npt.NDArray[np.bool_], *, at_most: float = _SURPRISE_LOG10
    ) -> dict[int, Openings]:
        """What these hypotheses open of the chosen values, by their places in `tried`.

        Looked at further are those that surprise by their last blocks, at most by `at_most`.
        """
        views = self.views if chosen.all() else Views(self.views.frame.filter(pl.Series(chosen)))
        rows = np.flatnonzero(chosen)
        fitting: dict[int, npt.NDArray[np.bool_]] = {}  # by the mask: hypotheses of one form share it
        counts: dict[int, int] = {}

        def fitting_rows(place: int) -> tuple[npt.NDArray[np.bool_], int]:
            mask = self.fitting[asked[place]]
            if id(mask) not in fitting:
                fitting[id(mask)] = mask[rows]
                counts[id(mask)] = int(fitting[id(mask)].sum())
            return fitting[id(mask)], counts[id(mask)]

        def worth(place: int, scores: LastBlockScores) -> npt.NDArray[np.bool_]:
            """All the survivors of a hypothesis, or none: where last blocks say no more than chance gives.

            Opening what else passes their padding would be nearly all the work.
            """
            fits, count = fitting_rows(place)
            surprise = surprise_log10(scores.log10[fits[scores.rows]], count)
            self.surprise[asked[place]] = surprise
            return np.full(len(scores.rows), surprise <= at_most or asked[place] in self.always)

        parts: dict[int, list[OpenedValues]] = {}
        tags: dict[int, list[npt.NDArray[np.uint64]]] = {}
        for opened in try_keys(views, [self.tried[index] for index in asked], worth):
            parts.setdefault(opened.hypothesis, []).append(replace(opened, plain=opened.plain[:0]))
            tags.setdefault(opened.hypothesis, []).append(self.secret_tags.of(opened.plain, opened.lengths))
        gathered = {}
        for place, of_place in parts.items():
            log10 = np.concatenate([each.log10 for each in of_place])
            gathered[asked[place]] = Openings(
                rows=rows[np.concatenate([each.rows for each in of_place])],
                log10=log10,
                last_log10=np.concatenate([each.last_log10 for each in of_place]),
                tags=np.concatenate(tags[place]),
                explained=hardly_chance(log10, fitting_rows(place)[1]),
            )
        return gathered


def _fitting(views: Views, tried: Sequence[Hypothesis]) -> dict[int, npt.NDArray[np.bool_]]:
    by_view: dict[View, _Shape] = {}
    by_form: dict[tuple[View, bool, int], npt.NDArray[np.bool_]] = {}
    by_layout: dict[int, npt.NDArray[np.bool_]] = {}  # by identity: thousands of hypotheses share some dozens
    of_tried = {}
    for index, each in enumerate(tried):
        layout = each.layout
        if id(layout) not in by_layout:
            view = View.of(layout)
            form = view, layout.mode is Mode.GCM, layout.overhead  # few, where there are hundreds of layouts
            if form not in by_form:
                shape = by_view[view] if view in by_view else by_view.setdefault(view, _Shape.of(views[view]))
                by_form[form] = shape.fits(layout)
            by_layout[id(layout)] = by_form[form]
        of_tried[index] = by_layout[id(layout)]
    return of_tried


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
