"""Rows of a dumped table: their tokens, and the values that these represent."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from parsers.errors import StoreError
from parsers.stores.sql_dump.definitions import DumpedColumn, RowHeader
from parsers.stores.sql_dump.dialect import SqlSession
from parsers.stores.sql_dump.literal import LiteralReader, Value

Cells = tuple[bytes, ...]
"""The requested tokens of one row; further elements of the tuple are ignored."""

Columns = dict[str, list[Value]]
"""Values by case-folded column."""

_Reader = Callable[[Sequence[bytes]], list[Value]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of one table.

    Attributes:
        header: what precedes them.
        cells: the tokens.
        copied: whether the tokens are fields of a COPY; else values of an INSERT.
        session: how the tokens are written.
        offset: of the first statement that they are from, in the dump.
    """

    header: RowHeader
    cells: list[Cells]
    copied: bool
    session: SqlSession
    offset: int

    @property
    def table(self) -> str:
        """The table's case-folded name."""
        return self.header.table

    def values(self, names: Collection[str]) -> tuple[Columns, int]:
        """Values by case-folded column, for columns among `names`, and the number of rows left out.

        Left out are rows that only a server could work out. If no row is left, there is no column either.
        """
        chosen = [
            (at, name, self._reader(column))
            for at, column in enumerate(self.header.columns)
            if (name := column.name.casefold()) in names
        ]
        tokens = list(zip(*self.cells, strict=True))
        try:
            return {name: read(tokens[at]) for at, name, read in chosen}, 0
        except StoreError:  # some row cannot be read: find out which, one by one
            turns = [(at, read) for at, _, read in chosen]
            rows = [row for row in (_read_row(turns, cells) for cells in self.cells) if row is not None]
            columns = [list(column) for column in zip(*rows, strict=True)]
            named = zip([name for _, name, _ in chosen], columns, strict=False)
            return dict(named), len(self.cells) - len(rows)

    def tokens(self, names: Collection[str]) -> dict[str, tuple[bytes, ...]]:
        """The tokens by case-folded column, for columns among `names`."""
        tokens = list(zip(*self.cells, strict=True))
        return {
            name: tokens[at]
            for at, column in enumerate(self.header.columns)
            if tokens and (name := column.name.casefold()) in names
        }

    def _reader(self, column: DumpedColumn) -> _Reader:
        reader = LiteralReader(self.session.dialect, self.session.charset, column.form)
        return reader.copy_values if self.copied else reader.insert_values


def _read_row(turns: Sequence[tuple[int, _Reader]], cells: Cells) -> list[Value] | None:
    try:
        return [read([cells[at]])[0] for at, read in turns]
    except StoreError:
        return None


@dataclass(frozen=True, slots=True)
class Misread:
    """A part of a dump that could not be read.

    Attributes:
        table: the case-folded name of the table whose rows they are, or "".
        offset: in the dump, in bytes.
        reason: why.
    """

    table: str
    offset: int
    reason: str
