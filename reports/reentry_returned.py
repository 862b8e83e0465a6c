"""Lists that teams gave back: read leniently, since spreadsheets save them in many ways."""

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reports.errors import ReturnedListError
from reports.reentry_sheets import sheets_of
from reports.spreadsheet import unprotected

LONGEST: Final = 256 * 2**20
"""Bytes of a list that is read at all: some 700,000 secrets."""

_CSV: Final = {".csv", ".tsv"}
_WORKBOOKS: Final = {".xlsx", ".xlsm"}
_OTHER_SPREADSHEETS: Final = {".xls", ".xlsb", ".ods", ".numbers"}
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DELIMITERS: Final = ",;\t|"
_NEEDED: Final = ("location", "done")
# A cell of these says that it is not done; everything else is a tick, in whatever language.
_NOT_DONE: Final = {"", "no", "n", "not yet", "false", "0", "-", "open", "todo", "☐", "[ ]"}

_LONGEST_CELL: Final = 131_072
"""Characters of a cell: far more than a list ever has."""


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row of a list that came back.

    Attributes:
        path: the list.
        system: "" where the list has lost that column.
        location: where the secret is.
        cell: the location as it stands in the list: one saved from the workbook has unprotected cells.
        team: who gave it back, as the list says.
        done: the cell as it stands there.
    """

    path: str
    system: str
    location: str
    cell: str
    team: str
    done: str

    @property
    def claimed(self) -> bool:
        """Whether the team says that it is done."""
        return self.done.strip().casefold() not in _NOT_DONE


@dataclass(frozen=True, slots=True)
class UnreadList:
    """A list that could not be read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReturnedLists:
    """What the teams gave back."""

    rows: tuple[ReturnedRow, ...]
    unread: tuple[UnreadList, ...]


def read_returned_lists(folder: Path) -> ReturnedLists:
    """Every CSV file and workbook in the folder and below it; links are not followed.

    Delimiter, encoding, byte-order mark, order and number of columns may have changed; `location` and `done`
    must be there. Spreadsheets of other formats are named as unread; other files are not lists.

    Raises:
        ReturnedListError: the folder cannot be read, or holds no list.
    """
    rows: list[ReturnedRow] = []
    unread: list[UnreadList] = []
    paths = _files(folder)
    if not paths:
        raise ReturnedListError(
            f"no list in {str(folder)!r}",
            hint="name the folder with the lists that teams gave back, as CSV or .xlsx",
        )
    for path in paths:
        try:
            rows += _read(path)
        except ReturnedListError as error:
            unread.append(UnreadList(_printable(path), error.message))
    return ReturnedLists(tuple(rows), tuple(unread))


def _printable(path: Path) -> str:
    """The path as text that a frame can hold, whatever bytes it is made of."""
    return os.fsencode(path).decode(errors="backslashreplace")


def _files(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        reason = (error.strerror or type(error).__name__).lower()
        raise ReturnedListError(f"cannot read {error.filename!r}: {reason}") from error

    found = [
        Path(parent, name)
        for parent, _, names in os.walk(folder, onerror=refuse)
        for name in names
        if not name.startswith((".", "~$"))  # lock files of open spreadsheets
    ]
    return sorted(path for path in found if path.suffix.lower() in _CSV | _WORKBOOKS | _OTHER_SPREADSHEETS)


def _read(path: Path) -> list[ReturnedRow]:
    suffix, content = path.suffix.lower(), _content(path)
    if suffix in _WORKBOOKS:
        # Whoever fills in a workbook may have added sheets of their own.
        tables = [sheet for sheet in sheets_of(content) if sheet and not _missing(_header(sheet[0]))]
        if not tables:
            raise ReturnedListError("no sheet with the columns of a list")
        return [row for table in tables for row in _rows(_printable(path), iter(table))]
    if suffix in _OTHER_SPREADSHEETS:
        raise ReturnedListError("not CSV and no .xlsx workbook: save each sheet as CSV UTF-8")
    try:
        return list(_rows(_printable(path), _csv(_text(content))))
    except csv.Error as error:
        raise ReturnedListError(f"not readable CSV: {error}") from error


def _content(path: Path) -> bytes:
    try:
        if path.is_symlink() or not path.is_file():
            raise ReturnedListError("not a regular file")
        if path.stat().st_size > LONGEST:
            raise ReturnedListError(f"longer than {LONGEST} bytes")
        return path.read_bytes()
    except OSError as error:
        raise ReturnedListError((error.strerror or type(error).__name__).lower()) from error


def _text(content: bytes) -> str:
    encodings = [encoding for mark, encoding in _MARKS if content.startswith(mark)] or ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ReturnedListError(f"not text in {' or '.join(encodings)}: save it as CSV UTF-8")


def _csv(text: str) -> Iterator[list[str]]:
    first = re.match(r"[^\r\n]*", text)
    line = first[0] if first else ""
    if found := re.fullmatch(r'"?sep=(.)"?', line):  # how Excel is told the delimiter
        delimiter, text = found[1], text[len(line) :].lstrip("\r\n")
    else:
        delimiter = max(_DELIMITERS, key=line.count)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
        if any(len(cell) > _LONGEST_CELL for cell in row):  # the module's own limit is everybody's
            raise ReturnedListError(f"not readable CSV: a cell longer than {_LONGEST_CELL}")
        yield row


def _rows(path: str, table: Iterator[list[str]]) -> Iterator[ReturnedRow]:
    header = _header(next(table, []))
    if missing := _missing(header):
        raise ReturnedListError(f"no column {missing!r}")
    for cells in table:
        row = _by_column(header, cells)
        if row["location"]:
            yield ReturnedRow(
                path=path,
                system=row.get("system", "").strip(),
                location=unprotected(row["location"]),
                cell=row["location"],
                team=unprotected(row.get("team", "")),
                done=row["done"],
            )


def _header(cells: Iterable[str]) -> list[str]:
    return [cell.strip().casefold() for cell in cells]


def _missing(header: Sequence[str]) -> str:
    return next((column for column in _NEEDED if column not in header), "")


def _by_column(header: Sequence[str], cells: Iterable[str]) -> dict[str, str]:
    # Spreadsheets leave empty cells at a row's end away.
    return dict.fromkeys(header, "") | dict(zip(header, cells, strict=False))
