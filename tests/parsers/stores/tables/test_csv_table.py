"""CSV as the contract's columns, as spreadsheets write it, and as it arrives broken."""

import csv
import gzip
from pathlib import Path

import pytest

from parsers.cloudbees import ID as SYSTEM
from parsers.errors import StoreError
from parsers.stores.open import open_store
from parsers.stores.tables.csv_table import MAX_LINE
from tests.parsers.stores.reading import events, rows, rows_of, unread

VALUE = "zWjkbdMteM0VY1Ls3V+lwA=="
HEADER = "kind,project,name,user_name,value"


def table(path: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    """A CSV file of these lines."""
    path.write_bytes("".join(f"{line}\r\n" for line in (header, *lines)).encode(encoding))
    return path


def test_default_columns(tmp_path: Path) -> None:
    """A row with the default columns gets its location from kind, project and name."""
    path = table(tmp_path / "s.csv", f"credential,Demo,root,admin,{VALUE}", f"user,,jane,,{VALUE}")
    detail = ("", "", VALUE.encode(), None, str(path))
    assert rows(path).rows() == [
        (SYSTEM, "credential", "Demo", "root", "admin", "/projects/Demo/credentials/root", *detail, "line 2"),
        (SYSTEM, "user", "", "jane", "", "/users/jane", *detail, "line 3"),
    ]


def test_optional_columns(tmp_path: Path) -> None:
    """Location, vector, type and time are taken where they are given."""
    header = f"{HEADER},location,iv,credential_type,modified"
    path = table(tmp_path / "s.csv", f"credential,P,c,u,{VALUE},/x/y,QUJD,EXTERNAL,2020-01-01", header=header)
    row = rows(path).row(0, named=True)
    assert (row["location"], row["iv"], row["credential_type"], row["modified"]) == (
        "/x/y",
        b"QUJD",
        "EXTERNAL",
        "2020-01-01",
    )


def test_other_names_by_option(tmp_path: Path) -> None:
    """Columns of any name, in any order, among others; without a kind all are credentials."""
    path = table(tmp_path / "s.csv", f"x,{VALUE},c", header="note,Cipher Text,Title")
    store = open_store(str(path), columns={"name": "title", "value": "cipher text"})
    assert rows_of(store).select("kind", "name", "value").rows() == [("credential", "c", VALUE.encode())]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-mark"])
def test_as_spreadsheets_write_it(tmp_path: Path, delimiter: str, encoding: str) -> None:
    """Any usual delimiter, and UTF-16 with its mark, give the same rows."""
    text = f"{HEADER}\ncredential,Prüfung,Schlüssel €,u,{VALUE}\n".replace(",", delimiter)
    path = tmp_path / "s.csv"
    mark = "\N{ZERO WIDTH NO-BREAK SPACE}"
    path.write_bytes(
        f"{mark}{text}".encode("utf-16-le") if encoding == "utf-16-le-mark" else text.encode(encoding)
    )
    assert rows(path).select("project", "name", "value").rows() == [
        ("Prüfung", "Schlüssel €", VALUE.encode())
    ]


def test_announced_delimiter(tmp_path: Path) -> None:
    """`sep=;` in the first line is obeyed, and counted as a line."""
    path = table(tmp_path / "s.csv", "name;value", "a,b;QUJD", header="sep=;")
    assert rows(path).select("name", "record").rows() == [("a,b", "line 3")]


def test_quotes_newlines_and_line_numbers(tmp_path: Path) -> None:
    """A quoted cell may hold delimiters, quotes and newlines; `record` is the first line of the row."""
    path = tmp_path / "s.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [HEADER.split(","), ["credential", "P", 'a,"b"\nc', "", "QUJD"], ["user", "", "d", "", ""]]
        )
    assert rows(path).select("name", "value", "record").rows() == [
        ('a,"b"\nc', b"QUJD", "line 2"),
        ("d", None, "line 4"),
    ]


