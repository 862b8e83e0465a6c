"""The lists of what to enter again, and the folder that they go into."""

import io
import re
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.errors import UnknownProductError
from reports.product_guide import ProductGuide, TeamFile
from reports.reentry import (
    CELL_LENGTH,
    SHEET_ROWS,
    UNASSIGNED,
    list_names,
    reentry_lists,
    sheet_names,
    write_reentry_folder,
    write_reentry_lists,
    write_workbook,
)
from reports.schema import REENTRY
from reports.tables import read_csv
from tests.reports.example_run import GUIDES, example_run

CREDENTIALS = example_run(300).credentials


def test_every_secret_to_enter_again_is_in_one_list() -> None:
    """The lists together are the rows to re-enter, each once, under its team, sorted by where to click."""
    lists = reentry_lists(CREDENTIALS, GUIDES)
    expected = CREDENTIALS.filter(pl.col("action") == "re-enter")
    together = pl.concat(lists.values())
    assert sorted(together["location"]) == sorted(expected["location"])
    assert list(lists) == sorted(lists)
    for team, rows in lists.items():
        assert rows.schema == REENTRY
        assert rows["team"].unique().to_list() == [team]
        assert rows.equals(rows.sort("system", "project", "location", maintain_order=True))
        assert set(rows["done"]) == {""}
    owned = expected.filter(pl.col("owner") == "").height
    assert lists[UNASSIGNED].height == owned > 0


def test_lists_leave_the_rest_of_a_folder_alone(tmp_path: Path) -> None:
    """In a folder of the user's own, other files and its mode stay; lists are private and read back."""
    (tmp_path / "costs.csv").write_text("mine")
    tmp_path.chmod(0o755)
    lists = reentry_lists(CREDENTIALS, GUIDES)
    paths = write_reentry_lists(tmp_path, lists)
    assert sorted(tmp_path.iterdir()) == sorted([*paths, tmp_path / "costs.csv"])
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    for path, rows in zip(paths, lists.values(), strict=True):
        assert path.stat().st_mode & 0o777 == 0o600
        assert read_csv(path.read_bytes(), REENTRY).equals(rows)


def test_nothing_to_enter_gives_no_list() -> None:
    """Without a row to re-enter there is no team and no list."""
    assert reentry_lists(CREDENTIALS.filter(pl.col("action") != "re-enter"), GUIDES) == {}


def test_each_team_gets_what_its_system_needs(tmp_path: Path) -> None:
    """A script for CloudBees CD, steps for Octopus Deploy, both where a team has both; all private."""
    both = CREDENTIALS.with_columns(
        system=pl.when(pl.col("owner") == "Payments").then(pl.lit("octopus")).otherwise("system")
    )
    mixed = pl.concat(
        [both, CREDENTIALS.filter(pl.col("owner") == "../x").with_columns(system=pl.lit("octopus"))]
    )
    write_reentry_folder(tmp_path / "lists", reentry_lists(mixed, GUIDES), GUIDES)
    names = {path.name for path in (tmp_path / "lists").iterdir()}
    assert {"reentry.xlsx", "payments.csv", "payments.txt", "x.csv", "x.sh", "x.txt", "mobile.sh"} <= names
    assert not {"payments.sh", "mobile.txt"} & names
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "lists").iterdir()}
    assert modes == {0o600}
    assert {path.name for path in tmp_path.iterdir()} == {"lists"}
    systems = read_csv((tmp_path / "lists" / "x.csv").read_bytes(), REENTRY)["system"]
    assert systems.to_list() == sorted(systems)


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    """File by file, whatever the order of the credentials."""
    write_reentry_folder(tmp_path / "a", reentry_lists(CREDENTIALS, GUIDES), GUIDES)
    write_reentry_folder(tmp_path / "b", reentry_lists(CREDENTIALS.reverse(), GUIDES), GUIDES)
    contents = [{path.name: path.read_bytes() for path in (tmp_path / part).iterdir()} for part in "ab"]
    assert contents[0] == contents[1]


