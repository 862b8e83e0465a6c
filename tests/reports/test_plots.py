"""The pictures as SVG inside a page."""

from collections.abc import Callable
from importlib import resources
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from matplotlib.figure import Figure

from reports.answer import ProjectCounts, project_counts
from reports.plots import (
    LABELS_SHOWN,
    PROJECTS_SHOWN,
    PlottedRun,
    burn_down_svg,
    keys_figure,
    projects_figure,
)
from reports.summary import KeyPeriod
from reports.svg import inline_svg
from reports.timeline import LANES_SHOWN, lanes, timeline_figure
from reports.wording import FINDINGS, VERDICTS
from tests.reports.example_run import HOSTILE_NAMES, example_run

RUN = example_run(300)
DRAWINGS: dict[str, Callable[[], Figure | None]] = {
    "keys": lambda: keys_figure(RUN.summary),
    "projects": lambda: projects_figure(project_counts(RUN.credentials)),
    "timeline": lambda: timeline_figure(RUN.summary, RUN.findings),
}


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg)  # our own output, a few kilobytes
    return ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("text")]


def drawn(draw: Callable[[], Figure | None]) -> str:
    svg = inline_svg(draw, "name", "description")
    assert svg is not None
    return svg


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_plot_takes_its_looks_from_the_page(name: str) -> None:
    """Same bytes each time, well-formed, small, with the page's colours and fonts, and without a date."""
    svg = inline_svg(DRAWINGS[name], name, 'a "quoted" <description>')
    assert svg == inline_svg(DRAWINGS[name], name, 'a "quoted" <description>')
    assert svg is not None
    root = ET.fromstring(svg)
    assert root.attrib["aria-label"] == 'a "quoted" <description>'
    assert "#0" not in svg.replace("&#0", "")
    assert "font-family" not in svg
    assert "<metadata" not in svg
    assert len(svg) < 150_000


def test_ids_of_two_plots_differ() -> None:
    """Pictures stand in one page: no id of one is an id of another."""
    ids = []
    for name, draw in DRAWINGS.items():
        root = ET.fromstring(str(inline_svg(draw, name, "")))
        ids.append({node.attrib["id"] for node in root.iter() if "id" in node.attrib})
    assert not (ids[0] & ids[1] | ids[0] & ids[2] | ids[1] & ids[2])


def test_labels_are_text() -> None:
    """Hostile project names neither end the picture nor are read as mathematics; long ones are cut."""
    projects = [ProjectCounts(name[:30], {"lost": 2}, 2) for name in HOSTILE_NAMES[:PROJECTS_SHOWN]]
    labels = texts(drawn(lambda: projects_figure(projects)))
    assert "$\\foo{$ and \\frac{1}{2}" in labels
    assert "<script>window.attacked=1</scr" in labels
    assert r"line\nbreak\r\ttab" in labels
    long = [ProjectCounts("p" * 100 + "<!-- -->", {"lost": 1}, 1)]
    assert max(map(len, texts(drawn(lambda: projects_figure(long))))) < 40


def test_key_labels_are_text() -> None:
    """A key called as a formula is shown as it is called."""
    labels = texts(drawn(DRAWINGS["keys"]))
    assert "$\\foo{" in labels
    assert "passkey (in use)" in labels


def test_many_keys_become_others() -> None:
    """A folder of old backups may hold hundreds of keys: those that open least are one bar."""
    key = RUN.summary.keys[1]
    keys = [key.model_copy(update={"label": f"k{number}", "opens": 100 - number}) for number in range(17)]
    labels = texts(drawn(lambda: keys_figure(RUN.summary.model_copy(update={"keys": keys}))))
    assert "2 other keys" in labels
    assert "169" in labels  # the 85 and 84 of the last two
    assert "k15" not in labels


def test_many_projects_become_others() -> None:
    """Beyond the first fifteen, projects are one bar that sums them up."""
    projects = [ProjectCounts(f"p{number}", {"lost": 1, "current": 3}, 1) for number in range(40)]
    labels = texts(drawn(lambda: projects_figure(projects)))
    assert "25 other projects" in labels
    assert "p14" in labels
    assert "p15" not in labels


def test_every_verdict_and_kind_has_a_colour() -> None:
    """The page's style has two colours for each verdict and kind of finding: by day and by night."""
    style = resources.files("reports").joinpath("templates/report.css").read_text()
    for name in [f"--verdict-{verdict}:" for verdict in VERDICTS] + [
        f"--finding-{kind}:" for kind in FINDINGS
    ]:
        assert style.count(name) == 2, name


