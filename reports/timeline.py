"""The picture of log evidence over time, against what the logs cover and when keys were last used."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import polars as pl
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reports.plots import WIDTH, legend_above, short_label
from reports.summary import Summary
from reports.svg import FAINT, FINDING_COLOURS, INK
from reports.wording import FINDINGS, OTHER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BINS: Final = 72
_HOUR: Final = 1 / 24
_EPOCH: Final = datetime.fromisoformat("1970-01-01")


def timeline_figure(summary: Summary, findings: pl.DataFrame) -> Figure | None:
    """Log entries stacked by kind; holes in the logs hatched, a key's last use as a line.

    None where no finding has a time. Time is counted in days, as matplotlib does.
    """
    kind = pl.when(pl.col("kind").is_in(list(FINDINGS))).then("kind").otherwise(pl.lit(OTHER)).alias("kind")
    dated = findings.select(kind, when=_days(pl.col("time"))).drop_nulls()
    if dated.is_empty():
        return None
    first, last = _span(summary, dated["when"])
    figure = Figure(figsize=(WIDTH, 3.4), layout="constrained")
    axes = figure.add_subplot()
    axes.xaxis_date()
    _stack(axes, dated, first, (last - first) / _BINS)
    for start, end in ((_day(start), _day(end)) for start, end in summary.span.gaps):
        if start is not None and end is not None:
            axes.axvspan(start, end, facecolor="none", edgecolor=FAINT, hatch="////", linewidth=0)
    _mark(axes, _last_uses(summary, first, last))
    axes.set_xlim(first, last)
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


def _mark(axes: "Axes", marks: Sequence[tuple[float, str]]) -> None:
    for number, (when, label) in enumerate(marks):
        axes.axvline(when, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.annotate(
            label,
            (when, 1),
            xycoords=("data", "axes fraction"),
            xytext=(9, -2 - 12 * (number % 6)),  # one below the other: marks may stand close
            textcoords="offset points",
            va="top",
            fontsize=9,
            parse_math=False,
        )


def _last_uses(summary: Summary, first: float, last: float) -> list[tuple[float, str]]:
    labels = {key.fingerprint: key.label for key in summary.keys}
    marks = {
        (day, short_label(f"last use of {labels.get(met.fingerprint, met.fingerprint[:8])}"))
        for met in summary.fingerprints
        if (day := _day(met.when)) is not None and first <= day <= last
    }
    return sorted(marks)


def _span(summary: Summary, days: pl.Series) -> tuple[float, float]:
    """What the logs cover, with every finding; never empty."""
    covered = [day for text in (summary.span.first, summary.span.last) if (day := _day(text)) is not None]
    first, last = min([*covered, *days]), max([*covered, *days])
    return (first, last) if last > first else (first - _HOUR, last + _HOUR)


def _days(text: pl.Expr) -> pl.Expr:
    """Days since 1970 of local time, to the second; null for text that is no time."""
    moment = text.str.slice(0, 19).str.replace(" ", "T").str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False)
    return moment.dt.epoch("s") / 86_400


def _day(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text[:19]).replace(tzinfo=None)
    except ValueError:
        return None
    return (moment - _EPOCH).total_seconds() / 86_400
