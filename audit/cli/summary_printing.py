"""The summary on the terminal: the answer first."""

import sys

import polars as pl
import typer

from audit.run_audit import Audited
from audit.verdict import Action, Verdict
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
    for idle in audited.idle:
        typer.echo(visible(f"key {idle.label}: {idle.reason}"))
    for missing in audited.missing:
        typer.echo(visible(f"missing key {missing.fingerprint}: {missing.advice}"))
    for team, count in _teams(audited.run.credentials):
        typer.echo(visible(f"{team}: {count} to re-enter"))
    for rule in summary.ignored:
        told = "expired, ignores nothing" if rule.expired else f"ignores {rule.credentials}"
        typer.echo(visible(f"ignore rule {rule.pattern}, until {rule.expires}: {told}"))
    typer.echo(f"{sum(summary.findings.values())} log entries and places tell of it")


def _teams(credentials: pl.DataFrame) -> list[tuple[str, int]]:
    lost = credentials.filter(pl.col("action") == Action.RE_ENTER)
    return lost["owner"].value_counts(sort=True).sort("count", "owner", descending=[True, False]).rows()
