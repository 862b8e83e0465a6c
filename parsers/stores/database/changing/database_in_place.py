"""A live database, or a SQLite file, whose stored values are changed where they lie."""

from collections.abc import Hashable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial

import sqlalchemy as sa

from parsers.errors import StoreError
from parsers.stores.change import Change, Hindrance, Obstacle, Outcome, Sealed
from parsers.stores.database.changing.access import Access
from parsers.stores.database.changing.one_run import OneRun
from parsers.stores.database.changing.row_changes import Wanted, change_rows, hashable, rows_by_key
from parsers.stores.database.changing.target import Located, Locator, Target
from parsers.stores.database.changing.transaction import committed
from parsers.stores.database.faults import DRIVER_FAULTS, explain

_ByRow = dict[Target, dict[Hashable, list[Wanted]]]


class DatabaseInPlace:
    """An `InPlace` over a database of either product."""

    def __init__(self, access: Access, locator: Locator) -> None:
        self._access = access
        self._locator = locator
        self._one_run = OneRun(access)

    @property
    def label(self) -> str:
        """As `InPlace.label`."""
        return self._access.database.label

    def obstacles(self, changes: Sequence[Change]) -> Iterator[Obstacle]:
        """As `InPlace.obstacles`."""
        for reason, records in self._not_found([change.record for change in changes]).items():
            yield Obstacle(Hindrance.NOT_FOUND_AGAIN, reason, tuple(records))

    def _not_found(self, records: Sequence[str]) -> dict[str, list[str]]:
        """The records that lead to no single row, by the reason."""
        found: dict[str, list[str]] = {}
        for record, located in self._locator.locate(records).items():
            if isinstance(located, str):
                found.setdefault(located, []).append(record)
        return found

    def exclusively(self) -> AbstractContextManager[None]:
        """As `InPlace.exclusively`."""
        return self._one_run.held()

    def present(self, records: Sequence[str]) -> dict[str, Sealed]:
        """As `InPlace.present`."""
        wanted: dict[Target, dict[Hashable, list[tuple[str, str]]]] = {}
        for record, located in self._locator.locate(records).items():
            if isinstance(located, Located):
                rows = wanted.setdefault(located.target, {})
                rows.setdefault(hashable(located.key), []).append((record, located.place))
        try:
            with self._access.reading() as connection:
                found: dict[str, Sealed] = {}
                for target, rows in wanted.items():
                    found.update(_sealed(connection, target, rows))
                return found
        except DRIVER_FAULTS as error:
            raise StoreError(f"{self.label!r} cannot be read: {explain(error)}") from error

    def replace(self, changes: Sequence[Change]) -> list[Outcome]:
        """As `InPlace.replace`; each record may stand in `changes` once."""
        records = [change.record for change in changes]
        if len(set(records)) < len(records):
            raise StoreError(f"{self.label!r} was not changed: a record is to be changed twice")
        wanted: _ByRow = {}
        located = self._locator.locate(records)
        for change in changes:
            if isinstance(found := located[change.record], Located):
                rows = wanted.setdefault(found.target, {})
                rows.setdefault(hashable(found.key), []).append(Wanted(found.place, change))
        outcomes = committed(self._access, partial(_change, wanted)) if wanted else {}
        return [outcomes.get(record, Outcome.GONE) for record in records]


def _change(wanted: _ByRow, connection: sa.Connection) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    for target, rows in wanted.items():
        outcomes.update(change_rows(connection, target, rows))
    return outcomes


def _sealed(
    connection: sa.Connection, target: Target, wanted: dict[Hashable, list[tuple[str, str]]]
) -> Iterator[tuple[str, Sealed]]:
    keys = list(wanted)
    for start in range(0, len(keys), target.at_once):
        there = rows_by_key(connection, target, keys[start : start + target.at_once])
        for key, cells in there.items():
            places = [place for _, place in wanted[key]]
            for (record, _), value in zip(wanted[key], target.form.sealed(cells, places), strict=True):
                if value is not None:
                    yield record, value
