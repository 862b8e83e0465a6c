"""The picture of log evidence over time: entries, upgrades, holes, and a lane for each key above them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import polars as pl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reports.plots import WIDTH, legend_above, short_label
from reports.summary import KeyPeriod, Summary, UpgradeSummary
from reports.svg import FAINT, FINDING_COLOURS, INK, VERDICT_COLOURS
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


LANES_SHOWN: Final = 8
"""The latest; the page's table has all."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One passkey within the time that the picture shows.

    Attributes:
        label: next to the lane.
        colour: whether it is in use now, older, or missing.
        bar: from and to, clipped; None where it was not in use in this time, or that is not known.
        marks: days on which exports or logs name it.
        outside: what to write where nothing else is drawn, or "".
    """

    label: str
    colour: str
    bar: tuple[float, float] | None
    marks: tuple[float, ...]
    outside: str


def lanes(periods: Iterable[KeyPeriod], first: float, last: float) -> list[Lane]:
    """A lane for each passkey of which a date is known, in order of time."""
    dated = [period for period in periods if day_of(period.end) is not None]
    return [_lane(period, first, last) for period in dated[-LANES_SHOWN:]]


def _lane(period: KeyPeriod, first: float, last: float) -> Lane:
    begin, end = day_of(period.begin), day_of(period.end)
    bar: tuple[float, float] | None = None
    marks: tuple[float, ...] = ()
    if period.basis == "history":
        begin = first if begin is None else begin
        end = last if period.now or end is None else end
        bar = (max(begin, first), min(end, last)) if begin < last and end > first else None
    else:
        marks = tuple(sorted({day for day in (begin, end) if day is not None and first <= day <= last}))
    when = f"until {period.end[:10]}" if period.basis == "history" else f"named on {period.end[:10]}"
    return Lane(
        label=short_label(period.label) if period.label else f"missing: {period.fingerprint[:10]}…",
        colour=VERDICT_COLOURS[_state(period)],
        bar=bar,
        marks=marks,
        outside="" if bar or marks else f"{when}, outside of these logs",
    )


def _state(period: KeyPeriod) -> str:
    """The verdict whose colour it has."""
    if not period.label:
        return "lost"
    return "current" if period.now else "older-key"


def draw_lanes(axes: "Axes", drawn: Sequence[Lane], first: float, last: float) -> None:
    """The lanes from top to bottom."""
    for row, lane in enumerate(drawn):
        if lane.bar:
            axes.barh(row, lane.bar[1] - lane.bar[0], left=lane.bar[0], height=0.5, color=lane.colour)
        if lane.marks:
            axes.plot(lane.marks, [row] * len(lane.marks), "D", color=lane.colour, markersize=6)
        if lane.outside:
            axes.text(first + (last - first) / 100, row, lane.outside, va="center", fontsize=9, color=INK)
    axes.set_yticks(range(len(drawn)), [lane.label for lane in drawn], parse_math=False)
    axes.set_ylim(len(drawn) - 0.5, -0.5)
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="x", labelbottom=False)


_EPOCH: Final = datetime.fromisoformat("1970-01-01")


def days(text: pl.Expr) -> pl.Expr:
    """Days since 1970 of local time, to the second; null for text that is not a time."""
    moment = text.str.slice(0, 19).str.replace(" ", "T").str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False)
    return moment.dt.epoch("s") / 86_400


def day_of(text: str) -> float | None:
    """The same of one text; None for text that is not a time."""
    try:
        moment = datetime.fromisoformat(text[:19]).replace(tzinfo=None)
    except ValueError:
        return None
    return (moment - _EPOCH).total_seconds() / 86_400
