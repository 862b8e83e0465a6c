"""The blockers of a re-encryption that a user with the right to read can see."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from parsers.errors import StoreError
from parsers.stores.database.catalogue import python_type
from parsers.stores.database.changing.row_changes import ChangesByRow, PlacedChange, rows_by_key, slices_of
from parsers.stores.database.changing.sessions import Sessions, describe_sessions, other_sessions
from parsers.stores.database.changing.target import (
    Cells,
    RecordLocation,
    Target,
    UnlocatedRecord,
    stored_bytes,
)
from parsers.stores.database.changing.transactions import WriteAccess
from parsers.stores.store_writer import Blocker, BlockerKind


def unlocated_blockers(located: Mapping[str, RecordLocation | UnlocatedRecord]) -> Iterator[Blocker]:
    """Records without a location, by the reason."""
    reasons: dict[UnlocatedRecord, list[str]] = {}
    for record, found in located.items():
        if isinstance(found, UnlocatedRecord):
            reasons.setdefault(found, []).append(record)
    for reason, records in reasons.items():
        yield Blocker(reason.kind, reason.why, tuple(records))


def session_blockers(access: WriteAccess, own: Collection[int]) -> Iterator[Blocker]:
    """Other sessions on the same database.

    Looked for several times, since servers list a connection for a moment after it was closed.

    Raises:
        DRIVER_FAULTS: from the database.
    """
    with access.reading() as connection:
        found = other_sessions(connection, own)
        for wait in access.retry_policy.waits:
            if found.seen:
                connection.rollback()
                access.retry_policy.sleep(wait)
                found = other_sessions(connection, own)
    yield from _describe_blockers(found)


def _describe_blockers(found: Sessions) -> Iterator[Blocker]:
    if found.seen:
        count = len(found.seen)
        what = f"{count} other session{'s' * (count > 1)} on this database: {describe_sessions(found.seen)}"
        yield Blocker(BlockerKind.SESSIONS, what)
    if found.unseen:
        what = f"whether there are other sessions on this database cannot be seen: {found.unseen}"
        yield Blocker(BlockerKind.SESSIONS_UNSEEN, what)


def table_blockers(connection: sa.Connection, changes: ChangesByRow) -> Iterator[Blocker]:
    """Tables without transactions, and values that do not fit.

    Raises:
        DRIVER_FAULTS: from the database.
    """
    unfit: dict[tuple[BlockerKind, str], list[str]] = {}
    for target, rows in changes.items():
        if target.engine is not None:
            what = f"table {target.table.name!r} has no transactions ({target.engine}): what was begun stays"
            yield Blocker(BlockerKind.NO_TRANSACTIONS, what)
        for keys in slices_of(list(rows), target.at_once):
            for key, cells in rows_by_key(connection, target, keys).items():
                for reason in _misfits(target, cells, rows[key], connection.dialect.name):
                    unfit.setdefault(reason, []).extend(each.change.record for each in rows[key])
    for (kind, what), records in unfit.items():
        yield Blocker(kind, what, tuple(records))


def _misfits(
    target: Target, cells: Cells, changes: list[PlacedChange], dialect: str
) -> Iterator[tuple[BlockerKind, str]]:
    """Why the row cannot be written as planned; the changes of a document are made together or not at all."""
    there = target.codec.read_values(cells, [each.place for each in changes])
    new = {
        each.place: each.change.new
        for each, current in zip(changes, there, strict=True)
        if current == each.change.old
    }
    if not new:
        return
    try:
        meant = target.codec.write_values(cells, new)
    except StoreError as error:
        yield BlockerKind.NOT_WRITTEN_PLAINLY, f"table {target.table.name!r}: {error.message}"
        return
    for content, old, column in zip(meant, cells, target.columns, strict=True):
        if content is not old and (needed := too_long(content, column.type, dialect)):
            what = f"column {column.name!r} of table {target.table.name!r} takes {needed}"
            yield BlockerKind.TOO_SHORT, what


_BYTES_OF_MYSQL: Final[dict[type[TypeEngine[Any]], int]] = {
    mysql.TINYTEXT: 255,
    mysql.TINYBLOB: 255,
    mysql.TEXT: 65_535,
    mysql.BLOB: 65_535,
    mysql.MEDIUMTEXT: (1 << 24) - 1,
    mysql.MEDIUMBLOB: (1 << 24) - 1,
}
"""The capacity of types without a declared length (MySQL manual, "Data Type Storage Requirements")."""


def too_long(content: object, kind: TypeEngine[Any], dialect: str) -> str:
    """`40 characters, where 44 are needed`; "" if a column of this type takes `content` or is unbounded.

    SQLite does not enforce declared lengths.
    """
    size = len(stored_bytes(content))
    most = _BYTES_OF_MYSQL.get(type(kind)) if dialect in {"mysql", "mariadb"} else None
    declared = getattr(kind, "length", None)
    if most is not None or python_type(kind) is bytes:
        unit, most = "bytes", most or declared
    else:
        unit, most, size = "characters", declared, len(content) if isinstance(content, str) else size
    if dialect == "sqlite" or not isinstance(most, int) or size <= most:
        return ""
    return f"{most} {unit}, where {size} are needed"
