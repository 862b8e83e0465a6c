"""A table of plain rows, written without polars: to import that takes longer than to search many a log."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from reports.spreadsheet import protected

if TYPE_CHECKING:
    import polars as pl

Cell = str | int | None

_ROWS_A_PIECE: Final = 10_000


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
        cells = _CsvCells()
        file.write((",".join(self.columns) + "\n").encode())
        for rows in self._pieces():
            cells.clear()  # what repeats itself does so within a piece; memory does not grow with the table
            lines = [",".join(map(cells.__getitem__, row)) for row in rows]
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


_LONG: Final = 64
"""Characters from which on text hardly repeats itself."""


class _CsvCells(dict[Cell, str]):
    """How cells are written; each short one is worked out once."""

    def __missing__(self, cell: Cell) -> str:
        if not isinstance(cell, str):
            return "" if cell is None else str(cell)
        text = protected(cell)
        if not text or "," in text or '"' in text or "\n" in text or "\r" in text:
            text = '"' + text.replace('"', '""') + '"'
        if len(text) < _LONG:
            self[cell] = text
        return text
