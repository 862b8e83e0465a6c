"""The keys of a table's rows as the driver hands them out, by the text that records have for them."""

from collections.abc import Iterable, Sequence
from typing import Final

import sqlalchemy as sa

from parsers.stores.column_values import key_column
from parsers.stores.database.catalogue import Column, Table, select
from parsers.stores.database.rows import partitions

_FETCH_ROWS: Final = 8_192
_ASKED_AT_ONCE: Final = 500

ABSENT: Final = "no row of the table has this key"
SHARED: Final = "more than one row has this key, or one that the database takes for the same"


class RowKeys:
    """All keys of one table, read once. A key may be integer, text, bytes, UUID: whatever passes back."""

    def __init__(self, connection: sa.Connection, table: Table, key: Column) -> None:
        self._found: dict[str, object] = {}
        self._shared: set[str] = set()
        for rows in partitions(connection, select(table, [key]), _FETCH_ROWS):
            self._learn([row[0] for row in rows])
        for raw in _taken_for_another(connection, table, key):
            self._shared.update(_texts([raw]))

    def _learn(self, raws: Sequence[object]) -> None:
        for text, raw in zip(_texts(raws), raws, strict=True):
            if text in self._found:
                self._shared.add(text)
            self._found[text] = raw

    def __contains__(self, text: str) -> bool:
        """Whether a row has this key."""
        return text in self._found

    def missing(self, text: str) -> str:
        """Why this key leads to no single row; "" if it leads to one."""
        if text in self._shared:
            return SHARED
        return "" if self._found.get(text) is not None else ABSENT

    def raw(self, text: str) -> object:
        """The key that leads to a single row.

        Raises:
            KeyError: there is none.
        """
        return self._found[text]


def _texts(raws: Iterable[object]) -> list[str]:
    """As records write them; a null key like an empty one."""
    return [text or "" for text in key_column(list(raws)).to_list()]


def _taken_for_another(connection: sa.Connection, table: Table, key: Column) -> list[object]:
    """Keys of rows that the database's own comparison does not tell apart, by their collation, say."""
    column: sa.ColumnClause[object] = sa.column(key.name)
    keys = sa.select(column).select_from(sa.table(table.name, column))
    several = keys.group_by(column).having(sa.func.count() > 1)
    of_each = list(connection.execute(several).scalars())
    found: list[object] = []
    for start in range(0, len(of_each), _ASKED_AT_ONCE):
        found += connection.execute(keys.where(column.in_(of_each[start : start + _ASKED_AT_ONCE]))).scalars()
    return found
