"""Rows are written as the same rows in a frame are."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.row_table import RowTable
from reports.tables import TableFormat, write_table

WORDS = ["", "=cmd", "'", "-1", "\uff1dx", "a,b", 'say "no"', "l\nb", "c\rc", "\r\n", "\x1b[31m", "null"]
TEXT = st.one_of(st.sampled_from(WORDS), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
Row = tuple[str, str | None, int | None]
ROWS = st.lists(st.tuples(TEXT, st.one_of(st.none(), TEXT), st.one_of(st.none(), st.integers(-9, 1 << 62))))


def written(content: object, table_format: TableFormat) -> bytes:
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    write_table(content, table_format, None, pipe)  # type: ignore[arg-type]  # both kinds, by turns
    buffer = pipe.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()


@settings(max_examples=150, deadline=None)
@given(rows=ROWS)
@pytest.mark.parametrize("table_format", TableFormat)
def test_same_bytes_as_a_frame(table_format: TableFormat, rows: list[Row]) -> None:
    """Every format, whatever stands in the cells, no rows at all included."""
    table = RowTable(("name", "odd", "line"), rows, frozenset({"line"}))
    assert written(table, table_format) == written(table.frame(), table_format)


@pytest.mark.parametrize("count", [1_999, 2_000, 2_001, 4_000])
@pytest.mark.parametrize("table_format", [TableFormat.CSV, TableFormat.JSON])
def test_every_row_where_pieces_meet(table_format: TableFormat, count: int, tmp_path: Path) -> None:
    """No row is lost or doubled, to a file as to a pipe."""
    table = RowTable(("name", "line"), [(f"n{n}", n) for n in range(count)], frozenset({"line"}))
    write_table(table, table_format, tmp_path / "out", io.TextIOWrapper(io.BytesIO()))
    assert (tmp_path / "out").read_bytes() == written(table.frame(), table_format)
