"""What teams entered again, on the terminal: by team, and each secret that is claimed in vain."""

import sys

import polars as pl
import typer

from audit.reentered import CLAIMED_IN_VAIN, ReentryState
from reports.tables import TableFormat, write_table


def print_reentered(table: pl.DataFrame) -> None:
    """Counts for each team, then the secrets that are ticked and cannot be opened.

    Args:
        table: what `audit.reentered.reconcile` made.
    """
    counts = [(pl.col("state") == state.value).sum().alias(state.value) for state in ReentryState]
    typer.echo("entered again, by team:")
    write_table(table.group_by("team").agg(counts).sort("team"), TableFormat.TABLE, None, sys.stdout)
    in_vain = table.filter(pl.col("state").is_in([state.value for state in CLAIMED_IN_VAIN]))
    if in_vain.height:
        typer.echo("ticked, and cannot be opened:")
        columns = ("state", "team", "system", "location", "verdict", "done", "list")
        write_table(in_vain.select(columns), TableFormat.TABLE, None, sys.stdout)
