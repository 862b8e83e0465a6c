"""The workbook with a sheet for each team."""

import io
import zipfile

import openpyxl
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from reports.reentry import CELL_LENGTH, SHEET_ROWS, reentry_lists, sheet_names, write_workbook
from reports.schema import REENTRY
from tests.reports.example_run import GUIDES, example_run

LISTS = reentry_lists(example_run(300).credentials.with_columns(action=pl.lit("re-enter")), GUIDES)
EVIL = (
    *("=1+1", "+1", "-1", "@SUM(1)", "\t=1", "'=1", "''", "＝1", "{=1+1}"),  # noqa: RUF001
    '=HYPERLINK("http://evil.example","x")',
    *("http://evil.example", "mailto:a@example.com", "internal:Sheet1!A1", "007", "1e5", "TRUE", "#REF!"),
    *("_x0041_", "a\x01b", "x\ufffey", "<b>&amp;</b>", " spaces ", "l1\nl2", "密码 \U0001f511", ""),
)


def row(name: str, team: str = "T") -> dict[str, str]:
    return dict.fromkeys(REENTRY.names(), "") | {"team": team, "name": name, "location": f"/x/{name}"}


def content(lists: dict[str, pl.DataFrame], sheet_rows: int = SHEET_ROWS) -> bytes:
    file = io.BytesIO()
    write_workbook(lists, file, sheet_rows=sheet_rows)
    return file.getvalue()


def unescaped(cell: object) -> str:
    """As written: openpyxl leaves the escapes of control characters as they stand in the file."""
    return str(cell or "").replace("_x001B_", "\x1b").replace("_x0007_", "\x07")


def test_a_sheet_for_each_team_with_its_rows() -> None:
    """Another program reads the same cells, sheet by sheet, in the order of the teams."""
    lists = {team: rows for team, rows in LISTS.items() if not rows["name"].str.contains("\r").any()}
    book = openpyxl.load_workbook(io.BytesIO(content(lists)))
    assert book.sheetnames == list(sheet_names(lists))
    for sheet, rows in zip(book, lists.values(), strict=True):
        header, *read = sheet.iter_rows(values_only=True)
        assert list(header) == REENTRY.names()
        assert [tuple(map(unescaped, cells)) for cells in read] == rows.rows()


def test_cells_are_text_and_nothing_else() -> None:
    """No formula, link, number, date or truth value, whatever the text looks like."""
    written = content({"T": pl.DataFrame([row(name) for name in EVIL], schema=REENTRY)})
    with zipfile.ZipFile(io.BytesIO(written)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert not any("_rels/sheet" in name or "calcChain" in name for name in parts.namelist())
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert sheet.count("<c ") == sheet.count('t="s"')
    names = [cells[5].value or "" for cells in openpyxl.load_workbook(io.BytesIO(written))["T"].iter_rows()]
    assert len(names) == len(EVIL) + 1
    plain = [(told, name) for told, name in zip(names[1:], EVIL, strict=True) if name.isprintable()]
    assert [told.replace("_x005F_x", "_x") for told, _ in plain] == [name for _, name in plain]


def test_the_same_lists_give_the_same_bytes() -> None:
    """No time of writing stands in it, not even in the archive."""
    assert content(LISTS) == content(LISTS)
    with zipfile.ZipFile(io.BytesIO(content(LISTS))) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in parts.read("docProps/core.xml")


def test_limits_of_a_sheet() -> None:
    """A longer list goes on in a further sheet, a longer text is cut and says so."""
    rows = pl.DataFrame([row("🔑" * CELL_LENGTH), row("b"), row("c")], schema=REENTRY)
    book = openpyxl.load_workbook(io.BytesIO(content({"T": rows}, sheet_rows=2)))
    assert book.sheetnames == ["T", "T (2)"]
    cut = book["T"]["F2"].value
    assert len(cut.encode("utf-16-le")) <= 2 * CELL_LENGTH
    assert cut.endswith("🔑 … (cut)")
    assert [cell.value for cell in book["T (2)"]["F"]] == ["name", "c"]


@given(st.lists(st.text(max_size=40) | st.sampled_from(["a", "A", "History", "''", "a/b", "a:b", "x" * 40])))
def test_sheet_names_are_unique_and_allowed(teams: list[str]) -> None:
    """At most 31 UTF-16 units, none of Excel's forbidden characters, no apostrophe at an end, not History."""
    names = list(sheet_names(teams))
    assert len({name.casefold() for name in names}) == len(names) == len(teams)
    for name in names:
        assert 0 < len(name.encode("utf-16-le")) <= 62
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.casefold() != "history"
