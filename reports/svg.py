"""A matplotlib figure as SVG that stands inside a page and takes its colours and font from it."""

import io
import re
import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import matplotlib as mpl
from markupsafe import Markup

from reports.wording import FINDINGS, VERDICTS

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

INK: Final = "#000001"
FAINT: Final = "#000002"
_DARK: Final = "#1f2733"
_GREY: Final = "#d0d6df"


def _placeholders(prefix: str, names: Mapping[str, str]) -> dict[str, str]:
    return {name: f"#{prefix}{number:02x}" for number, name in enumerate(names, start=1)}


VERDICT_COLOURS: Final = _placeholders("0001", VERDICTS)
FINDING_COLOURS: Final = _placeholders("0002", FINDINGS)
"""Placeholders that become the page's own colours, so that a plot is right in the light and in the dark."""

_STYLE: "Final[dict[RcKeyType, object]]" = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": FAINT,
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "figure.facecolor": "none",
    "font.size": 11,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.6,
    "xtick.color": INK,
    "xtick.major.size": 0,
    "ytick.color": INK,
    "ytick.major.size": 0,
}
_NO_METADATA: Final = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def inline_svg(draw: Callable[[], "Figure | None"], name: str, description: str) -> Markup | None:
    """Draws, and gives the same bytes for the same figure; None where there was nothing to draw.

    `name` keeps the ids of several plots in one page apart; `description` is what a screen reader says. Text
    in labels is text: nothing in it is taken for mathematics.
    """
    svg = _drawn(draw, name)
    return None if svg is None else _themed(svg, name, description)


def standalone_svg(draw: Callable[[], "Figure"], name: str, description: str) -> str:
    """The same as a file of its own, with ink on white paper instead of a page's colours."""
    body = _body(_drawn(draw, name) or "").replace(INK, _DARK).replace(FAINT, _GREY)
    return f"{_labelled(body, description)}\n"


def _drawn(draw: "Callable[[], Figure | None]", salt: str) -> str | None:
    buffer = io.StringIO()
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()  # whatever a file of settings says: the page looks the same everywhere
        mpl.rcParams.update(_STYLE)
        mpl.rcParams["svg.hashsalt"] = salt
        # The font is only measured here. What it lacks, the reader's browser has.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = draw()
        if figure is None:
            return None
        figure.savefig(buffer, format="svg", metadata=_NO_METADATA)
    return buffer.getvalue()


def _themed(svg: str, name: str, description: str) -> Markup:
    body = _body(svg).replace(INK, "currentColor").replace(FAINT, "var(--line)")
    for prefix, colours in (("verdict", VERDICT_COLOURS), ("finding", FINDING_COLOURS)):
        for label, colour in colours.items():
            body = body.replace(colour, f"var(--{prefix}-{label})")
    # Ids that matplotlib counts up (`text_1`) would occur once in each plot.
    body = re.sub(r' id="([\w.]+_\d+)"', rf' id="{name}-\1"', body)
    return _labelled(re.sub(r" font-family: [^;\"]*;", "", body), description)


def _body(svg: str) -> str:
    return re.sub(
        r"<metadata>.*?</metadata>|<style .*?</style>", "", svg[svg.index("<svg") :], flags=re.DOTALL
    )


def _labelled(body: str, description: str) -> Markup:
    label = Markup('<svg role="img" aria-label="{}" class="plot"').format(description)
    return Markup(label + Markup(body.removeprefix("<svg")))  # noqa: S704  # matplotlib escapes its text
