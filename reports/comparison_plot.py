"""The burn-down: what needs attention, from run to run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reports.plots import WIDTH, legend_above, short_label
from reports.svg import standalone_svg
from reports.wording import ACTIONS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABELS_SHOWN: Final = 24
"""Names of runs under the picture; of more runs every second, third, … has its name."""

_LEVEL_LABELS: Final = 4
"""More of them would run into each other."""

_COLOURS: Final = {"re-enter": "#c8472b", "investigate": "#7d8799", "re-encrypt": "#e0a21b"}


@dataclass(frozen=True, slots=True)
class PlottedRun:
    """A run as the picture shows it: what it is called, and how many credentials need which action."""

    label: str
    actions: dict[str, int]


def burn_down_svg(runs: Sequence[PlottedRun]) -> str:
    """A bar for each run, in their order, stacked by action; the same runs give the same bytes."""
    return standalone_svg(
        lambda: _figure(runs), "burn-down", "Bar chart: credentials that need attention, run by run"
    )


def _figure(runs: Sequence[PlottedRun]) -> Figure:
    figure = Figure(figsize=(WIDTH, 4.2), layout="constrained", facecolor="white")
    axes = figure.add_subplot()
    axes.grid(axis="y")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.set_ylabel("credentials that need attention")
    totals = [0] * len(runs)
    for action, colour in _COLOURS.items():
        counts = [run.actions.get(action, 0) for run in runs]
        axes.bar(range(len(runs)), counts, bottom=totals, width=0.7, color=colour, label=ACTIONS[action])
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
    axes.set_ylim(0, max(1, *totals) * 1.1)
    _label(axes, runs, totals)
    legend_above(figure, len(_COLOURS))
    return figure


def _label(axes: "Axes", runs: Sequence[PlottedRun], totals: Sequence[int]) -> None:
    step = -(-len(runs) // LABELS_SHOWN)
    places = range(0, len(runs), step)
    for place in places:
        axes.text(place, totals[place], f"{totals[place]:,}", va="bottom", ha="center")
    axes.set_xticks(places, [short_label(runs[place].label) for place in places], parse_math=False)
    if len(runs) > _LEVEL_LABELS:
        axes.tick_params(axis="x", labelrotation=35)
        for label in axes.get_xticklabels():
            label.set_horizontalalignment("right")
