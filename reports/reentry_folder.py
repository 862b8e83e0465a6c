"""The folder that `reentry` writes: lists, a workbook of them all, and for each team how to go about it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl

from audit.cloudbees.reentry import ectool_script
from reports.files import atomic_file
from reports.list_names import list_names
from reports.reentry import write_reentry_lists
from audit.octopus.reentry import octopus_steps
from reports.workbook import write_workbook

WORKBOOK: Final = "reentry.xlsx"


def write_reentry_folder(folder: Path, lists: dict[str, pl.DataFrame]) -> None:
    """`<team>.csv`, `reentry.xlsx`, `<team>.sh` for CloudBees CD and `<team>.txt` for Octopus Deploy.

    Files of the same names are replaced, everything else in the folder stays. Without a list nothing but the
    folder is made.

    Args:
        folder: where they go.
        lists: what `reports.reentry.reentry_lists` made.

    Raises:
        OutputError: something cannot be written.
    """
    write_reentry_lists(folder, lists)
    names = list_names(lists)
    for team, rows in lists.items():
        for name, text in _texts(team, names[team], rows).items():
            with atomic_file(folder / name) as file:
                file.write(text.encode())
    if lists:
        with atomic_file(folder / WORKBOOK) as file:
            write_workbook(lists, file)


def _texts(team: str, name: str, rows: pl.DataFrame) -> Mapping[str, str]:
    of_cloudbees = rows.filter(pl.col("system") == "cloudbees-cd")
    of_octopus = rows.filter(pl.col("system") == "octopus")
    texts = {}
    if of_cloudbees.height:
        texts[f"{name}.sh"] = ectool_script(team, name, of_cloudbees)
    if of_octopus.height:
        texts[f"{name}.txt"] = octopus_steps(team, of_octopus)
    return texts
