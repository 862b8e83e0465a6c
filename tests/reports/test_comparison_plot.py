"""The burn-down as a file."""

from xml.etree import ElementTree as ET

import pytest

from reports.plots import LABELS_SHOWN, PlottedRun, burn_down_svg
from tests.reports.example_run import HOSTILE_NAMES


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter() if node.tag.endswith("text")]


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