def test_nothing_to_enter(tmp_path: Path) -> None:
    """No workbook without a sheet."""
    write_reentry_folder(tmp_path / "lists", {}, GUIDES)
    assert list((tmp_path / "lists").iterdir()) == []


@settings(deadline=None)
@given(st.lists(st.text(), unique=True))
@example(["../x", "/etc/x", "x", "X", "", ".", "..", "con", "a" * 300, "a" * 301, "payments\x00", "~", "-rf"])
def test_names_are_safe_and_unique(teams: list[str]) -> None:
    """Whatever teams are called: safe characters, never a path or a device, unique without regard to case."""
    names = list_names(teams)
    assert set(names) == set(teams)
    assert len({name.lower() for name in names.values()}) == len(teams)
    for name in names.values():
        assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,124}", name)
        assert not re.fullmatch(r"con|prn|aux|nul|com\d|lpt\d", name)


def test_a_plain_name_stays_readable() -> None:
    """A team that nobody clashes with finds its file by its name."""
    names = list_names(["Release Engineering", "Équipe 7", "../x"])
    assert names == {"Release Engineering": "release-engineering", "Équipe 7": "equipe-7", "../x": "x"}


def test_names_that_clash_do_not_depend_on_their_order() -> None:
    """Teams whose names come out alike get the same files in any order."""
    assert list_names(["X", "x", "../x"]) == list_names(["../x", "x", "X"])


def shop(suffix: str) -> ProductGuide:
    """A product's guide that shares nothing with the others'."""
    return ProductGuide(
        title="Shop",
        key="till",
        how_to_reenter=lambda secret: f"ring for {secret.name}",
        sealed_projects=("it closed", "they closed"),
        where_keys_are="Look under the mat.",
        team_file=TeamFile(suffix=suffix, purpose="bells", text=lambda team, name, _: f"{name}: {team}\n"),
    )


def test_a_product_without_a_guide_gets_no_other_ones(tmp_path: Path) -> None:
    """Another product's instructions would send people to the wrong place: it is refused, by name."""
    strange = CREDENTIALS.with_columns(system=pl.lit("shop"))
    with pytest.raises(UnknownProductError, match="'shop'"):
        reentry_lists(strange, GUIDES)
    lists = reentry_lists(strange, {"shop": shop(".txt")})
    with pytest.raises(UnknownProductError, match="'shop'"):
        write_reentry_folder(tmp_path / "lists", lists, GUIDES)
    assert not (tmp_path / "lists").exists()


@pytest.mark.parametrize(("suffix", "name"), [(".txt", "t.txt"), (".sh", "t.shop.sh")])
def test_files_of_two_products_do_not_replace_each_other(suffix: str, name: str, tmp_path: Path) -> None:
    """Where a team has secrets of two products whose files have one suffix, the second is named after it."""
    of_both = pl.concat([CREDENTIALS, CREDENTIALS.with_columns(system=pl.lit("shop"))])
    guides = {**GUIDES, "shop": shop(suffix)}
    lists = reentry_lists(of_both.with_columns(owner=pl.lit("T")), guides)
    write_reentry_folder(tmp_path, lists, guides)
    assert {path.name for path in tmp_path.iterdir()} == {"t.csv", "reentry.xlsx", "t.sh", name}
    assert (tmp_path / name).read_text() == f"{name.removesuffix(suffix)}: T\n"
    assert "modifyCredential" in (tmp_path / "t.sh").read_text()


def test_a_product_may_have_no_file_but_the_list(tmp_path: Path) -> None:
    """Its instructions stand in the list."""
    guides = {"shop": replace(shop(".txt"), team_file=None)}
    lists = reentry_lists(CREDENTIALS.with_columns(system=pl.lit("shop"), owner=pl.lit("T")), guides)
    write_reentry_folder(tmp_path, lists, guides)
    assert {path.name for path in tmp_path.iterdir()} == {"t.csv", "reentry.xlsx"}
    assert set(lists["T"]["how_to_reenter"].str.slice(0, 9)) == {"ring for "}


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
