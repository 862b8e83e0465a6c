"""Rows of a dumped table: tokens as they stand there, and the values that they stand for."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from parsers.errors import StoreError
from parsers.stores.sql_dump.definitions import DumpedColumn, Source
from parsers.stores.sql_dump.dialect import Session
from parsers.stores.sql_dump.literal import LiteralReader, Value

Cells = tuple[bytes, ...]
"""The tokens of one row that were asked for; what follows them in the tuple does not count."""

Columns = dict[str, list[Value]]
"""Values by case-folded column."""

_Turn = Callable[[Sequence[bytes]], list[Value]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of one table.

    Attributes:
        source: where they are from.
        cells: the tokens.
        copied: whether the tokens are fields of a COPY; else values of an INSERT.
        session: how the tokens are written.
        offset: where in the dump the first statement is that they are from.
    """

    source: Source
    cells: list[Cells]
    copied: bool
    session: Session
    offset: int

    @property
    def table(self) -> str:
        """The table's case-folded name."""
        return self.source.table

    def values(self, names: Collection[str]) -> tuple[Columns, int]:
        """Values by case-folded column, and how many rows were left out, which only a server could work out.

        Only columns among `names` count. Without any row there is no column either.
        """
        chosen = [
            (at, name, self._turn(column))
            for at, column in enumerate(self.source.columns)
            if (name := column.name.casefold()) in names
        ]
        tokens = list(zip(*self.cells, strict=True))
        try:
            return {name: read(tokens[at]) for at, name, read in chosen}, 0
        except StoreError:
            turns = [(at, read) for at, _, read in chosen]
            rows = [row for row in (_row_of(turns, cells) for cells in self.cells) if row is not None]
            columns = [list(column) for column in zip(*rows, strict=True)]
            named = zip([name for _, name, _ in chosen], columns, strict=False)
            return dict(named), len(self.cells) - len(rows)

    def tokens(self, names: Collection[str]) -> dict[str, tuple[bytes, ...]]:
        """The tokens themselves by case-folded column, of those among `names`."""
        tokens = list(zip(*self.cells, strict=True))
        return {
            name: tokens[at]
            for at, column in enumerate(self.source.columns)
            if tokens and (name := column.name.casefold()) in names
        }

    def _turn(self, column: DumpedColumn) -> _Turn:
        reader = LiteralReader(self.session.dialect, self.session.charset, column.form)
        return reader.copied if self.copied else reader.inserted


def _row_of(turns: Sequence[tuple[int, _Turn]], cells: Cells) -> list[Value] | None:
    try:
        return [read([cells[at]])[0] for at, read in turns]
    except StoreError:
        return None


@dataclass(frozen=True, slots=True)
class Misread:
    """Something could not be read.

    Attributes:
        table: the case-folded name of the table whose rows are concerned, or "".
        offset: where, in bytes.
        reason: why.
    """

    table: str
    offset: int
    reason: str
