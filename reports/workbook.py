"""`reentry.xlsx`: all lists in one workbook, a sheet for each team; every cell is text, and nothing else."""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import IO, Final

import polars as pl
from xlsxwriter import Workbook

from reports.schema import REENTRY

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
