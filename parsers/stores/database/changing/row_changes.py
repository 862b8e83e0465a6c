"""Rows of one table changed inside a transaction: locked, compared byte for byte, written, read again."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from parsers.errors import StoreError
from parsers.stores.database.changing.row_statements import KEY, KEYS, cell, select_rows, update_row
from parsers.stores.database.changing.target import Cells, Located, RuledOut, Target, stored_bytes
from parsers.stores.store_writer import ChangeOutcome, StoredCiphertext, ValueChange


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """A change, and the place in its row."""

    place: str
    change: ValueChange


ByRow = dict[Target, dict[Hashable, list[Wanted]]]
"""All changes of one row stand together, under its key."""


def by_row(changes: Sequence[ValueChange], located: Mapping[str, Located | RuledOut]) -> ByRow:
    """The changes whose records lead somewhere."""
    wanted: ByRow = {}
    for change in changes:
        if isinstance(found := located[change.record], Located):
            rows = wanted.setdefault(found.target, {})
            rows.setdefault(hashable(found.key), []).append(Wanted(found.place, change))
    return wanted


def hashable(key: object) -> Hashable:
    """A key as it can be looked up: bytes in the place of views of bytes."""
    return bytes(key) if isinstance(key, bytearray | memoryview) else key


def change_rows(
    connection: sa.Connection, target: Target, wanted: Mapping[Hashable, Sequence[Wanted]]
) -> dict[str, ChangeOutcome]:
    """Make the changes that `wanted` lists by the key of their row; the outcome by record.

    Raises:
        StoreError: a row was not changed, or not into what was meant: everything is to be rolled back.
        DRIVER_FAULTS: from the database.
    """
    outcomes: dict[str, ChangeOutcome] = {}
    for keys in pieces(list(wanted), target.at_once):
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
                meant[key] = target.form.changed(cells, new)
        _write(connection, target, there, meant)
        _check(connection, target, meant)
    return outcomes


def rows_by_key(
    connection: sa.Connection, target: Target, keys: Sequence[Hashable], *, lock: bool = False
) -> dict[Hashable, Cells]:
    """The cells of each row that is the only one with its key, in the eyes of the database too."""
    statement = select_rows(target, connection.dialect.name, lock=lock)
    rows = _ask(connection, statement, keys)
    found = dict(rows)
    if len(found) == len(rows) and found.keys() <= set(keys):
        return found
    # A comparison that ignores capitals, say, finds more rows than were meant: which keys do so?
    each = ((key, _ask(connection, statement, [key])) for key in keys)
    return {key: rows[0][1] for key, rows in each if len(rows) == 1 and rows[0][0] == key}


def _ask(
    connection: sa.Connection, statement: sa.Select[Any], keys: Sequence[Hashable]
) -> list[tuple[Hashable, Cells]]:
    rows = connection.execute(statement, {KEYS: list(keys)})
    return [(hashable(row[0]), tuple(row[1:])) for row in rows]


def _judge(
    target: Target, cells: Cells, wanted: Sequence[Wanted], outcomes: dict[str, ChangeOutcome]
) -> dict[str, StoredCiphertext]:
    """What is to stand at which place; the outcomes are noted as if that were done."""
    new: dict[str, StoredCiphertext] = {}
    there = target.form.sealed(cells, [each.place for each in wanted])
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
    for indexes, rows in alike.items():
        changed = _count(connection, update_row(target, indexes, connection.dialect.name), rows)
        if changed != len(rows):
            raise StoreError(
                f"table {target.table.name!r}: {len(rows)} rows were to change, "
                f"and the database says {changed}"
            )


def _count(connection: sa.Connection, statement: sa.Update, rows: list[dict[str, object]]) -> int:
    """How many rows changed. Each key has exactly one, locked and seen before: the total tells of each."""
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
                f"table {target.table.name!r}: a row read again holds something else than was written",
                hint="the column is too short, its character set lacks a letter, or a trigger changes it",
            )


def pieces(keys: Sequence[Hashable], size: int) -> Iterator[Sequence[Hashable]]:
    """At most `size` at a time."""
    for start in range(0, len(keys), size):
        yield keys[start : start + size]
