"""What each team has to enter again."""

from pathlib import Path
from typing import Final

import polars as pl

from reports.files import atomic_file, private_folder
from reports.instructions import how_to_reenter
from reports.list_names import list_names
from reports.schema import REENTRY
from reports.tables import write_csv

UNASSIGNED: Final = "unassigned"
"""The team of credentials without an owner."""


def reentry_lists(credentials: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """A frame in the `REENTRY` schema for each team that has something to enter again.

    Only rows whose action is `re-enter`, in the order of where to click: system, project, location; teams in
    the order of their names.
    """
    to_enter = credentials.filter(pl.col("action") == "re-enter")
    rows = to_enter.sort("system", "project", "location", "store", "record")
    team = pl.when(pl.col("owner") == "").then(pl.lit(UNASSIGNED)).otherwise("owner").alias("team")
    instructions = pl.Series("how_to_reenter", _instructions(rows), pl.String)
    lists = rows.with_columns(team, instructions, done=pl.lit("")).select(REENTRY.names())
    parts = lists.sort("team", maintain_order=True).partition_by("team", maintain_order=True)
    return {part["team"][0]: part for part in parts}


def write_reentry_lists(folder: Path, lists: dict[str, pl.DataFrame]) -> list[Path]:
    """One CSV for each team; a list of the same name is replaced, everything else in the folder stays.

    Raises:
        OutputError: something cannot be written.
    """
    if not folder.is_dir():
        private_folder(folder)
    paths = {team: folder / f"{name}.csv" for team, name in list_names(lists).items()}
    for team, path in paths.items():
        with atomic_file(path) as file:
            write_csv(lists[team], file)
    return list(paths.values())


def _instructions(rows: pl.DataFrame) -> list[str]:
    named = rows.select("system", "kind", "project", "name", "user_name", "location")
    return [how_to_reenter(**row) for row in named.iter_rows(named=True)]
