from pathlib import Path

import polars as pl
import pytest

from audit.errors import OwnersError
from audit.ownership.owners import OwnerRule, Owners, read_owners

RULES = (
    OwnerRule("/projects/Payments/*", "payments", "pay@example.org"),
    OwnerRule("*/credentials/prod-*", "operations", ""),
)


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "owners.csv"
    path.write_text(text, encoding=encoding, newline="")
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(
    tmp_path: Path, encoding: str, delimiter: str, line_end: str
) -> None:
    """Marks, UTF-16, other delimiters, blank rows, quotes and further columns are all the same file."""
    rows = [
        ["Team", "note", " pattern ", "CONTACT"],
        ["payments", "", "/projects/Payments/*", " pay@example.org"],
        ["", "", "", ""],
        [],
        ["operations", '"a, ""b"";"', "*/credentials/prod-*", ""],
    ]
    text = line_end.join(delimiter.join(row) for row in rows)
    assert read_owners(write(tmp_path, text, encoding)).rules == RULES


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "row 1 .* no column 'pattern'"),
        ("pattern,team\n*,x\n", "row 1 .* no column 'contact'"),
        ("pattern,team,contact\n*,a,b\n\n*,c\n", "row 4 .* 2 cells"),
        ("pattern,team,contact\n*,,b\n", "row 2 .* no team"),
        ("pattern,team,contact\n,a,b\n", "row 2 .* no pattern"),
        (f"pattern,team,contact\n{'?' * 1001},a,b\n", "row 2 .* 1000 characters"),
        ('pattern,team,contact\n"*,a,b\n', "not CSV"),
    ],
)
def test_a_broken_file_names_its_row(tmp_path: Path, text: str, message: str) -> None:
    """A missing column and a broken row are errors that say where."""
    with pytest.raises(OwnersError, match=message):
        read_owners(write(tmp_path, text))


def test_what_is_no_text_file(tmp_path: Path) -> None:
    """A missing file and one in an old code page are errors of their own."""
    with pytest.raises(OwnersError, match="cannot read"):
        read_owners(tmp_path / "none.csv")
    with pytest.raises(OwnersError, match="neither UTF-8") as error:
        read_owners(write(tmp_path, "pattern,team,contact\n*,Käse,x\n", "cp1252"))
    assert error.value.hint


def test_the_first_match_wins() -> None:
    """Of several rules the first decides, and what none matches is unassigned."""
    locations = pl.Series(
        [
            "/projects/Payments/credentials/prod-db",
            "/projects/Other/credentials/prod-db",
            "/projects/payments/credentials/x",
            "",
            "/projects/Payments/",
        ]
    )
    assert Owners(RULES).assign(locations).rows() == [
        ("payments", "pay@example.org"),
        ("operations", ""),
        ("unassigned", ""),
        ("unassigned", ""),
        ("payments", "pay@example.org"),
    ]


def test_nothing_to_assign() -> None:
    """No rules, or no locations, are no trouble."""
    assert Owners(()).assign(pl.Series(["a"])).rows() == [("unassigned", "")]
    empty = Owners(RULES).assign(pl.Series([], dtype=pl.String))
    assert empty.schema == pl.Schema({"owner": pl.String, "contact": pl.String})
    assert empty.height == 0
