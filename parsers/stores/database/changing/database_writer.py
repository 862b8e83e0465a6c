"""A live database, or a SQLite file, whose stored values are changed where they lie."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial

import sqlalchemy as sa

from parsers.errors import CommitUnknownError, StoreError
from parsers.stores.database.changing import preflight
from parsers.stores.database.changing.row_changes import (
    ByRow,
    by_row,
    change_rows,
    hashable,
    pieces,
    rows_by_key,
)
from parsers.stores.database.changing.run_lock import OneRun
from parsers.stores.database.changing.target import Located, Locator, RuledOut, Target
from parsers.stores.database.changing.transactions import Access, committed
from parsers.stores.database.faults import DRIVER_FAULTS, explain
from parsers.stores.store_writer import Blocker, ChangeOutcome, StoredCiphertext, ValueChange

_Places = dict[Hashable, list[tuple[str, str]]]
"""Record and place of each value wanted of a row, by the row's key."""


class DatabaseInPlace:
    """An `InPlace` over a database of either product."""

    def __init__(self, access: Access, locator: Locator) -> None:
        self._access = access
        self._locator = locator
        self._one_run = OneRun(access)
        self._found: dict[str, Located] = {}

    @property
    def label(self) -> str:
        """As `InPlace.label`."""
        return self._access.database.label

    def blockers(self, changes: Sequence[ValueChange]) -> Iterator[Blocker]:
        """As `InPlace.blockers`."""
        try:
            yield from preflight.sessions(self._access, self._one_run.sessions)
            located = self._locate([change.record for change in changes])
            yield from preflight.ruled_out(located)
            with self._access.reading() as connection:
                yield from preflight.of_tables(connection, by_row(changes, located))
        except DRIVER_FAULTS as error:
            raise self._unreadable(error) from error

    def exclusively(self) -> AbstractContextManager[None]:
        """As `InPlace.exclusively`."""
        return self._one_run.held()

    def present(self, records: Sequence[str]) -> dict[str, StoredCiphertext]:
        """As `InPlace.present`."""
        wanted: dict[Target, _Places] = {}
        for record, found in self._locate(records).items():
            if isinstance(found, Located):
                rows = wanted.setdefault(found.target, {})
                rows.setdefault(hashable(found.key), []).append((record, found.place))
        try:
            with self._access.reading() as connection:
                return {
                    record: value
                    for target, rows in wanted.items()
                    for record, value in _sealed(connection, target, rows)
                }
        except DRIVER_FAULTS as error:
            raise self._unreadable(error) from error

    def replace(self, changes: Sequence[ValueChange]) -> list[ChangeOutcome]:
        """As `InPlace.replace`; each record may stand in `changes` once.

        Where a table has no transactions, part of the changes may stand after an error, which then is a
        `CommitUnknownError`.
        """
        records = [change.record for change in changes]
        if len(set(records)) < len(records):
            raise StoreError(f"{self.label!r} was not changed: a record is to be changed twice")
        wanted = by_row(changes, self._locate(records))
        try:
            outcomes = committed(self._access, partial(_changed, wanted)) if wanted else {}
        except StoreError as error:
            if all(target.engine is None for target in wanted):
                raise
            raise CommitUnknownError(
                f"{error.message} (a table has no transactions)", hint=error.hint
            ) from None
        return [outcomes.get(record, ChangeOutcome.GONE) for record in records]

    def _locate(self, records: Sequence[str]) -> Mapping[str, Located | RuledOut]:
        """Where records lead is remembered: a connection costs as much as some hundred rows.

        What became of the row meanwhile shows when it is read.
        """
        ruled_out: dict[str, RuledOut] = {}
        if new := [record for record in records if record not in self._found]:
            try:
                with self._access.database.reading() as connection:
                    located = self._locator.locate(connection, new)
            except DRIVER_FAULTS as error:
                raise self._unreadable(error) from error
            self._found |= {record: to for record, to in located.items() if isinstance(to, Located)}
            ruled_out = {record: to for record, to in located.items() if isinstance(to, RuledOut)}
        return {record: ruled_out.get(record) or self._found[record] for record in records}

    def _unreadable(self, error: BaseException) -> StoreError:
        return StoreError(f"{self.label!r} cannot be read: {explain(error)}")


def _changed(wanted: ByRow, connection: sa.Connection) -> dict[str, ChangeOutcome]:
    outcomes: dict[str, ChangeOutcome] = {}
    for target, rows in wanted.items():
        outcomes.update(change_rows(connection, target, rows))
    return outcomes


def _sealed(
    connection: sa.Connection, target: Target, wanted: _Places
) -> Iterator[tuple[str, StoredCiphertext]]:
    for keys in pieces(list(wanted), target.at_once):
        for key, cells in rows_by_key(connection, target, keys).items():
            there = target.form.sealed(cells, [place for _, place in wanted[key]])
            for (record, _), value in zip(wanted[key], there, strict=True):
                if value is not None:
                    yield record, value
