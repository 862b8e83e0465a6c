"""The lists of secrets that each team has to enter again, as files and as a workbook."""

import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Final

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


SHEET_NAME_LENGTH: Final = 31
CELL_LENGTH: Final = 32_767
SHEET_ROWS: Final = 1_048_575
"""Excel's limits: characters of a sheet's name and of a cell, rows below the header."""

_CUT: Final = " … (cut)"
# A time of its own would make the same lists other bytes.
_CREATED: Final = datetime(2000, 1, 1)  # noqa: DTZ001  # the format knows no zones
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDTHS: Final = {"location": 60, "reason": 40, "how_to_reenter": 80, "project": 25, "name": 25}


def write_workbook(
    lists: Mapping[str, pl.DataFrame], file: IO[bytes], *, sheet_rows: int = SHEET_ROWS
) -> None:
    """A sheet for each team in the order given, its rows as they are; the same lists give the same bytes.

    A list that is longer than a sheet goes on in a further one; a longer text than a cell holds is cut, and
    says so.

    Args:
        lists: frames in the `REENTRY` schema by team, at least one.
        file: where the workbook goes.
        sheet_rows: how many rows a sheet takes.

    Raises:
        OSError: the file cannot be written.
    """
    from xlsxwriter import Workbook  # a run folder has lists, but no workbook

    content = io.BytesIO()
    with Workbook(content, _OPTIONS) as book:
        book.set_properties({"title": "Secrets to enter again", "created": _CREATED})
        heading = book.add_format({"bold": True, "bottom": 1})
        pieces = [(team, piece) for team, rows in lists.items() for piece in rows.iter_slices(sheet_rows)]
        for name, (_, piece) in zip(sheet_names(team for team, _ in pieces), pieces, strict=True):
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, piece.height, len(REENTRY) - 1)
            for place, column in enumerate(REENTRY.names()):
                sheet.set_column(place, place, _WIDTHS.get(column, 16))
                sheet.write_string(0, place, column, heading)
                for row, text in enumerate(piece[column], start=1):
                    if text:
                        sheet.write_string(row, place, _fitting(text))
    file.write(content.getbuffer())


def sheet_names(teams: Iterable[str]) -> Iterator[str]:
    r"""A name for each sheet, near to its team's: unique whatever the case, and one that Excel takes.

    Excel refuses more than 31 characters, `[]:*?/\`, `'` at either end, and `History`.
    """
    taken = {"history"}
    for team in teams:
        plain = re.sub(r"[\[\]:*?/\\]|[^ -\U0010ffff]|[\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "_", team)
        plain = plain.strip("' ") or "team"
        number, name = 1, _cut(plain, "")
        while name.casefold() in taken:
            number += 1
            name = _cut(plain, f" ({number})")
        taken.add(name.casefold())
        yield name


def _cut(name: str, ending: str) -> str:
    room = SHEET_NAME_LENGTH - len(ending)
    while len(name.encode("utf-16-le")) > 2 * room:  # Excel counts UTF-16 units
        name = name[:-1]
    return (name.rstrip("' ") or "team") + ending


def _fitting(text: str) -> str:
    if len(text.encode("utf-16-le")) <= 2 * CELL_LENGTH:
        return text
    room = 2 * (CELL_LENGTH - len(_CUT))
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + _CUT