def test_each_passkey_has_a_lane() -> None:
    """Lanes are named by key file or fingerprint; the upgrade is marked, and what lies outside says so."""
    labels = texts(drawn(DRAWINGS["timeline"]))
    assert {"passkey", "passkey-9.1", "missing: 3e7d1f0a9b…", "upgrade 2021-03-06"} <= set(labels)
    assert "named on 2014-05-25, outside of these logs" in labels


@pytest.mark.parametrize(
    ("begin", "end", "now", "basis", "bar", "marks"),
    [
        ("", "1970-01-05", False, "history", (2.0, 4.0), ()),
        ("1970-01-04", "1970-01-05", True, "history", (3.0, 9.0), ()),
        ("1970-01-01", "1970-01-02", False, "history", None, ()),
        ("1970-02-01", "1970-02-02", False, "history", None, ()),
        ("1970-01-05", "1970-01-06", False, "sightings", None, (4.0, 5.0)),
        ("1970-01-01", "1970-01-06", False, "sightings", None, (5.0,)),
    ],
)
def test_lanes_are_cut_to_what_is_shown(
    begin: str, end: str, *, now: bool, basis: str, bar: tuple[float, float] | None, marks: tuple[float, ...]
) -> None:
    """A period reaches from its begin, if known, to its end, or on if it is in use; sightings are points."""
    period = KeyPeriod(fingerprint="f" * 40, label="k", begin=begin, end=end, now=now, basis=basis)
    (lane,) = lanes([period], 2, 9)
    assert (lane.bar, lane.marks) == (bar, marks)
    assert bool(lane.outside) == (bar is None and not marks)


def test_lanes_without_a_date_are_left_out() -> None:
    """What has no date has no place in the picture, and of many passkeys the latest are drawn."""
    period = RUN.summary.periods[1]
    many = [period.model_copy(update={"end": f"20{number}-01-01"}) for number in range(10, 30)]
    assert lanes([period.model_copy(update={"end": ""})], 0, 9) == []
    assert len(lanes(many, 0, 9)) == LANES_SHOWN


def test_without_periods_there_are_no_lanes() -> None:
    """Octopus Deploy has no history of keys: the timeline stands alone."""
    alone = RUN.summary.model_copy(update={"periods": [], "upgrades": []})
    assert "passkey" not in texts(drawn(lambda: timeline_figure(alone, RUN.findings)))


def test_kinds_of_the_user_are_shown() -> None:
    """Entries of a kind that users added with their own phrases stand in the picture too."""
    findings = RUN.findings.with_columns(kind=pl.lit("my-own-kind"))
    assert "other phrases" in texts(drawn(lambda: timeline_figure(RUN.summary, findings)))


@pytest.mark.parametrize("time", ["", "soon", "2021-13-45T00:00:00.000"])
def test_without_a_time_there_is_no_timeline(time: str) -> None:
    """Findings without a readable time are left out; if there are no others, so is the picture."""
    findings = RUN.findings.with_columns(time=pl.lit(time))
    assert inline_svg(lambda: timeline_figure(RUN.summary, findings), "t", "") is None


@pytest.mark.parametrize(
    "time", ["2021-03-04T05:06:07.089", "2023-03-23 12:25:07.6074", "2021-03-04T05:06:07+02:00"]
)
def test_a_single_moment_has_a_timeline(time: str) -> None:
    """One finding, in either product's way to write time, and no span: still a picture."""
    findings = RUN.findings.head(1).with_columns(time=pl.lit(time))
    empty = RUN.summary.model_copy(
        update={"span": RUN.summary.span.model_copy(update={"first": "", "last": "", "gaps": []})}
    )
    assert "log entries" in texts(drawn(lambda: timeline_figure(empty, findings)))


@pytest.mark.parametrize("runs", [1, 2, 5, 100])
def test_any_number_of_runs(runs: int) -> None:
    """Each run has its bar and, where there is room, its name and number; the bytes are the same."""
    plotted = [
        PlottedRun(f"run {n}", {"re-enter": 2000 - n, "re-encrypt": 10, "none": 5}) for n in range(runs)
    ]
    svg = burn_down_svg(plotted)
    assert svg == burn_down_svg(plotted)
    shown = texts(svg)
    assert "2,010" in shown
    assert sum(text.startswith("run ") for text in shown) == runs if runs <= LABELS_SHOWN else 20
    assert "date" not in svg.lower()
    assert "#00000" not in svg


def test_names_are_text() -> None:
    """A folder may be called anything; the picture stays a picture."""
    shown = texts(burn_down_svg([PlottedRun(name[:30], {"re-enter": 1}) for name in HOSTILE_NAMES[:12]]))
    assert "$\\foo{$ and \\frac{1}{2}" in shown


def test_nothing_left_to_do() -> None:
    """At the end of the burn-down there is an axis, and a zero."""
    assert "0" in texts(burn_down_svg([PlottedRun("a", {}), PlottedRun("b", {"none": 3})]))