def test_the_guard_against_formulas_stays(tmp_path: Path) -> None:
    """A leading apostrophe may be part of the name: it is left as it is."""
    assert rows(table(tmp_path / "s.csv", "user,,'=x,,QUJD"))["name"].to_list() == ["'=x"]


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are shown as escapes; the row counts."""
    path = tmp_path / "s.csv"
    path.write_bytes(b"name,value\nM\xfcller,QUJD\n")
    assert rows(path)["name"].to_list() == ["M\\xfcller"]


def test_ragged_rows(tmp_path: Path) -> None:
    """A row that does not fit the header is told with its line; the others count. Empty cells do no harm."""
    path = table(
        tmp_path / "s.csv", "user,,a,,QUJD,,", "user,,b,QUJD", "user,,c,,QUJD,x", "", ",,,,", "user,,d,,QUJD"
    )
    assert rows(path)["name"].to_list() == ["a", "d"]
    assert [fault.reason for fault in unread(path)] == [
        "line 3: 4 cells where the header has 5",
        "line 4: 6 cells where the header has 5",
    ]


def test_a_file_of_ragged_rows(tmp_path: Path) -> None:
    """Many bad rows are told up to a number, then counted."""
    path = table(tmp_path / "s.csv", *["too,few"] * 250, "user,,d,,QUJD")
    assert len(unread(path)) == 101
    assert unread(path)[-1].reason == "150 more rows could not be used"


def test_an_unknown_kind(tmp_path: Path) -> None:
    """A kind that the product does not have is told, not guessed."""
    (fault,) = unread(table(tmp_path / "s.csv", "gadget,,a,,QUJD"))
    assert fault.reason.startswith("line 2: its kind is none of credential,")


def test_nul(tmp_path: Path) -> None:
    """A row with a NUL is told with its line; its neighbours count."""
    path = table(tmp_path / "s.csv", "user,,a,,QUJD", "user,,b\0,,QUJD", "user,,c,,QUJD")
    assert rows(path)["name"].to_list() == ["a", "c"]
    assert [fault.reason for fault in unread(path)] == ["line 3: a NUL, which does not occur in text"]


def test_an_open_quote(tmp_path: Path) -> None:
    """A quote that is never closed ends the file at its row; the rows before count."""
    path = table(tmp_path / "s.csv", "user,,a,,QUJD", 'user,,"b,,QUJD', "user,,c,,QUJD")
    assert rows(path)["name"].to_list() == ["a"]
    (fault,) = unread(path)
    assert fault.reason == "line 3: a quote is opened and never closed; what follows was not read"
    assert fault.partial


def test_text_behind_a_closing_quote(tmp_path: Path) -> None:
    """So does a cell that goes on behind its closing quote."""
    path = table(tmp_path / "s.csv", "user,,a,,QUJD", 'user,,"b"c,,QUJD')
    assert rows(path)["name"].to_list() == ["a"]
    assert unread(path)[0].reason.startswith("line 3: ")


def test_an_endless_line(tmp_path: Path) -> None:
    """A line beyond the limit ends the file there."""
    path = table(tmp_path / "s.csv", "user,,a,,QUJD", f"user,,b,,{'x' * MAX_LINE}")
    assert rows(path)["name"].to_list() == ["a"]
    assert unread(path)[0].reason.startswith("line 3: more than")


def test_an_endless_quoted_cell(tmp_path: Path) -> None:
    """A quote that stays open over many lines is not gathered without limit."""
    path = table(tmp_path / "s.csv", "user,,a,,QUJD", 'user,,"b', *["x" * 1_000] * 5_000)
    assert rows(path)["name"].to_list() == ["a"]
    assert "a quote is opened" in unread(path)[0].reason


def test_a_long_secret(tmp_path: Path) -> None:
    """A value far beyond the standard library's default limit is read."""
    value = "QUJD" * 100_000
    assert rows(table(tmp_path / "s.csv", f"user,,a,,{value}"))["value"].to_list() == [value.encode()]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"kind,project,name\na,b,c\n", "no column named 'value'"),
        (b"name,value,VALUE\na,b,c\n", "more than one column named 'value'"),
        ("name,value\na,b\n".encode("utf-16-le"), "NUL"),
    ],
)
def test_no_table(tmp_path: Path, content: bytes, reason: str) -> None:
    """What is not a table with the columns needed is refused, and says why."""
    path = tmp_path / "s.csv"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=reason):
        events(path)


def test_a_mapping_that_does_not_fit(tmp_path: Path) -> None:
    """A column that the options name must be there; an unknown role is refused."""
    path = table(tmp_path / "s.csv", "user,,a,,QUJD")
    with pytest.raises(StoreError, match="no column named 'owner'"):
        list(open_store(str(path), columns={"project": "owner"}).read())
    with pytest.raises(StoreError, match="no such column: 'password'"):
        list(open_store(str(path), columns={"password": "value"}).read())


def test_a_missing_header_shows_no_secret(tmp_path: Path) -> None:
    """Without a header the first row stands in its place, and nothing of it is told."""
    path = table(tmp_path / "s.csv", header=f"credential,Demo,root,admin,{VALUE}")
    with pytest.raises(StoreError, match="no column named 'name' among the 5") as caught:
        events(path)
    assert VALUE not in f"{caught.value.message} {caught.value.hint}"


def test_a_header_alone(tmp_path: Path) -> None:
    """A table without rows yields nothing; that this is an error is the caller's to say."""
    assert events(table(tmp_path / "s.csv")) == []


def test_gzip_cut_off(tmp_path: Path) -> None:
    """Rows before the cut count, and the cut is told."""
    whole = table(tmp_path / "s.csv", *[f"user,,{n},,{n:032x}" for n in range(20_000)]).read_bytes()
    cut = tmp_path / "s.gz"
    cut.write_bytes(gzip.compress(whole)[:-5_000])
    assert 0 < rows(cut).height < 20_000
    assert unread(cut)[-1].partial
