"""The picture of log evidence over time, against upgrades, holes, and the periods of each passkey."""

from typing import TYPE_CHECKING, Final

import polars as pl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reports.days import day_of, days
from reports.key_lanes import draw_lanes, lanes
from reports.plots import WIDTH, legend_above
from reports.summary import Summary, UpgradeSummary
from reports.svg import FAINT, FINDING_COLOURS, INK
from reports.wording import FINDINGS, OTHER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BINS: Final = 72
_HOUR: Final = 1 / 24
_LANE: Final = 0.3
_BARS: Final = 2.9
"""Inches of height."""
_UPGRADES_NAMED: Final = 6


def timeline_figure(summary: Summary, findings: pl.DataFrame) -> Figure | None:
    """Log entries stacked by kind, a lane for each passkey above them; upgrades marked, holes hatched.

    None where no finding has a time. Time is counted in days, as matplotlib does.
    """
    kind = pl.when(pl.col("kind").is_in(list(FINDINGS))).then("kind").otherwise(pl.lit(OTHER)).alias("kind")
    dated = findings.select(kind, when=days(pl.col("time"))).drop_nulls()
    if dated.is_empty():
        return None
    first, last = _span(summary, dated["when"])
    above = lanes(summary.periods, first, last)
    heights = [_LANE * len(above) + 0.1, _BARS] if above else [_BARS]
    figure = Figure(figsize=(WIDTH, sum(heights) + 0.6), layout="constrained")
    *upper, axes = figure.subplots(
        len(heights), sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights}
    )[:, 0]
    for each in upper:
        draw_lanes(each, above, first, last)
    axes.xaxis_date()
    _stack(axes, dated, first, (last - first) / _BINS)
    for start, end in ((day_of(start), day_of(end)) for start, end in summary.span.gaps):
        if start is not None and end is not None:
            axes.axvspan(start, end, facecolor="none", edgecolor=FAINT, hatch="////", linewidth=0, zorder=0)
    axes.set_xlim(first, last)
    _mark_upgrades([*upper, axes], summary.upgrades)
    axes.set_ylabel("log entries")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.grid(axis="y")
    legend_above(figure, dated["kind"].n_unique())
    return figure


def _stack(axes: "Axes", dated: pl.DataFrame, first: float, width: float) -> None:
    bin_of = ((pl.col("when") - first) / width).floor().cast(pl.Int64).clip(0, _BINS - 1)
    binned = dated.group_by("kind", position=bin_of).len().sort("position")
    bottom = [0] * _BINS
    for kind in FINDINGS:
        bars = binned.filter(pl.col("kind") == kind)
        positions, heights = bars["position"].to_list(), bars["len"].to_list()
        if positions:
            axes.bar(
                [first + position * width for position in positions],
                heights,
                width,
                [bottom[position] for position in positions],
                align="edge",
                color=FINDING_COLOURS[kind],
                label=FINDINGS[kind],
            )
        for position, height in zip(positions, heights, strict=True):
            bottom[position] += height


def _mark_upgrades(all_axes: "list[Axes]", upgrades: list[UpgradeSummary]) -> None:
    """A band and a line for each in sight: most are too short to be seen as a band."""
    first, last = all_axes[-1].get_xlim()
    for number, upgrade in enumerate(upgrades):
        begin, end = day_of(upgrade.begin), day_of(upgrade.end)
        if begin is None or not first <= begin <= last:
            continue
        for axes in all_axes:
            axes.axvline(begin, color=INK, linewidth=1, linestyle=(0, (4, 3)))
            if end is not None and end > begin:
                axes.axvspan(begin, end, facecolor=INK, alpha=0.12, linewidth=0)
        if number < _UPGRADES_NAMED:
            all_axes[-1].annotate(
                f"upgrade {upgrade.begin[:10]}",
                (begin, 1),
                xycoords=("data", "axes fraction"),
                xytext=(6, -2 - 12 * number),  # one below the other: upgrades may stand close
                textcoords="offset points",
                va="top",
                fontsize=9,
                parse_math=False,
            )


def _span(summary: Summary, when: pl.Series) -> tuple[float, float]:
    """What the logs cover, with every finding; never empty."""
    ends = (summary.span.first, summary.span.last)
    covered = [day for text in ends if (day := day_of(text)) is not None]
    first, last = min([*covered, *when]), max([*covered, *when])
    return (first, last) if last > first else (first - _HOUR, last + _HOUR)
