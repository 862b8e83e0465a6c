"""The lanes above the timeline: which passkey was in use when, as far as it is known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from reports.days import day_of
from reports.plots import short_label
from reports.summary import KeyPeriod
from reports.svg import INK, VERDICT_COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LANES_SHOWN: Final = 8
"""The latest; the page's table has all."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One passkey within the time that the picture shows.

    Attributes:
        label: beside the lane.
        colour: whether it is in use now, older, or missing.
        bar: from and to, clipped; None where it was not in use in this time, or nobody knows.
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
