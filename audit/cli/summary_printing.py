"""The summary on the terminal: the answer first."""

import sys

import polars as pl
import typer

from audit.run_audit import Audited
from audit.verdict import Action, Verdict
from reports.summary import Disagreements, SpanSummary
from reports.tables import TableFormat, write_table
from reports.terminal import visible


def print_summary(audited: Audited) -> None:
    """How many of which verdict, who must act, which key is missing."""
    summary = audited.run.summary
    rows = [
        {"verdict": verdict, "credentials": count, "action": Verdict(verdict).action.value}
        for verdict, count in summary.verdicts.items()
    ]
    schema = {"verdict": pl.String, "credentials": pl.Int64, "action": pl.String}
    write_table(pl.DataFrame(rows, schema=schema), TableFormat.TABLE, None, sys.stdout)
    typer.echo(f"{summary.total} stored values; the verdicts add up")
    for key in summary.keys:
        typer.echo(visible(f"key {key.label}: opens {key.opens}{', current' if key.current else ''}"))
        if key.remark:
            typer.echo(visible(f"key {key.label}: {key.remark}"))
    for missing in summary.missing_keys:
        saves = f"would save up to {missing.saves_up_to} from re-entry; " if missing.saves_up_to else ""
        typer.echo(visible(f"missing key {missing.fingerprint}: {saves}{missing.advice}"))
    for team, count in _teams(audited.run.credentials):
        typer.echo(visible(f"{team}: {count} to re-enter"))
    for rule in summary.ignored:
        told = "expired, ignores nothing" if rule.expired else f"ignores {rule.credentials}"
        typer.echo(visible(f"ignore rule {rule.pattern}, until {rule.expires}: {told}"))
    found = sum(summary.findings.values())
    if found or any(each.lines is not None for each in summary.inputs):
        typer.echo(f"{found} log entries and places tell of it")
    if summary.disagreements:
        _print_disagreements(summary.disagreements, summary.span)


def _print_disagreements(told: Disagreements, span: SpanSummary) -> None:
    """Where logs and store contradict each other; the logs' span bounds what their silence means."""
    covered = f" ({span.first[:10]} to {span.last[:10]})" if span.first else ""
    for count, what in (
        (told.logged_but_opens, "reported in the logs, and open today: entered again or restored"),
        (
            told.lost_but_not_logged,
            f"lost or damaged, and never logged{covered}: will fail at their next use",
        ),
        (told.logged_but_not_stored, "reported in the logs, and in no store: deleted, renamed, or elsewhere"),
    ):
        if count:
            typer.echo(f"logs against store: {count} {what}")


def _teams(credentials: pl.DataFrame) -> list[tuple[str, int]]:
    lost = credentials.filter(pl.col("action") == Action.RE_ENTER)
    return lost["owner"].value_counts(sort=True).sort("count", "owner", descending=[True, False]).rows()
