"""The keys of a table's rows as the driver returns them, by their text in records."""

from collections.abc import Iterable, Sequence
from typing import Final

import sqlalchemy as sa

from parsers.stores.column_values import key_column
from parsers.stores.database.catalogue import Column, Table, select
from parsers.stores.database.changing.target import RecordLocation, Target, UnlocatedRecord
from parsers.stores.database.rows import partitions

_FETCH_ROWS: Final = 8_192
_ASKED_AT_ONCE: Final = 500

NO_KEY: Final = UnlocatedRecord("the table has no column that identifies a row")
ABSENT: Final = UnlocatedRecord("no row of the table has this key")
SHARED: Final = UnlocatedRecord("several rows have this key, or keys that the database considers equal")


class RowKeys:
    """All keys of one table, read once, in the types of the driver (integer, text, bytes, UUID)."""

    def __init__(self, connection: sa.Connection, table: Table, key: Column) -> None:
        self._found: dict[str, object] = {}
        self._shared: set[str] = set()
        for rows in partitions(connection, select(table, [key]), _FETCH_ROWS):
            self._add([row[0] for row in rows])
        for raw in _keys_equal_in_database(connection, table, key):
            self._shared.update(_texts([raw]))

    def _add(self, raws: Sequence[object]) -> None:
        for text, raw in zip(_texts(raws), raws, strict=True):
            if text in self._found:
                self._shared.add(text)
            self._found[text] = raw

    def __contains__(self, text: str) -> bool:
        """Whether some row has this key."""
        return text in self._found

    def row(self, target: Target, text: str, place: str) -> RecordLocation | UnlocatedRecord:
        """The single row with this key, and a place in it."""
        if text in self._shared:
            return SHARED
        raw = self._found.get(text)
        return ABSENT if raw is None else RecordLocation(target, raw, place)


class KeysOfTables:
    """The keys of each table, read at first use, and again when one is missing."""

    def __init__(self) -> None:
        self._read: dict[Target, RowKeys] = {}

    def of(self, connection: sa.Connection, target: Target, wanted: Iterable[str]) -> RowKeys:
        """The keys of a table, including all of `wanted` that exist."""
        keys = self._read.get(target)
        if keys is None or not all(text in keys for text in wanted):
            keys = self._read[target] = RowKeys(connection, target.table, target.key)
        return keys


def _texts(raws: Iterable[object]) -> list[str]:
    """Keys as text, as in records; null like an empty one."""
    return [text or "" for text in key_column(list(raws)).to_list()]


def _keys_equal_in_database(connection: sa.Connection, table: Table, key: Column) -> list[object]:
    """Keys that are equal in the database's own comparison, by their collation for example."""
    column: sa.ColumnClause[object] = sa.column(key.name)
    keys = sa.select(column).select_from(sa.table(table.name, column))
    several = keys.group_by(column).having(sa.func.count() > 1)
    of_each = list(connection.execute(several).scalars())
    found: list[object] = []
    for start in range(0, len(of_each), _ASKED_AT_ONCE):
        some = of_each[start : start + _ASKED_AT_ONCE]
        found += connection.execute(keys.where(column.in_(some))).scalars()
    return found
