"""Lists that teams gave back, as spreadsheets save them."""

import csv
import io
import os
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.errors import ReturnedListError
from reports.reentry import reentry_lists, write_workbook
from reports.reentry_returned import ReturnedRow, read_returned_lists
from reports.reentry_sheets import sheets_of
from reports.schema import REENTRY
from reports.tables import write_csv
from tests.reports.example_run import GUIDES, HOSTILE_NAMES, example_run

LISTS = reentry_lists(example_run(300).credentials.with_columns(action=pl.lit("re-enter")), GUIDES)
ODD = (*HOSTILE_NAMES, "=1+1", "'=1+1", "''x", "'x", "\t=1", "＝1", "a;b,c|d\te", '"', "_x0041_")  # noqa: RUF001


def listed(*locations: str, done: str = "") -> pl.DataFrame:
    rows = [dict.fromkeys(REENTRY.names(), "") | {"location": place, "done": done} for place in locations]
    return pl.DataFrame(rows, schema=REENTRY)


def content_of(rows: pl.DataFrame) -> str:
    file = io.BytesIO()
    write_csv(rows, file)
    return file.getvalue().decode()


def saved(text: str, *, delimiter: str, line_end: str = "\r\n") -> str:
    """As another program writes the same cells, columns in another order and one added in front."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    order = [*reversed(range(len(header)))]
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(["Notes", *(f" {header[place].title()}" for place in order)])
    writer.writerows(["", *(row[place] for place in order)] for row in rows)
    return file.getvalue()


def read_one(folder: Path, content: bytes, name: str = "team.csv") -> tuple[ReturnedRow, ...]:
    (folder / name).write_bytes(content)
    returned = read_returned_lists(folder)
    assert returned.unread == ()
    return returned.rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_however_it_was_saved(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """Delimiter, encoding, mark, line ends and columns do not matter: every location reads back exactly."""
    text = saved(content_of(listed(*ODD, done="x")), delimiter=delimiter)
    rows = read_one(tmp_path, text.encode(encoding))
    assert [row.location for row in rows] == list(ODD)
    assert all(row.claimed for row in rows)


def test_the_delimiter_may_be_named_in_front(tmp_path: Path) -> None:
    """As Excel does with `sep=`."""
    rows = read_one(tmp_path, b"sep=;\r\nlocation;done\r\n/a,b;yes\r\n")
    assert [(row.location, row.done) for row in rows] == [("/a,b", "yes")]


def test_windows_1252_and_old_macintosh_line_ends(tmp_path: Path) -> None:
    """What is not UTF-8 is taken for what Excel calls CSV in western Europe."""
    rows = read_one(tmp_path, "location;done\r/projects/Müller/credentials/€;ja\r".encode("cp1252"))
    assert [row.location for row in rows] == ["/projects/Müller/credentials/€"]


@settings(deadline=None)
@given(
    locations=st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
)
def test_every_list_reads_back(locations: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the locations hold."""
    rows = read_one(tmp_path_factory.mktemp("lists"), content_of(listed(*locations)).encode())
    assert [row.location for row in rows] == locations


@pytest.mark.parametrize(
    ("done", "claimed"),
    [
        *((done, True) for done in ("x", "ja", "2021-04-01", "✓", "TRUE", "1")),
        *((done, False) for done in ("", "  ", "No", "FALSE", "0", "not yet")),
    ],
)
def test_what_is_a_tick(done: str, claimed: bool) -> None:
    """Anything but nothing and no."""
    assert ReturnedRow("", "", "", "", "", done).claimed is claimed


def test_short_rows(tmp_path: Path) -> None:
    """Cells that a spreadsheet left away at a row's end are empty; rows without a location are none."""
    rows = read_one(tmp_path, b"team,location,done\nA,/x\nB\n\nC,/y,x\n")
    assert [(row.team, row.location, row.done) for row in rows] == [("A", "/x", ""), ("C", "/y", "x")]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "no column 'location'"),
        ("a.csv", b"location,owner\n/x,A\n", "no column 'done'"),
        ("a.csv", b'location,done\n"/x,x\n', "not readable CSV"),
        ("a.csv", b"location,done\n" + b"x" * 200_000, "not readable CSV"),
        ("a.csv", b"\xff\xfel", "not text in utf-16"),
        ("a.csv", b"location,done\n/\x81,x", "not text in utf-8 or cp1252"),
        ("a.ods", b"PK", "save each sheet as CSV"),
        ("a.xlsx", b"location,done\n", "not a readable workbook"),
        ("a.XLSX", b"PK\x05\x06" + bytes(18), "no sheet with the columns of a list"),
    ],
)
def test_lists_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    """Each is named with its reason, and the others are read."""
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.csv").write_bytes(b"location,done\n/x,\n")
    returned = read_returned_lists(tmp_path)
    assert [row.location for row in returned.rows] == ["/x"]
    (unread,) = returned.unread
    assert unread.path == str(tmp_path / name)
    assert reason in unread.reason


