"""Records of CloudBees CD's mapped tables found again: `ec_credential:id=0a00…`."""

from collections.abc import Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from parsers.errors import StoreError
from parsers.stores.database.catalogue import Catalogue, Column, python_type
from parsers.stores.database.changing.row_keys import NO_KEY, KeysOfTables
from parsers.stores.database.changing.target import (
    Cells,
    Located,
    RuledOut,
    TableHabits,
    Target,
    stored_bytes,
    table_habits,
)
from parsers.stores.database.plan import TablePlan, plan
from parsers.stores.mapping import Mapping as TableMapping
from parsers.stores.store_writer import StoredCiphertext

WHOLE: Final = ""
"""The one place in such a row."""


class SealedColumns:
    """A `Form`: the value's column, then the vector's if there is one."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self._columns = columns

    def sealed(self, cells: Cells, places: Sequence[str]) -> list[StoredCiphertext | None]:
        """As `Form.sealed`: the value, "" where there is none."""
        beside = stored_bytes(cells[1]) if len(cells) > 1 else b""
        value = StoredCiphertext(stored_bytes(cells[0]), beside or None)
        return [value] * len(places)

    def changed(self, cells: Cells, new: Mapping[str, StoredCiphertext]) -> Cells:
        """As `Form.changed`; what stays equal stays the very same."""
        wanted = (new[WHOLE].value, new[WHOLE].iv or b"")
        if len(cells) == 1 and wanted[1]:
            raise StoreError(f"column {self._columns[0].name!r} has no other for a vector beside it")
        return tuple(
            old if stored_bytes(old) == content else _as_stored(content, old, column)
            for old, content, column in zip(cells, wanted, self._columns, strict=False)
        )


def _as_stored(content: bytes, old: object, column: Column) -> str | bytes | None:
    """Text where text stood, bytes where bytes did; where nothing did, as the column's type has it."""
    if not content:
        return None
    binary = isinstance(old, bytes | bytearray | memoryview)
    if binary or (old is None and python_type(column.type) is bytes):
        return content
    try:
        return content.decode()
    except UnicodeDecodeError:
        # Without its cause, which holds the value.
        raise StoreError(f"column {column.name!r} holds text, and the new value is none") from None


NO_TABLE: Final = RuledOut("it is of no table that the mapping names and the database has")
SEVERAL_COLUMNS: Final = RuledOut("the mapping names several secrets in one row of the table")


class MappedRecords:
    """A `Locator` for the tables of a mapping."""

    def __init__(self, mapping: TableMapping) -> None:
        self._mapping = mapping
        self._targets: dict[str, list[Target]] | None = None
        self._keys = KeysOfTables()

    def locate(self, connection: sa.Connection, records: Sequence[str]) -> dict[str, Located | RuledOut]:
        """As `Locator.locate`."""
        if self._targets is None:
            self._targets = _by_start(connection, self._mapping)
        found: dict[str, Located | RuledOut] = {}
        wanted: dict[str, list[str]] = {}
        for record in records:
            start = _start_of(record, self._targets)
            if isinstance(start, str):
                wanted.setdefault(start, []).append(record)
            else:
                found[record] = start
        for start, of_table in wanted.items():
            [target] = self._targets[start]
            texts = [record.removeprefix(start) for record in of_table]
            keys = self._keys.of(connection, target, texts)
            found.update(
                (record, keys.row(target, text, WHOLE)) for record, text in zip(of_table, texts, strict=True)
            )
        return found


def _by_start(connection: sa.Connection, mapping: TableMapping) -> dict[str, list[Target]]:
    """The mapped tables by what their records begin with, or, without a key, are."""
    catalogue = Catalogue(connection)
    habits = table_habits(connection)
    targets: dict[str, list[Target]] = {}
    for mapped in mapping.tables:
        found = plan(mapped, catalogue)
        if isinstance(found, TablePlan):
            start = f"{mapped.table}:{found.key}=" if found.key else mapped.table
            targets.setdefault(start, []).extend([_target(found, habits)] if found.key else [])
    return targets


def _start_of(record: str, targets: dict[str, list[Target]]) -> str | RuledOut:
    starts = [start for start in targets if record.startswith(start) and start.endswith("=")]
    if len(starts) == 1:
        return starts[0] if len(targets[starts[0]]) == 1 else SEVERAL_COLUMNS
    return NO_KEY if record in targets else NO_TABLE


def _target(found: TablePlan, habits: TableHabits) -> Target:
    roles = found.source.columns
    columns = tuple(roles[role] for role in ("value", "iv") if role in roles)
    table = found.source.table
    return Target(
        table=table,
        key=roles["key"],
        columns=columns,
        form=SealedColumns(columns),
        kept=habits.kept(table),
        engine=habits.engines.get(table.name),
    )
