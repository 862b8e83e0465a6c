"""The pictures: what each key opens, verdicts by project, and the burn-down from run to run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reports.answer import ProjectCounts
from reports.summary import Summary
from reports.svg import VERDICT_COLOURS, standalone_svg
from reports.terminal import visible
from reports.wording import ACTIONS, VERDICTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KEYS_SHOWN: Final = 15
PROJECTS_SHOWN: Final = 15
WIDTH: Final = 11.5
"""Inches, of every picture."""
_LABEL_LENGTH: Final = 34
_WITHOUT_KEY: Final = ("lost", "damaged", "unknown", "ambiguous")


def keys_figure(summary: Summary) -> Figure | None:
    """One bar for each key, as long as what it opens, and one for each verdict where none opens."""
    keys = sorted(summary.keys, key=lambda key: (not key.current, -key.opens, key.label))
    bars = [
        (
            f"{key.label} (in use)" if key.current else key.label,
            "current" if key.current else "older-key",
            key.opens,
        )
        for key in keys[:KEYS_SHOWN]
    ]
    others = keys[KEYS_SHOWN:]
    if others:
        bars.append((_others(len(others), "key"), "older-key", sum(key.opens for key in others)))
    bars += [
        (f"no key ({verdict})", verdict, count)
        for verdict in VERDICTS
        if verdict in _WITHOUT_KEY and (count := summary.verdicts.get(verdict, 0))
    ]
    if not bars:
        return None
    figure, axes = _horizontal(len(bars))
    for row, (_, verdict, count) in enumerate(bars):
        axes.barh(row, count, height=0.66, color=VERDICT_COLOURS[verdict])
        axes.annotate(f"{count:,}", (count, row), xytext=(5, 0), textcoords="offset points", va="center")
    _label_rows(axes, [label for label, _, _ in bars])
    axes.margins(x=0.1)
    return figure


def projects_figure(projects: Sequence[ProjectCounts]) -> Figure | None:
    """Verdicts by project as stacked bars: those with most to act on, and all others as one."""
    if not projects:
        return None
    shown = projects[:PROJECTS_SHOWN]
    bars = [(project.project or "(server)", project.verdicts) for project in shown]
    others = projects[PROJECTS_SHOWN:]
    if others:
        bars.append((_others(len(others), "project"), _sum([project.verdicts for project in others])))
    figure, axes = _horizontal(len(bars), legend=True)
    present = [verdict for verdict in VERDICTS if any(verdicts.get(verdict) for _, verdicts in bars)]
    left = [0] * len(bars)
    for verdict in present:
        counts = [verdicts.get(verdict, 0) for _, verdicts in bars]
        axes.barh(
            range(len(bars)), counts, left=left, height=0.7, color=VERDICT_COLOURS[verdict], label=verdict
        )
        left = [start + count for start, count in zip(left, counts, strict=True)]
    _label_rows(axes, [label for label, _ in bars])
    legend_above(figure, len(present))
    return figure


def _horizontal(bars: int, *, legend: bool = False) -> tuple[Figure, "Axes"]:
    figure = Figure(figsize=(WIDTH, 0.7 + 0.32 * bars + 0.5 * legend), layout="constrained")
    axes = figure.add_subplot()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.grid(axis="x")
    axes.spines["bottom"].set_visible(False)
    return figure, axes


def _label_rows(axes: "Axes", labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), [short_label(label) for label in labels], parse_math=False)
    axes.set_ylim(len(labels) - 0.5, -0.5)


def legend_above(figure: Figure, entries: int) -> None:
    """The legend in a line of its own, or in a few."""
    figure.legend(loc="outside upper left", ncols=min(entries, 5), frameon=False, fontsize=10, handlelength=1)


def short_label(label: str) -> str:
    """Foreign text as a label: visible, and cut where it is long."""
    shown = visible(label)
    return shown if len(shown) <= _LABEL_LENGTH else shown[: _LABEL_LENGTH - 1] + "…"


def _others(number: int, what: str) -> str:
    return f"1 other {what}" if number == 1 else f"{number} other {what}s"


def _sum(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    return {verdict: sum(count.get(verdict, 0) for count in counts) for verdict in VERDICTS}


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