def test_what_is_no_list(tmp_path: Path) -> None:
    """Scripts, steps, hidden and lock files are passed over; folders are entered; links and FIFOs are not."""
    (tmp_path / "payments").mkdir()
    (tmp_path / "payments" / "list.CSV").write_bytes(b"location,done\n/x,x\n")
    for name in ("team.sh", "team.txt", "team.log", ".hidden.csv", "~$team.xlsx"):
        (tmp_path / name).write_text("location,done\n/y,x\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "payments" / "list.CSV")
    os.mkfifo(tmp_path / "pipe.csv")
    returned = read_returned_lists(tmp_path)
    assert [row.location for row in returned.rows] == ["/x"]
    assert [Path(each.path).name for each in returned.unread] == ["link.csv", "pipe.csv"]
    assert {each.reason for each in returned.unread} == {"not a regular file"}


def test_names_of_files_that_are_no_text(tmp_path: Path) -> None:
    """They are told with escapes: a frame holds nothing else."""
    (tmp_path / os.fsdecode(b"\xff.csv")).write_bytes(b"location,done\n/x,x\n")
    (tmp_path / os.fsdecode(b"\xfe.csv")).write_bytes(b"")
    returned = read_returned_lists(tmp_path)
    assert [row.path for row in returned.rows] == [f"{tmp_path}/\\xff.csv"]
    assert [each.path for each in returned.unread] == [f"{tmp_path}/\\xfe.csv"]


def test_our_own_workbook(tmp_path: Path) -> None:
    """The workbook as it was written holds every row of every team, unticked."""
    file = io.BytesIO()
    write_workbook(LISTS, file)
    rows = read_one(tmp_path, file.getvalue(), "reentry.xlsx")
    assert [row.cell for row in rows] == pl.concat(LISTS.values())["location"].to_list()
    assert not any(row.claimed for row in rows)


def test_a_workbook_that_another_program_saved(tmp_path: Path) -> None:
    """Ticks of any type, an added sheet, moved columns, cells left out: read from what openpyxl writes."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Done", None, "location", "team"])
    sheet.append([True, None, "/a", "T"])
    sheet.append([1, "note", "/b"])
    sheet.append([None, None, "/c\nd & <e>"])
    sheet.append(["=1+1", None, "/e"])
    book.create_sheet("Notes").append(["remember the milk"])
    book.create_sheet("Empty")
    file = io.BytesIO()
    book.save(file)
    rows = read_one(tmp_path, file.getvalue(), "team.xlsx")
    told = [(row.location, row.done, row.team) for row in rows]
    assert told == [("/a", "true", "T"), ("/b", "1", ""), ("/c\nd & <e>", "", ""), ("/e", "", "")]


def workbook(sheet: str, shared: str = "") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", sheet)
        if shared:
            parts.writestr("xl/sharedStrings.xml", shared)
    return file.getvalue()


def test_texts_of_a_workbook() -> None:
    """Runs of one text are joined, how it is pronounced is left out, prefixes do not matter."""
    shared = (
        "<x:sst xmlns:x='y'><x:si><x:r><x:t>a</x:t></x:r><x:r><x:t>b</x:t></x:r>"
        "<x:rPh><x:t>no</x:t></x:rPh></x:si><x:si><x:t>_x005F_x0041__x000D__xD800_</x:t></x:si></x:sst>"
    )
    cells = "<c t='s'><v>0</v></c><c t='s'><v>1</v></c><c r='D1' t='inlineStr'><is><t>i</t></is></c>"
    sheet = f"<worksheet><sheetData><row>{cells}</row></sheetData></worksheet>"
    assert sheets_of(workbook(sheet, shared)) == [[["ab", "_x0041_\r_xD800_", "", "i"]]]


@pytest.mark.parametrize(
    "content",
    [
        workbook('<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><row><c><v>&a;</v></c></row></worksheet>'),
        workbook("<worksheet><row><c r='ÄÖ1'><v>1</v></c></row></worksheet>"),
        workbook("<worksheet><row><c t='s'><v>7</v></c></row></worksheet>"),
        workbook("<worksheet><c><v>7</v></c></worksheet>"),
        workbook("<worksheet>"),
        workbook("<worksheet/>")[:60],
    ],
)
def test_workbooks_that_are_none(content: bytes) -> None:
    """One error of ours, whatever is wrong."""
    with pytest.raises(ReturnedListError):
        sheets_of(content)


def test_a_workbook_that_grows() -> None:
    """What unpacks to more than a workbook may have is stopped, all its parts counted together."""
    parts = "<worksheet>" + " " * 2**20 + "</worksheet>"
    assert len(workbook(parts, parts)) < 2**13
    assert sheets_of(workbook(parts, parts), longest=2**21 + 100) == [[]]
    with pytest.raises(ReturnedListError, match="more than"):
        sheets_of(workbook(parts, parts), longest=2**21)
