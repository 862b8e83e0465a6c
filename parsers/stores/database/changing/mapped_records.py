"""Records of CloudBees CD's mapped tables found again: `ec_credential:id=0a00…`."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from parsers.errors import StoreError
from parsers.stores.database.catalogue import Catalogue
from parsers.stores.database.changing.row_keys import RowKeys
from parsers.stores.database.changing.sealed_columns import WHOLE, SealedColumns
from parsers.stores.database.changing.target import Located, Target
from parsers.stores.database.connection import Database
from parsers.stores.database.faults import DRIVER_FAULTS, explain
from parsers.stores.database.plan import TablePlan, plan
from parsers.stores.mapping import Mapping

NO_KEY: Final = "the table has no column that finds a row again"
NO_TABLE: Final = "no table of the mapping is meant"
SEVERAL_COLUMNS: Final = "the mapping names several secrets in this row"


class MappedRecords:
    """A `Locator`; each table's keys are read once, and again where one is missing among them."""

    def __init__(self, database: Database, mapping: Mapping) -> None:
        self._database = database
        self._mapping = mapping
        self._targets: dict[str, list[Target]] = {}
        self._keys: dict[str, RowKeys] = {}

    def locate(self, records: Sequence[str]) -> dict[str, Located | str]:
        """As `Locator.locate`."""
        try:
            with self._database.reading() as connection:
                if not self._targets:
                    self._targets = self._planned(connection)
                return self._located(connection, records)
        except DRIVER_FAULTS as error:
            raise StoreError(f"{self._database.label!r} cannot be read: {explain(error)}") from error

    def _planned(self, connection: sa.Connection) -> dict[str, list[Target]]:
        """The tables with a key, by what their records begin with."""
        catalogue = Catalogue(connection)
        targets: dict[str, list[Target]] = {}
        for mapped in self._mapping.tables:
            found = plan(mapped, catalogue)
            if isinstance(found, TablePlan) and found.key:
                targets.setdefault(f"{mapped.table}:{found.key}=", []).append(_target(found))
        return targets

    def _located(self, connection: sa.Connection, records: Sequence[str]) -> dict[str, Located | str]:
        found: dict[str, Located | str] = {}
        wanted: dict[str, list[str]] = {}
        for record in records:
            starts = [start for start in self._targets if record.startswith(start)]
            if len(starts) != 1:
                found[record] = NO_TABLE if ":" in record else NO_KEY
            elif len(self._targets[starts[0]]) > 1:
                found[record] = SEVERAL_COLUMNS
            else:
                wanted.setdefault(starts[0], []).append(record)
        for start, of_table in wanted.items():
            found.update(self._in_table(connection, start, of_table))
        return found

    def _in_table(
        self, connection: sa.Connection, start: str, records: Sequence[str]
    ) -> dict[str, Located | str]:
        target = self._targets[start][0]
        texts = {record: record.removeprefix(start) for record in records}
        keys = self._keys.get(start)
        if keys is None or not all(text in keys for text in texts.values()):
            keys = self._keys[start] = RowKeys(connection, target.table, target.key)
        return {
            record: keys.missing(text) or Located(target, keys.raw(text), WHOLE)
            for record, text in texts.items()
        }


def _target(found: TablePlan) -> Target:
    roles = found.source.columns
    columns = tuple(roles[role] for role in ("value", "iv") if role in roles)
    return Target(found.source.table, roles["key"], columns, SealedColumns(columns))
