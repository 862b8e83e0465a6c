"""Parquet, sound and broken."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from parsers.errors import StoreError
from parsers.stores.open import open_store
from parsers.stores.schema import BATCH_ROWS
from tests.parsers.stores.reading import events, rows, rows_of, unread


def test_text_and_bytes(tmp_path: Path) -> None:
    """Values as text or bytes are taken as they lie; nulls are empty; other types of names become text."""
    path = tmp_path / "s.parquet"
    pl.DataFrame(
        {
            "kind": pl.Series(["credential", "user"], dtype=pl.Categorical),
            "project": ["P", None],
            "name": [7, 8],
            "value": [b"\xff\x00", None],
            "iv": ["QUJD", ""],
            "modified": [dt.date(2020, 1, 2), None],
        }
    ).write_parquet(path)
    assert rows(path).select("kind", "name", "location", "value", "iv", "modified", "record").rows() == [
        ("credential", "7", "/projects/P/credentials/7", b"\xff\x00", b"QUJD", "2020-01-02", "row 1"),
        ("user", "8", "/users/8", None, None, "", "row 2"),
    ]


def test_other_names_by_option(tmp_path: Path) -> None:
    """Columns of any name."""
    path = tmp_path / "s.parquet"
    pl.DataFrame({"title": ["a"], "secret": ["QUJD"]}).write_parquet(path)
    store = open_store(str(path), columns={"name": "title", "value": "secret"})
    assert rows_of(store).select("name", "value").rows() == [("a", b"QUJD")]


def test_several_row_groups_and_batches(tmp_path: Path) -> None:
    """Order and number of the rows stay over row groups and batches."""
    path = tmp_path / "s.parquet"
    names = [str(number) for number in range(BATCH_ROWS + 5)]
    pl.DataFrame({"name": names}).with_columns(value=pl.lit("QUJD")).write_parquet(
        path, row_group_size=50_000
    )
    assert rows(path)["name"].to_list() == names


def test_a_name_with_wildcards(tmp_path: Path) -> None:
    """A path is a path, not a pattern."""
    path = tmp_path / "s[1]*.parquet"
    pl.DataFrame({"name": ["a"], "value": ["QUJD"]}).write_parquet(path)
    assert rows(path).height == 1


def test_an_unknown_kind(tmp_path: Path) -> None:
    """A bad row is told with its number."""
    path = tmp_path / "s.parquet"
    pl.DataFrame({"kind": ["gadget", "user"], "name": ["a", "b"], "value": ["", ""]}).write_parquet(path)
    assert rows(path)["name"].to_list() == ["b"]
    assert unread(path)[0].reason.startswith("row 1: its kind is none of")


@pytest.mark.parametrize("column", ["name", "value"])
def test_columns_of_the_wrong_type(tmp_path: Path, column: str) -> None:
    """Lists are no names and no values."""
    path = tmp_path / "s.parquet"
    pl.DataFrame({"name": ["a"], "value": ["b"], column: [["x"]]}).write_parquet(path)
    with pytest.raises(StoreError, match=f"column '{column}'"):
        events(path)


@pytest.mark.parametrize("cut", [4, 100, -1, -9])
def test_cut_off(tmp_path: Path, cut: int) -> None:
    """Without its end a Parquet file cannot be read, and says so without quoting itself."""
    path = tmp_path / "s.parquet"
    pl.DataFrame({"name": ["a"] * 100, "value": ["QUJD"] * 100}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(StoreError, match="not a sound Parquet file"):
        events(path)


def test_damaged_pages(tmp_path: Path) -> None:
    """Damage behind the first batch: what came before counts."""
    path = tmp_path / "s.parquet"
    count = BATCH_ROWS * 2
    frame = pl.select(name=pl.int_range(count).hash().cast(pl.String)).with_columns(value="name")
    frame.write_parquet(path, row_group_size=BATCH_ROWS)
    content = bytearray(path.read_bytes())
    middle = len(content) * 3 // 4
    content[middle : middle + 2_000] = b"\xff\x00" * 1_000
    path.write_bytes(content)
    assert rows(path).height == BATCH_ROWS
    assert unread(path)[0].reason.startswith("not a sound Parquet file")
