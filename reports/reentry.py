"""The lists of secrets that each team has to enter again, and the folder that `reentry` writes."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from reports.files import atomic_file, private_folder
from reports.product_guide import Guides, LostSecret, guide_of
from reports.schema import REENTRY
from reports.tables import write_csv

UNASSIGNED: Final = "unassigned"
"""The team of credentials without an owner."""

WORKBOOK: Final = "reentry.xlsx"

_NAME_LENGTH: Final = 60
# A file of these names, whatever its suffix, is a device on Windows.
_WINDOWS_DEVICES: Final = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


def reentry_lists(credentials: pl.DataFrame, guides: Guides) -> dict[str, pl.DataFrame]:
    """A frame in the `REENTRY` schema for each team that has something to enter again.

    Only rows whose action is `re-enter`, in the order of where to click: system, project, location; teams in
    the order of their names.

    Raises:
        UnknownProductError: a secret is of a product that has no guide.
    """
    to_enter = credentials.filter(pl.col("action") == "re-enter")
    rows = to_enter.sort("system", "project", "location", "store", "record")
    team = pl.when(pl.col("owner") == "").then(pl.lit(UNASSIGNED)).otherwise("owner").alias("team")
    instructions = pl.Series("how_to_reenter", _instructions(rows, guides), pl.String)
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


def write_reentry_folder(folder: Path, lists: dict[str, pl.DataFrame], guides: Guides) -> None:
    """`<team>.csv`, `reentry.xlsx`, and for each team the files of its products, such as `<team>.sh`.

    Files of the same names are replaced, everything else in the folder stays. Without a list nothing but the
    folder is made.

    Args:
        folder: where they go.
        lists: from `reentry_lists`.
        guides: of the products in the lists.

    Raises:
        OutputError: something cannot be written.
        UnknownProductError: a list holds a product that has no guide.
    """
    from reports.workbook import write_workbook  # loads the spreadsheet library, which a run folder needs not

    names = list_names(lists)
    texts = {team: _team_files(team, names[team], rows, guides) for team, rows in lists.items()}
    write_reentry_lists(folder, lists)
    for name, text in ((name, text) for files in texts.values() for name, text in files.items()):
        with atomic_file(folder / name) as file:
            file.write(text.encode())
    if lists:
        with atomic_file(folder / WORKBOOK) as file:
            write_workbook(lists, file)


def list_names(teams: Iterable[str]) -> dict[str, str]:
    """A file name without suffix for each team: `a-z`, `0-9` and `-` only, unique, at most 125 characters.

    Whatever a team is called, its list stays in the folder. Teams whose names come out alike get a digest of
    the name appended.
    """
    plain = {team: _plain(team) for team in sorted(set(teams))}
    uses = Counter(plain.values())
    names: dict[str, str] = {}
    taken: set[str] = set()
    for team, name in sorted(plain.items(), key=lambda item: uses[item[1]]):
        digest = hashlib.sha256(team.encode()).hexdigest()
        candidates = (name, f"{name}-{digest[:8]}", f"{name}-{digest}")[uses[name] > 1 :]
        names[team] = next(candidate for candidate in candidates if candidate not in taken)
        taken.add(names[team])
    return names


def _plain(team: str) -> str:
    letters = unicodedata.normalize("NFKD", team).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:_NAME_LENGTH].rstrip("-")
    if not name or _WINDOWS_DEVICES.fullmatch(name):
        return f"team-{name}".rstrip("-")
    return name


def _instructions(rows: pl.DataFrame, guides: Guides) -> list[str]:
    named = rows.select("kind", "project", "name", "user_name", "location")
    return [
        guide_of(guides, system).how_to_reenter(LostSecret(**row))
        for system, row in zip(rows["system"], named.iter_rows(named=True), strict=True)
    ]


def _team_files(team: str, name: str, rows: pl.DataFrame, guides: Guides) -> Mapping[str, str]:
    """The text of each file, by its name."""
    texts: dict[str, str] = {}
    for system in rows["system"].unique().sort():
        if (file := guide_of(guides, system).team_file) is None:
            continue
        # Two products may use one suffix. No other team's file has such a name: theirs hold no dot.
        taken = f"{name}{file.suffix}" in texts
        stem = f"{name}.{system}" if taken else name
        texts[f"{stem}{file.suffix}"] = file.text(team, stem, rows.filter(pl.col("system") == system))
    return texts
