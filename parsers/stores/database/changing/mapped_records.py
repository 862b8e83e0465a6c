"""Records of mapped tables found again: `ec_credential:id=0a00…`."""

from collections.abc import Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from parsers.errors import StoreError
from parsers.stores.database.catalogue import Catalogue, Column, python_type
from parsers.stores.database.changing.row_keys import NO_KEY, KeysOfTables
from parsers.stores.database.changing.target import (
    Cells,
    RecordLocation,
    TableProperties,
    Target,
    UnlocatedRecord,
    stored_bytes,
    table_properties,
)
from parsers.stores.database.plan import TablePlan, plan
from parsers.stores.mapping import Mapping as TableMapping
from parsers.stores.store_writer import StoredCiphertext

WHOLE: Final = ""
"""The only place in such a row."""


class ValueColumns:
    """A `CellCodec`: the value's column, then the vector's if there is one."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        self._columns = columns

    def read_values(self, cells: Cells, places: Sequence[str]) -> list[StoredCiphertext | None]:
        """As `CellCodec.read_values`: the value, "" where there is none."""
        vector = stored_bytes(cells[1]) if len(cells) > 1 else b""
        value = StoredCiphertext(stored_bytes(cells[0]), vector or None)
        return [value] * len(places)

    def write_values(self, cells: Cells, new: Mapping[str, StoredCiphertext]) -> Cells:
        """As `CellCodec.write_values`; an unchanged cell is the same object."""
        records_by_start = (new[WHOLE].value, new[WHOLE].iv or b"")
        if len(cells) == 1 and records_by_start[1]:
            raise StoreError(
                f"column {self._columns[0].name!r} has no column next to it for an initialization vector"
            )
        return tuple(
            old if stored_bytes(old) == content else _as_cell(content, old, column)
            for old, content, column in zip(cells, records_by_start, self._columns, strict=False)
        )


def _as_cell(content: bytes, old: object, column: Column) -> str | bytes | None:
    """Text if the cell held text, bytes if it held bytes; an empty cell follows the column's type."""
    if not content:
        return None
    binary = isinstance(old, bytes | bytearray | memoryview)
    if binary or (old is None and python_type(column.type) is bytes):
        return content
    try:
        return content.decode()
    except UnicodeDecodeError:
        # Without its cause, which holds the value.
        raise StoreError(f"column {column.name!r} holds text, and the new value is not text") from None


NO_TABLE: Final = UnlocatedRecord("its table is not in the mapping, or not in the database")
SEVERAL_COLUMNS: Final = UnlocatedRecord("the mapping names several secrets in one row of the table")


class MappedRecords:
    """A `Locator` for the tables of a mapping."""

    def __init__(self, mapping: TableMapping) -> None:
        self._mapping = mapping
        self._targets: dict[str, list[Target]] | None = None
        self._keys = KeysOfTables()

    def locate(
        self, connection: sa.Connection, records: Sequence[str]
    ) -> dict[str, RecordLocation | UnlocatedRecord]:
        """As `Locator.locate`."""
        if self._targets is None:
            self._targets = _by_start(connection, self._mapping)
        found: dict[str, RecordLocation | UnlocatedRecord] = {}
        records_by_start: dict[str, list[str]] = {}
        for record in records:
            start = _start_of(record, self._targets)
            if isinstance(start, str):
                records_by_start.setdefault(start, []).append(record)
            else:
                found[record] = start
        for start, of_table in records_by_start.items():
            [target] = self._targets[start]
            texts = [record.removeprefix(start) for record in of_table]
            keys = self._keys.of(connection, target, texts)
            found.update(
                (record, keys.row(target, text, WHOLE)) for record, text in zip(of_table, texts, strict=True)
            )
        return found


def _by_start(connection: sa.Connection, mapping: TableMapping) -> dict[str, list[Target]]:
    """The mapped tables by the beginning of their records; without a key by the whole record."""
    catalogue = Catalogue(connection)
    properties = table_properties(connection)
    targets: dict[str, list[Target]] = {}
    for mapped in mapping.tables:
        found = plan(mapped, catalogue)
        if isinstance(found, TablePlan):
            start = f"{mapped.table}:{found.key}=" if found.key else mapped.table
            targets.setdefault(start, []).extend([_target(found, properties)] if found.key else [])
    return targets


def _start_of(record: str, targets: dict[str, list[Target]]) -> str | UnlocatedRecord:
    starts = [start for start in targets if record.startswith(start) and start.endswith("=")]
    if len(starts) == 1:
        return starts[0] if len(targets[starts[0]]) == 1 else SEVERAL_COLUMNS
    return NO_KEY if record in targets else NO_TABLE


def _target(found: TablePlan, properties: TableProperties) -> Target:
    roles = found.source.columns
    columns = tuple(roles[role] for role in ("value", "iv") if role in roles)
    table = found.source.table
    return Target(
        table=table,
        key=roles["key"],
        columns=columns,
        codec=ValueColumns(columns),
        kept=properties.kept(table),
        engine=properties.engines.get(table.name),
    )
