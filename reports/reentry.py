"""What each team has to enter again."""

from typing import Final

import polars as pl

from reports.instructions import how_to_reenter
from reports.schema import REENTRY

UNASSIGNED: Final = "unassigned"
"""The team of credentials without an owner."""


def reentry_lists(credentials: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """A frame in the `REENTRY` schema for each team that has something to enter again.

    Only rows whose action is `re-enter`, sorted by location; teams in the order of their names.
    """
    rows = credentials.filter(pl.col("action") == "re-enter").sort("location", "store", "record")
    team = pl.when(pl.col("owner") == "").then(pl.lit(UNASSIGNED)).otherwise("owner").alias("team")
    instructions = pl.Series("how_to_reenter", _instructions(rows), pl.String)
    lists = rows.with_columns(team, instructions, done=pl.lit("")).select(REENTRY.names())
    parts = lists.sort("team", maintain_order=True).partition_by("team", maintain_order=True)
    return {part["team"][0]: part for part in parts}


def _instructions(rows: pl.DataFrame) -> list[str]:
    named = rows.select("system", "kind", "project", "name", "user_name", "location")
    return [how_to_reenter(**row) for row in named.iter_rows(named=True)]
