"""The formats of a table, to a file, to a pipe and to a terminal."""

import csv
import io
import json
import os
import pty
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import polars as pl
import pytest

from reports.errors import OutputError
from reports.tables import TableFormat, write_table

FRAME = pl.DataFrame(
    {
        "name": ["=cmd", "a,b", "line\nbreak", "[/x]", "\x1b[31m", ""],
        "count": [1, None, -3, 4, 5, 6],
        "odds": [None, 0.5, 2.0**-40, 1.0, 0.0, 1e300],
        "whole": [True, False, None, True, True, False],
    }
)


@pytest.fixture
def pipe() -> io.TextIOWrapper:
    """A standard output that is no terminal."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[TextIO, int]]:
    """A standard output that is a terminal of 60 columns, and the side on which it is read."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    reader, writer = pty.openpty()
    with os.fdopen(writer, "w", encoding="utf-8") as stdout:
        yield stdout, reader
    os.close(reader)


def written(pipe: io.TextIOWrapper) -> bytes:
    buffer = pipe.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()


def test_csv_is_protected(pipe: io.TextIOWrapper) -> None:
    """Python's own reader sees every row, formulas with an apostrophe before them."""
    write_table(FRAME, TableFormat.CSV, None, pipe)
    rows = list(csv.reader(io.StringIO(written(pipe).decode(), newline="")))
    assert rows[0] == FRAME.columns
    assert [row[0] for row in rows[1:]] == ["'=cmd", "a,b", "line\nbreak", "[/x]", "\x1b[31m", ""]
    assert [row[1] for row in rows[1:]] == ["1", "", "-3", "4", "5", "6"]


def test_json_keeps_the_data(pipe: io.TextIOWrapper) -> None:
    """An array with one object a row, values as they are, null where a cell is null."""
    write_table(FRAME, TableFormat.JSON, None, pipe)
    assert json.loads(written(pipe)) == FRAME.to_dicts()


@pytest.mark.parametrize("rows", [0, 1, 50_000, 50_001])
def test_json_and_csv_hold_every_row(rows: int, pipe: io.TextIOWrapper, tmp_path: Path) -> None:
    """No row is lost or doubled where pieces meet, and an empty frame is a valid file."""
    frame = pl.DataFrame({"n": range(rows)}, schema={"n": pl.Int64})
    write_table(frame, TableFormat.JSON, None, pipe)
    assert [row["n"] for row in json.loads(written(pipe))] == list(range(rows))
    write_table(frame, TableFormat.CSV, tmp_path / "n.csv", pipe)
    assert pl.read_csv(tmp_path / "n.csv", schema=frame.schema).equals(frame)


def test_parquet_keeps_the_types(pipe: io.TextIOWrapper, tmp_path: Path) -> None:
    """A file and a pipe hold the same frame, and the same bytes."""
    write_table(FRAME, TableFormat.PARQUET, tmp_path / "frame", pipe)
    write_table(FRAME, TableFormat.PARQUET, None, pipe)
    assert pl.read_parquet(tmp_path / "frame").equals(FRAME)
    assert (tmp_path / "frame").read_bytes() == written(pipe)


def test_a_table_in_a_pipe_is_plain_and_whole(pipe: io.TextIOWrapper) -> None:
    """One line a row however long, columns aligned, nothing cut off, nothing that acts on a terminal."""
    long = "x" * 500
    write_table(
        pl.concat([FRAME.select("name"), pl.DataFrame({"name": [long]})]), TableFormat.TABLE, None, pipe
    )
    lines = written(pipe).decode().splitlines()
    assert lines == ["name", "=cmd", "a,b", r"line\nbreak", "[/x]", r"\x1b[31m", "", long]


def test_a_table_on_a_terminal_fits(terminal: tuple[TextIO, int]) -> None:
    """Lines are no longer than the terminal, markup is text, and no foreign escape sequence gets through."""
    stdout, reader = terminal
    frame = pl.DataFrame({"name": ["[/x]", "\x1b]8;;http://evil\x07", "y" * 100], "count": [1, 2, 3]})
    write_table(frame, TableFormat.TABLE, None, stdout)
    stdout.flush()
    shown = os.read(reader, 100_000).decode()
    assert "[/x]" in shown
    assert r"\x1b]8;;http://evil\x07" in shown
    assert "\x1b]8" not in shown
    assert shown.count("y") == 100
    plain = shown.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert max(map(len, plain.splitlines())) <= 60


@pytest.mark.parametrize("table_format", TableFormat)
def test_a_full_disk_is_an_output_error(table_format: TableFormat, pipe: io.TextIOWrapper) -> None:
    """Whichever library does the writing, a full disk is the one error of this package."""
    with pytest.raises(OutputError, match="no space left"):
        write_table(FRAME, table_format, Path("/dev/full"), pipe)


def test_parquet_does_not_go_to_a_terminal(terminal: tuple[TextIO, int]) -> None:
    """Binary data on a terminal helps nobody: the hint names -o."""
    with pytest.raises(OutputError) as error:
        write_table(FRAME, TableFormat.PARQUET, None, terminal[0])
    assert "-o" in error.value.hint
