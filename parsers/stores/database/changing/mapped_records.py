"""Records of mapped tables found again: `ec_credential:id=0a00…`."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from parsers.stores.database.catalogue import Catalogue
from parsers.stores.database.changing.row_keys import NO_KEY, KeysOfTables
from parsers.stores.database.changing.sealed_columns import WHOLE, SealedColumns
from parsers.stores.database.changing.table_habits import TableHabits, table_habits
from parsers.stores.database.changing.target import Located, RuledOut, Target
from parsers.stores.database.plan import TablePlan, plan
from parsers.stores.mapping import Mapping

NO_TABLE: Final = RuledOut("it is of no table that the mapping names and the database has")
SEVERAL_COLUMNS: Final = RuledOut("the mapping names several secrets in one row of the table")


class MappedRecords:
    """A `Locator` for the tables of a mapping."""

    def __init__(self, mapping: Mapping) -> None:
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


def _by_start(connection: sa.Connection, mapping: Mapping) -> dict[str, list[Target]]:
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
