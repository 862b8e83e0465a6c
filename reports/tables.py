"""A frame as a table on the terminal, CSV, JSON or Parquet: to a file or to standard output."""

import io
import os
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO, assert_never

import polars as pl

from reports.errors import OutputError
from reports.files import atomic_file
from reports.spreadsheet import protect, unprotect
from reports.terminal import visible

if TYPE_CHECKING:
    from rich.table import Table

_ROWS_A_PIECE = 50_000


class TableFormat(StrEnum):
    """What `--format` offers."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def write_table(
    frame: pl.DataFrame, table_format: TableFormat, output: Path | None, stdout: TextIO, *, title: str = ""
) -> None:
    """Writes the frame to `output`, or to `stdout` where that is None.

    `table` is sized to the terminal, and plain with nothing cut off elsewhere; `csv` has protected cells
    (see `reports.spreadsheet`); `json` is an array with one object a row, in the order of the columns, null
    where a cell is; `parquet` keeps the types.

    Raises:
        OutputError: `output` cannot be written, or Parquet was to go to a terminal.
    """
    if output is not None:
        with atomic_file(output) as file:
            _write(frame, table_format, file)
    elif table_format is TableFormat.TABLE and stdout.isatty():
        _print_table(frame, stdout, title)
    elif table_format is TableFormat.PARQUET and stdout.isatty():
        raise OutputError("parquet is not for a terminal", hint="name a file with -o")
    else:
        stdout.flush()
        _write(frame, table_format, stdout.buffer)
        stdout.buffer.flush()


def write_csv(frame: pl.DataFrame, file: IO[bytes]) -> None:
    """CSV with protected cells: UTF-8, comma, line feed, a header, quotes where they are needed."""
    for number, rows in enumerate(_pieces(frame)):
        content = io.BytesIO()
        protect(rows).write_csv(content, include_header=number == 0)
        file.write(content.getbuffer())


def read_csv(content: bytes, schema: pl.Schema) -> pl.DataFrame:
    """What `write_csv` wrote, exactly. Empty text cells are "", empty cells of other types null.

    Raises:
        polars.exceptions.PolarsError: it is no such CSV.
    """
    return unprotect(pl.read_csv(content, schema=schema).with_columns(pl.col(pl.String).fill_null("")))


def _write(frame: pl.DataFrame, table_format: TableFormat, file: IO[bytes]) -> None:
    match table_format:
        case TableFormat.TABLE:
            _write_plain(frame, file)
        case TableFormat.CSV:
            write_csv(frame, file)
        case TableFormat.JSON:
            _write_json(frame, file)
        case TableFormat.PARQUET:
            write_parquet(frame, file)
        case _:
            assert_never(table_format)


def write_parquet(frame: pl.DataFrame, file: IO[bytes]) -> None:
    """Parquet, the same bytes for the same frame.

    Raises:
        OSError: the file cannot be written.
    """
    try:
        frame.write_parquet(file)
    except pl.exceptions.PolarsError as error:
        # polars writes to the descriptor itself, and tells only in words what the system said.
        if found := re.search(r"\(os error (\d+)\)", str(error)):
            number = int(found[1])
            raise OSError(number, os.strerror(number)) from error
        raise


def _write_json(frame: pl.DataFrame, file: IO[bytes]) -> None:
    separator = b"[\n"
    for rows in _pieces(frame):
        lines = rows.write_ndjson().rstrip("\n")
        if lines:
            file.write(separator + lines.replace("\n", ",\n").encode())  # a line break in a string is escaped
            separator = b",\n"
    file.write(b"\n]\n" if frame.height else b"[]\n")


def _write_plain(frame: pl.DataFrame, file: IO[bytes]) -> None:
    from rich.cells import cell_len

    columns = [[name, *_cells(frame[name])] for name in frame.columns]
    widths = [max(map(cell_len, cells)) for cells in columns]
    for row in zip(*columns, strict=True):
        cells = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        file.write(("  ".join(cells).rstrip() + "\n").encode())


def _print_table(frame: pl.DataFrame, stdout: TextIO, title: str) -> None:
    from rich.console import Console

    Console(file=stdout, highlight=False).print(_rich_table(frame, title, stdout.encoding))


def _rich_table(frame: pl.DataFrame, title: str, encoding: str) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for name in frame.columns:
        justify = "right" if frame.schema[name].is_numeric() else "left"
        table.add_column(Text(name), justify=justify, overflow="fold")  # type: ignore[arg-type]
    columns = [_cells(frame[name], encoding) for name in frame.columns]
    for row in zip(*columns, strict=True):
        table.add_row(*map(Text, row))
    return table


def _cells(column: pl.Series, encoding: str = "utf-8") -> list[str]:
    return ["" if cell is None else visible(str(cell), encoding) for cell in column.to_list()]


def _pieces(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Slices of bounded height; one empty slice of an empty frame."""
    if frame.is_empty():
        yield frame
    else:
        yield from frame.iter_slices(_ROWS_A_PIECE)
