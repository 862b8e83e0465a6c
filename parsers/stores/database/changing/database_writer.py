"""A live database, or a SQLite file, whose stored values are changed in place."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial

import sqlalchemy as sa

from parsers.errors import CommitUnknownError, StoreError
from parsers.stores.database.changing import preflight
from parsers.stores.database.changing.row_changes import (
    ChangesByRow,
    change_rows,
    changes_by_row,
    hashable,
    rows_by_key,
    slices_of,
)
from parsers.stores.database.changing.run_lock import RunLock
from parsers.stores.database.changing.target import Locator, RecordLocation, Target, UnlocatedRecord
from parsers.stores.database.changing.transactions import WriteAccess, run_transaction
from parsers.stores.database.faults import DRIVER_FAULTS, explain
from parsers.stores.store_writer import Blocker, ChangeOutcome, StoredCiphertext, ValueChange

_Places = dict[Hashable, list[tuple[str, str]]]
"""Record and place of each value to read from a row, by the row's key."""


class DatabaseWriter:
    """An `InPlaceWriter` for a database of any product."""

    def __init__(self, access: WriteAccess, locator: Locator) -> None:
        self._access = access
        self._locator = locator
        self._run_lock = RunLock(access)
        self._found: dict[str, RecordLocation] = {}

    @property
    def label(self) -> str:
        """As `InPlaceWriter.label`."""
        return self._access.database.label

    def blockers(self, changes: Sequence[ValueChange]) -> Iterator[Blocker]:
        """As `InPlaceWriter.blockers`."""
        try:
            yield from preflight.session_blockers(self._access, self._run_lock.sessions)
            located = self._locate([change.record for change in changes])
            yield from preflight.unlocated_blockers(located)
            with self._access.reading() as connection:
                yield from preflight.table_blockers(connection, changes_by_row(changes, located))
        except DRIVER_FAULTS as error:
            raise self._read_error(error) from error

    def exclusively(self) -> AbstractContextManager[None]:
        """As `InPlaceWriter.exclusively`."""
        return self._run_lock.hold()

    def present(self, records: Sequence[str]) -> dict[str, StoredCiphertext]:
        """As `InPlaceWriter.present`."""
        wanted: dict[Target, _Places] = {}
        for record, found in self._locate(records).items():
            if isinstance(found, RecordLocation):
                rows = wanted.setdefault(found.target, {})
                rows.setdefault(hashable(found.key), []).append((record, found.place))
        try:
            with self._access.reading() as connection:
                return {
                    record: value
                    for target, rows in wanted.items()
                    for record, value in _read_all(connection, target, rows)
                }
        except DRIVER_FAULTS as error:
            raise self._read_error(error) from error

    def replace(self, changes: Sequence[ValueChange]) -> list[ChangeOutcome]:
        """As `InPlaceWriter.replace`; each record may occur in `changes` only once.

        If a table has no transactions, some changes may remain after an error, which then is a
        `CommitUnknownError`.
        """
        records = [change.record for change in changes]
        if len(set(records)) < len(records):
            raise StoreError(f"{self.label!r} was not changed: a record is to be changed twice")
        wanted = changes_by_row(changes, self._locate(records))
        try:
            outcomes = run_transaction(self._access, partial(_change_all, wanted)) if wanted else {}
        except StoreError as error:
            # Without transactions there is no rollback: some rows may have been changed before the error.
            if all(target.engine is None for target in wanted):
                raise
            raise CommitUnknownError(
                f"{error.message} (a table has no transactions)", hint=error.hint
            ) from None
        return [outcomes.get(record, ChangeOutcome.GONE) for record in records]

    def _locate(self, records: Sequence[str]) -> Mapping[str, RecordLocation | UnlocatedRecord]:
        """The locations of records, which are cached: a connection costs as much as some hundred rows.

        If a row has changed since, reading it shows that.
        """
        ruled_out: dict[str, UnlocatedRecord] = {}
        if new := [record for record in records if record not in self._found]:
            try:
                with self._access.database.reading() as connection:
                    located = self._locator.locate(connection, new)
            except DRIVER_FAULTS as error:
                raise self._read_error(error) from error
            self._found |= {record: to for record, to in located.items() if isinstance(to, RecordLocation)}
            ruled_out = {record: to for record, to in located.items() if isinstance(to, UnlocatedRecord)}
        return {record: ruled_out.get(record) or self._found[record] for record in records}

    def _read_error(self, error: BaseException) -> StoreError:
        return StoreError(f"{self.label!r} cannot be read: {explain(error)}")


def _change_all(wanted: ChangesByRow, connection: sa.Connection) -> dict[str, ChangeOutcome]:
    outcomes: dict[str, ChangeOutcome] = {}
    for target, rows in wanted.items():
        outcomes.update(change_rows(connection, target, rows))
    return outcomes


def _read_all(
    connection: sa.Connection, target: Target, wanted: _Places
) -> Iterator[tuple[str, StoredCiphertext]]:
    for keys in slices_of(list(wanted), target.at_once):
        for key, cells in rows_by_key(connection, target, keys).items():
            there = target.codec.read_values(cells, [place for _, place in wanted[key]])
            for (record, _), value in zip(wanted[key], there, strict=True):
                if value is not None:
                    yield record, value
