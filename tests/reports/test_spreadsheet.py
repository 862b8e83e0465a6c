"""Cells that spreadsheets would evaluate."""

import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.spreadsheet import protect, unprotect
from reports.tables import read_csv, write_csv

SCHEMA = pl.Schema({"text": pl.String, "more": pl.String, "number": pl.Int64})
cells = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["=1", "''", "'=1", "＝1", "\t=1", "-2", '"', "", "a\r\nb", "\x00", "\ufeff=1"]  # noqa: RUF001
)
rows = st.lists(st.tuples(cells, cells, st.none() | st.integers(-(2**63), 2**63 - 1)))


@settings(deadline=None)
@given(rows)
def test_every_cell_reads_back(content: list[tuple[str, str, int | None]]) -> None:
    """Whatever the cells hold, protecting and CSV lose nothing."""
    frame = pl.DataFrame(content, schema=SCHEMA, orient="row")
    assert unprotect(protect(frame)).equals(frame)
    file = io.BytesIO()
    write_csv(frame, file)
    assert read_csv(file.getvalue(), SCHEMA).equals(frame)


@pytest.mark.parametrize("start", [*"=+-@\t\r\n'", "＝", "＋", "－", "＠"])  # noqa: RUF001
def test_dangerous_starts_are_protected(start: str) -> None:
    """A cell that a spreadsheet may evaluate begins with an apostrophe; numbers are left alone."""
    frame = pl.DataFrame({"text": [start + "1", "x" + start], "number": [-1, 1]})
    assert protect(frame).to_dict(as_series=False) == {
        "text": ["'" + start + "1", "x" + start],
        "number": [-1, 1],
    }


def test_what_a_person_typed_stays() -> None:
    """An apostrophe that does not protect anything is part of the text."""
    frame = pl.DataFrame({"text": ["'tis", "'"]})
    assert unprotect(frame).equals(frame)
