"""`report.html`: the run as one page that needs no network."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Final

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from reports import wording
from reports.answer import ProjectCounts, project_counts, reentry, sealed_projects, team_work
from reports.key_table import key_rows
from reports.product_guide import guides_of
from reports.run import Run
from reports.terminal import visible
from reports.wording import ACTIONS, question_in_words, settling_steps

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LISTED: Final = 50
_LISTED_LENGTH: Final = 400
_ABOUT: Final = (
    "passkey-mismatch",
    "wrong-master-key",
    "rotation-error",
    "key-generated",
    "clear-text-key",
    "uncovered",
)
_ALIKE: Final = ("kind", "node", "database_fingerprint", "file_fingerprint", "said")


def server_findings(findings: pl.DataFrame) -> pl.DataFrame:
    """Alike findings as one, in the order of their kinds and times.

    Entries of a log are alike if kind, node and fingerprints are: a server that cannot start repeats itself.
    What was found without a log counts by its words.

    Returns:
        `kind`, `node`, `number`, `first`, `last`, and of the latest `place` and the first line of `message`.
    """
    place = pl.format("{}:{}", "source", "line").fill_null(pl.col("source"))
    said = pl.when(pl.col("time") == "").then("message").otherwise(pl.lit(""))
    about = findings.filter(pl.col("kind").is_in(_ABOUT)).with_columns(place=place, said=said)
    latest = [pl.col(name).last() for name in ("place", "message")]
    order = {kind: number for number, kind in enumerate(_ABOUT)}
    return (
        about.sort("time", "source", "line")
        .group_by(_ALIKE, maintain_order=True)
        .agg(
            pl.len().alias("number"),
            pl.col("time").first().alias("first"),
            pl.col("time").last().alias("last"),
            *latest,
        )
        .sort(pl.col("kind").replace_strict(order), maintain_order=True)
        .with_columns(message=_capped(pl.col("message").str.extract(r"^([^\n]*)")))
        .select("kind", "node", "number", "first", "last", "place", "message")
    )


def _capped(text: pl.Expr) -> pl.Expr:
    """Columns of blanks, with which logs fill their fields, as one."""
    line = text.str.replace_all(r"\s+", " ")
    long = line.str.len_chars() > _LISTED_LENGTH
    return pl.when(long).then(line.str.slice(0, _LISTED_LENGTH) + "…").otherwise(line)


ROW_LIMIT: Final = 200_000
"""Credentials that a page holds at most; beyond that only those that need action or contradict the logs."""

FINDING_LIMIT: Final = 20_000
_MESSAGE_LENGTH: Final = 2_000
_NO_ACTION: Final = list(ACTIONS).index("none")
_LEFT_OUT: Final = ("value_digest",)
_FINDING_COLUMNS: Final = ("kind", "subject_kind", "subject", "project", "time", "source", "line", "message")


@dataclass(frozen=True, slots=True, eq=False)
class PageRows:
    """What a page shows in its table, and how much it leaves out.

    Attributes:
        credentials: the rows of the table.
        left_out_open: credentials that need action, and are not among them.
        findings: the log entries that rows unfold, oldest first.
        total: credentials that the run has.
        total_findings: log entries that name something, in the run.
    """

    credentials: pl.DataFrame
    left_out_open: int
    findings: pl.DataFrame
    total: int
    total_findings: int


def page_rows(
    credentials: pl.DataFrame,
    findings: pl.DataFrame,
    *,
    single_kinds: Collection[str] = (),
    row_limit: int = ROW_LIMIT,
) -> PageRows:
    """The most urgent first; beyond the limit only those that need action or contradict the logs.

    Args:
        credentials: of the run.
        findings: of the run.
        single_kinds: kinds of which a server holds one: log entries about it need no name.
        row_limit: how many credentials the page holds at most.
    """
    need = credentials.select(urgency=_urgency("action"), contradicts=pl.col("disagreement") != "")
    need = need.with_row_index("row")
    if need.height > row_limit:
        need = need.filter((pl.col("urgency") < _NO_ACTION) | pl.col("contradicts"))
    ordered = need.sort("urgency", maintain_order=True)
    chosen = ordered["row"].head(row_limit)
    rows = credentials.drop(_LEFT_OUT)[chosen]
    names = (pl.col("subject") != "") | pl.col("subject_kind").is_in(sorted(single_kinds))
    named = findings.filter(names).select(_FINDING_COLUMNS)
    shown = named.sort("time", maintain_order=True).tail(FINDING_LIMIT)
    return PageRows(
        credentials=rows,
        left_out_open=int((ordered["urgency"].slice(row_limit) < _NO_ACTION).sum()),
        findings=shown.with_columns(pl.col("message").str.slice(0, _MESSAGE_LENGTH)),
        total=credentials.height,
        total_findings=named.height,
    )


def _urgency(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(list(ACTIONS), range(len(ACTIONS)), return_dtype=pl.Int8)


def data_block(rows: PageRows, single_kinds: Collection[str] = ()) -> Iterator[Markup]:
    """The rows as JSON for a `<script>` element, piece by piece: as a whole they would take much memory."""
    yield Markup('{"credentials":')
    yield from _packed(rows.credentials)
    yield Markup(',"findings":')
    yield from _packed(rows.findings)
    yield Markup(',"single_kinds":{}}}').format(json_block(sorted(single_kinds)))


def _packed(frame: pl.DataFrame) -> Iterator[Markup]:
    """The frame by columns; one that repeats itself as its values and, for each row, a number into them."""
    yield Markup('{{"height":{},"columns":{{').format(frame.height)
    for number, column in enumerate(frame):
        yield Markup("{}{}:{}").format(
            "," if number else "", json_block(column.name), json_block(_packed_column(column))
        )
    yield Markup("}}")


def _packed_column(column: pl.Series) -> dict[str, object]:
    values = column.unique(maintain_order=True)
    if 2 * len(values) > len(column):
        return {"values": column.to_list()}
    numbers = pl.DataFrame({"value": values}).with_row_index("number")
    codes = column.to_frame("value").join(
        numbers, on="value", how="left", nulls_equal=True, maintain_order="left"
    )
    return {"values": values.to_list(), "codes": codes["number"].to_list()}


def json_block(content: object) -> Markup:
    """JSON that can stand inside a `<script>` element: nothing in it ends the element or begins a comment."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  # made safe just above


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
