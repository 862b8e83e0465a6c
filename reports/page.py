"""`report.html`: the run as one page that needs no network."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reports import wording
from reports.answer import ProjectCounts, project_counts, reentry, sealed_projects, team_work
from reports.key_table import key_rows
from reports.page_data import data_block, page_rows
from reports.product_guide import guides_of
from reports.run import Run
from reports.server_findings import LISTED, server_findings
from reports.terminal import visible
from reports.wording import question_in_words, settling_steps

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PROJECTS_LISTED: Final = 200
NOT_STORED_LISTED: Final = 100


def render_page(run: Run) -> Iterator[str]:
    """The page in pieces; foreign text in it is text, whatever it holds. The same run gives the same page.

    Raises:
        UnknownProductError: the run has a product without a guide.
    """
    guides = guides_of(run.guides, run.summary.system)
    single_kinds = sorted({kind for guide in guides.values() for kind in guide.single_kinds})
    scripts = [_asset("vendor/tabulator.min.js"), _asset("report.js")]
    rows = page_rows(run.credentials, run.findings, single_kinds=single_kinds)
    projects = project_counts(run.credentials)
    teams = team_work(run.credentials)
    about_servers = server_findings(run.findings)
    template = _environment().get_template("report.html.j2")
    return template.generate(
        summary=run.summary,
        unread=run.unread.to_dicts(),
        guides=guides,
        systems_with_lost=set(run.credentials.filter(verdict="lost")["system"]),
        teams=teams,
        reentry=reentry(teams),
        projects=projects[:PROJECTS_LISTED],
        projects_left_out=len(projects[PROJECTS_LISTED:]),
        keys=key_rows(run.summary),
        sealed_projects=sealed_projects(run.credentials),
        logs_name_credentials=bool(run.credentials["findings"].sum()),
        not_stored=run.not_stored.head(NOT_STORED_LISTED).to_dicts(),
        not_stored_left_out=run.not_stored[NOT_STORED_LISTED:].height,
        server_findings=about_servers.head(LISTED).to_dicts(),
        server_findings_left_out=about_servers[LISTED:].height,
        plots=_plots(run, projects),
        rows=rows,
        data=data_block(rows, single_kinds),
        wording=wording,
        question_in_words=question_in_words,
        settling_steps=settling_steps,
        scripts=scripts,
        script_sources=" ".join(map(_source, scripts)),
        styles=[_asset("vendor/tabulator_simple.min.css"), _asset("report.css")],
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["visible"] = visible
    environment.filters["code"] = _with_code
    environment.filters["number"] = lambda count: f"{count:,}"
    return environment


def _with_code(text: str) -> Markup:
    """Text of ours as HTML; what is in backticks is code."""
    return Markup(re.sub("`([^`]*)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped first


def _plots(run: Run, projects: Sequence[ProjectCounts]) -> dict[str, Markup]:
    """The pictures by name, as far as there is something to show."""
    from reports.plots import keys_figure, projects_figure
    from reports.svg import inline_svg
    from reports.timeline import timeline_figure

    drawings: dict[str, tuple[Callable[[], Figure | None], str]] = {
        "keys": (lambda: keys_figure(run.summary), "Bar chart: how many credentials each key opens"),
        "projects": (lambda: projects_figure(projects), "Bar chart: verdicts by project"),
        "timeline": (
            lambda: timeline_figure(run.summary, run.findings),
            "Bar chart: log entries over time, and above it when each key was in use",
        ),
    }
    plots = {name: inline_svg(draw, name, description) for name, (draw, description) in drawings.items()}
    return {name: plot for name, plot in plots.items() if plot is not None}


def _asset(name: str) -> Markup:
    """A file that ships with this package: it goes into the page as it is."""
    return Markup(resources.files("reports").joinpath("templates", name).read_text("utf-8"))  # noqa: S704


def _source(script: str) -> str:
    """How a content security policy names an inline script: by its digest."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
