"""A frame, or rows, as a table on the terminal, CSV, JSON or Parquet: to a file or to standard output."""

import io
import os
import re
from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, TextIO, assert_never

from reports.errors import OutputError
from reports.files import atomic_file
from reports.row_table import RowTable
from reports.spreadsheet import protect, unprotect
from reports.terminal import visible

if TYPE_CHECKING:  # rows are written without polars
    import polars as pl
    from rich.table import Table

    Content = pl.DataFrame | RowTable

_ROWS_A_PIECE = 50_000
_MORE_THAN_A_FOOTER = 1 << 20


class TableFormat(StrEnum):
    """What `--format` offers."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def write_table(
    content: "Content", table_format: TableFormat, output: Path | None, stdout: TextIO, *, title: str = ""
) -> None:
    """Writes the table to `output`, or to `stdout` where that is None.

    `table` is sized to the terminal, and plain with nothing cut off elsewhere; `csv` has protected cells
    (see `reports.spreadsheet`); `json` is an array with one object a row, in the order of the columns, null
    where a cell is; `parquet` keeps the types.

    Raises:
        OutputError: `output` cannot be written, or Parquet was to go to a terminal.
    """
    if output is not None:
        with atomic_file(output) as file:
            _write(content, table_format, file)
    elif table_format is TableFormat.TABLE and stdout.isatty():
        _print_table(content, stdout, title)
    elif table_format is TableFormat.PARQUET and stdout.isatty():
        raise OutputError("parquet is not for a terminal", hint="name a file with -o")
    else:
        stdout.flush()
        _write(content, table_format, stdout.buffer)
        stdout.buffer.flush()


def write_csv(frame: "pl.DataFrame", file: IO[bytes]) -> None:
    """CSV with protected cells: UTF-8, comma, line feed, a header, quotes where they are needed."""
    for number, rows in enumerate(_pieces(frame)):
        content = io.BytesIO()
        protect(rows).write_csv(content, include_header=number == 0)
        file.write(content.getbuffer())


def read_csv(content: bytes, schema: "pl.Schema") -> "pl.DataFrame":
    """What `write_csv` wrote, exactly. Empty text cells are "", empty cells of other types null.

    Raises:
        polars.exceptions.PolarsError: it is not such a CSV.
    """
    import polars as pl

    return unprotect(pl.read_csv(content, schema=schema).with_columns(pl.col(pl.String).fill_null("")))


def _write(content: "Content", table_format: TableFormat, file: IO[bytes]) -> None:
    match table_format:
        case TableFormat.TABLE:
            _write_plain(content, file)
        case TableFormat.CSV:
            content.write_csv(file) if isinstance(content, RowTable) else write_csv(content, file)
        case TableFormat.JSON:
            content.write_json(file) if isinstance(content, RowTable) else _write_json(content, file)
        case TableFormat.PARQUET:
            write_parquet(content.frame() if isinstance(content, RowTable) else content, file)
        case _:
            assert_never(table_format)


def write_parquet(frame: "pl.DataFrame", file: IO[bytes]) -> None:
    """Parquet, the same bytes for the same frame.

    Raises:
        OSError: the file cannot be written.
    """
    import polars as pl

    try:
        frame.write_parquet(file)
    except pl.exceptions.PolarsError as error:
        # polars writes to the descriptor itself, and gives the reason of the system only in words.
        if found := re.search(r"\(os error (\d+)\)", str(error)):
            number = int(found[1])
            raise OSError(number, os.strerror(number)) from error
        if "transport error" in str(error):  # the footer did not fit, and nothing says why: the system does
            file.write(bytes(_MORE_THAN_A_FOOTER))
            file.flush()
        raise


def _write_json(frame: "pl.DataFrame", file: IO[bytes]) -> None:
    separator = b"[\n"
    for rows in _pieces(frame):
        lines = rows.write_ndjson().rstrip("\n")
        if lines:
            file.write(separator + lines.replace("\n", ",\n").encode())  # a line break in a string is escaped
            separator = b",\n"
    file.write(b"\n]\n" if frame.height else b"[]\n")


def _write_plain(content: "Content", file: IO[bytes]) -> None:
    from rich.cells import cell_len

    columns = [[name, *cells] for name, cells in _cells(content).items()]
    widths = [max(map(cell_len, cells)) for cells in columns]
    for row in zip(*columns, strict=True):
        cells = (cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        file.write(("  ".join(cells).rstrip() + "\n").encode())


def _print_table(content: "Content", stdout: TextIO, title: str) -> None:
    from rich.console import Console

    Console(file=stdout, highlight=False).print(_rich_table(content, title, stdout.encoding))


def _rich_table(content: "Content", title: str, encoding: str) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    columns = _cells(content, encoding)
    numbers = _numbers(content)
    for name in columns:
        justify = "right" if name in numbers else "left"
        table.add_column(Text(name), justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in zip(*columns.values(), strict=True):
        table.add_row(*map(Text, row))
    return table


def _numbers(content: "Content") -> Collection[str]:
    if isinstance(content, RowTable):
        return content.numbers
    return [name for name, kind in content.schema.items() if kind.is_numeric()]


def _cells(content: "Content", encoding: str = "utf-8") -> dict[str, list[str]]:
    """Each column as it is shown."""
    columns: Iterable[Iterable[object]]
    if isinstance(content, RowTable):
        columns = zip(*content.rows, strict=True) if content.rows else [()] * len(content.columns)
    else:
        columns = (column.to_list() for column in content)
    shown = [["" if cell is None else visible(str(cell), encoding) for cell in column] for column in columns]
    return dict(zip(content.columns, shown, strict=True))


def _pieces(frame: "pl.DataFrame") -> "Iterator[pl.DataFrame]":
    """Slices of bounded height; one empty slice of an empty frame."""
    if frame.is_empty():
        yield frame
    else:
        yield from frame.iter_slices(_ROWS_A_PIECE)
