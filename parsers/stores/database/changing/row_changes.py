"""Rows of one table changed inside a transaction: locked, compared byte for byte, written, read again."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from parsers.errors import StoreError
from parsers.stores.database.changing.row_statements import KEY, KEYS, cell, select_rows, update_row
from parsers.stores.database.changing.target import (
    Cells,
    RecordLocation,
    Target,
    UnlocatedRecord,
    stored_bytes,
)
from parsers.stores.store_writer import ChangeOutcome, StoredCiphertext, ValueChange


@dataclass(frozen=True, slots=True, repr=False)
class PlacedChange:
    """A change, and its place in the row."""

    place: str
    change: ValueChange


ChangesByRow = dict[Target, dict[Hashable, list[PlacedChange]]]
"""The changes by table and by the key of their row."""


def changes_by_row(
    changes: Sequence[ValueChange], located: Mapping[str, RecordLocation | UnlocatedRecord]
) -> ChangesByRow:
    """The changes whose records have a location, by row."""
    wanted: ChangesByRow = {}
    for change in changes:
        if isinstance(found := located[change.record], RecordLocation):
            rows = wanted.setdefault(found.target, {})
            rows.setdefault(hashable(found.key), []).append(PlacedChange(found.place, change))
    return wanted


def hashable(key: object) -> Hashable:
    """A key as a dictionary key: bytes instead of a view of bytes."""
    return bytes(key) if isinstance(key, bytearray | memoryview) else key


def change_rows(
    connection: sa.Connection, target: Target, wanted: Mapping[Hashable, Sequence[PlacedChange]]
) -> dict[str, ChangeOutcome]:
    """Make the changes of `wanted`, which has them by the key of their row; the outcome by record.

    Rows are locked before they are compared, so that nothing can change between comparison and update. They
    are read again after the update, since a server may truncate or convert a value without an error.

    Raises:
        StoreError: a row was not changed, or not to the new value: the caller must roll back.
        DRIVER_FAULTS: from the database.
    """
    outcomes: dict[str, ChangeOutcome] = {}
    for keys in slices_of(list(wanted), target.at_once):
        there = rows_by_key(connection, target, keys, lock=True)
        meant: dict[Hashable, Cells] = {}
        for key in keys:
            if (cells := there.get(key)) is None:
                outcomes.update(
                    dict.fromkeys((each.change.record for each in wanted[key]), ChangeOutcome.GONE)
                )
                continue
            new = _judge(target, cells, wanted[key], outcomes)
            if new:
                meant[key] = target.codec.write_values(cells, new)
        _write(connection, target, there, meant)
        _check(connection, target, meant)
    return outcomes


def rows_by_key(
    connection: sa.Connection, target: Target, keys: Sequence[Hashable], *, lock: bool = False
) -> dict[Hashable, Cells]:
    """The cells of each row whose key is unique, in the database's own comparison too."""
    statement = select_rows(target, connection.dialect.name, lock=lock)
    rows = _ask(connection, statement, keys)
    found = dict(rows)
    if len(found) == len(rows) and found.keys() <= set(keys):
        return found
    # A case-insensitive collation, for example, finds more rows than keys: ask key by key which ones.
    each = ((key, _ask(connection, statement, [key])) for key in keys)
    return {key: rows[0][1] for key, rows in each if len(rows) == 1 and rows[0][0] == key}


def _ask(
    connection: sa.Connection, statement: sa.Select[Any], keys: Sequence[Hashable]
) -> list[tuple[Hashable, Cells]]:
    rows = connection.execute(statement, {KEYS: list(keys)})
    return [(hashable(row[0]), tuple(row[1:])) for row in rows]


def _judge(
    target: Target, cells: Cells, wanted: Sequence[PlacedChange], outcomes: dict[str, ChangeOutcome]
) -> dict[str, StoredCiphertext]:
    """The new value for each place that is to change; outcomes are recorded as if that were done."""
    new: dict[str, StoredCiphertext] = {}
    there = target.codec.read_values(cells, [each.place for each in wanted])
    for each, current in zip(wanted, there, strict=True):
        outcome = _outcome(each.change, current)
        outcomes[each.change.record] = outcome
        if outcome is ChangeOutcome.CHANGED:
            new[each.place] = each.change.new
    return new


def _outcome(change: ValueChange, current: StoredCiphertext | None) -> ChangeOutcome:
    if current is None:
        return ChangeOutcome.GONE
    if current == change.new:
        return ChangeOutcome.ALREADY
    return ChangeOutcome.CHANGED if current == change.old else ChangeOutcome.DIFFERS


def _write(
    connection: sa.Connection,
    target: Target,
    there: Mapping[Hashable, Cells],
    meant: Mapping[Hashable, Cells],
) -> None:
    """One statement for all rows in which the same columns change."""
    alike: dict[tuple[int, ...], list[dict[str, object]]] = {}
    for key, cells in meant.items():
        indexes = tuple(n for n, new in enumerate(cells) if new is not there[key][n])
        values = {cell(n): cells[n] for n in indexes}
        alike.setdefault(indexes, []).append({KEY: key, **values})
    # A column that does not change is not named, so that triggers on it do not fire.
    for indexes, rows in alike.items():
        changed = _count(connection, update_row(target, indexes, connection.dialect.name), rows)
        if changed != len(rows):
            raise StoreError(
                f"table {target.table.name!r}: {len(rows)} rows were to change, "
                f"but the database reports {changed}"
            )


def _count(connection: sa.Connection, statement: sa.Update, rows: list[dict[str, object]]) -> int:
    """How many rows changed. Each key has exactly one row, locked and read before, so the total suffices."""
    if connection.dialect.supports_sane_multi_rowcount:
        return connection.execute(statement, rows).rowcount
    return sum(connection.execute(statement, row).rowcount == 1 for row in rows)


def _check(connection: sa.Connection, target: Target, meant: Mapping[Hashable, Cells]) -> None:
    if not meant:
        return
    there = rows_by_key(connection, target, list(meant), lock=True)
    for key, cells in meant.items():
        if list(map(stored_bytes, there.get(key, ()))) != list(map(stored_bytes, cells)):
            raise StoreError(
                f"table {target.table.name!r}: a row does not hold what was written to it",
                hint="the column is too short, its character set lacks a character, or a trigger changes it",
            )


def slices_of(keys: Sequence[Hashable], size: int) -> Iterator[Sequence[Hashable]]:
    """At most `size` at a time."""
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
