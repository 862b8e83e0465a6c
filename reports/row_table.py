"""A table of plain rows, written without polars: to import that takes longer than to search many a log."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from reports.spreadsheet import protected

if TYPE_CHECKING:
    import polars as pl

Cell = str | int | None

_ROWS_A_PIECE: Final = 2_000


@dataclass(frozen=True, slots=True)
class RowTable:
    """What `write_table` writes of it is byte for byte what it writes of `frame()`.

    Attributes:
        columns: their names, which need no quotes.
        rows: text, whole numbers, None.
        numbers: the columns that hold whole numbers.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: frozenset[str] = frozenset()

    def frame(self) -> "pl.DataFrame":
        """The same as columns."""
        import polars as pl

        schema = {name: pl.Int64 if name in self.numbers else pl.String for name in self.columns}
        return pl.DataFrame(list(self.rows), schema=schema, orient="row")

    def write_csv(self, file: IO[bytes]) -> None:
        """As `reports.tables.write_csv`: protected cells, quotes where they are needed."""
        file.write((",".join(self.columns) + "\n").encode())
        for rows in self._pieces():
            columns = map(_csv_cells, zip(*rows, strict=True))
            lines = map(",".join, zip(*columns, strict=True))
            file.write(("\n".join(lines) + "\n").encode())

    def write_json(self, file: IO[bytes]) -> None:
        """An array with one object a row, null for None."""
        encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        separator = "[\n"
        for rows in self._pieces():
            lines = [encode(dict(zip(self.columns, row, strict=True))) for row in rows]
            file.write((separator + ",\n".join(lines)).encode())
            separator = ",\n"
        file.write(b"\n]\n" if self.rows else b"[]\n")

    def _pieces(self) -> Iterator[Sequence[Sequence[Cell]]]:
        for begin in range(0, len(self.rows), _ROWS_A_PIECE):
            yield self.rows[begin : begin + _ROWS_A_PIECE]


def _csv_cells(column: Sequence[Cell]) -> Iterable[str]:
    """How the cells of a column are written; where they repeat themselves, each is worked out once."""
    written: dict[Cell, str] = dict.fromkeys(column, "")
    if len(written) * 2 > len(column):
        return [_csv_text(cell) if isinstance(cell, str) else _csv_number(cell) for cell in column]
    for cell in written:
        written[cell] = _csv_text(cell) if isinstance(cell, str) else _csv_number(cell)
    return map(written.__getitem__, column)


def _csv_number(cell: int | None) -> str:
    return "" if cell is None else str(cell)


def _csv_text(cell: str) -> str:
    text = protected(cell)
    if '"' in text:
        text = text.replace('"', '""')
    elif text and "," not in text and "\n" not in text and "\r" not in text:
        return text
    return f'"{text}"'
