"""Records of Octopus' documents found again: `Account:Accounts-1#/Password`."""

from collections.abc import Iterator, Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from parsers.octopus.stores.document_cells import Documents
from parsers.octopus.stores.source import BLOB, ID, JSON
from parsers.stores.database.catalogue import Catalogue, Table
from parsers.stores.database.changing.row_keys import ABSENT, NO_KEY, KeysOfTables, RowKeys
from parsers.stores.database.changing.target import (
    RecordLocation,
    TableProperties,
    Target,
    UnlocatedRecord,
    table_properties,
)
from parsers.stores.store_writer import BlockerKind

DOCUMENTS_AT_ONCE: Final = 16
"""A document may have megabytes."""

NOT_KEPT: Final = UnlocatedRecord(
    "the server keeps the document's meaning and not its text (JSONB, or MySQL's JSON)",
    BlockerKind.NOT_WRITTEN_PLAINLY,
)


class DocumentRecords:
    """A `Locator` for every table with documents."""

    def __init__(self) -> None:
        self._targets: dict[str, Target | UnlocatedRecord] | None = None
        self._keys = KeysOfTables()

    def locate(
        self, connection: sa.Connection, records: Sequence[str]
    ) -> dict[str, RecordLocation | UnlocatedRecord]:
        """As `Locator.locate`."""
        if self._targets is None:
            self._targets = dict(_by_table(connection))
        found: dict[str, RecordLocation | UnlocatedRecord] = {}
        wanted: dict[Target, list[tuple[str, str]]] = {}
        for record in records:
            table, _, rest = record.partition(":")
            target = self._targets.get(table, ABSENT)
            if isinstance(target, Target):
                wanted.setdefault(target, []).append((record, rest))
            else:
                found[record] = target
        for target, of_table in wanted.items():
            ids = {id_ for _, rest in of_table for id_, _ in _splits(rest)}
            keys = self._keys.of(connection, target, ids)
            found.update((record, _located(target, keys, rest)) for record, rest in of_table)
        return found


def _by_table(connection: sa.Connection) -> Iterator[tuple[str, Target | UnlocatedRecord]]:
    catalogue = Catalogue(connection)
    properties = table_properties(connection)
    for name in catalogue.tables:
        table = catalogue.find(name)
        if isinstance(table, Table) and (target := _target(table, properties)) is not None:
            yield name, target


def _target(table: Table, properties: TableProperties) -> Target | UnlocatedRecord | None:
    columns = tuple(column for column in table.columns if column.name.casefold() in {JSON, BLOB})
    key = next((column for column in table.columns if column.name.casefold() == ID), None)
    if not columns:
        return None
    if key is None:
        return NO_KEY
    if any(_loses_text(column.type) for column in columns):
        return NOT_KEPT
    return Target(
        table=table,
        key=key,
        columns=columns,
        codec=Documents(columns),
        kept=properties.kept(table),
        engine=properties.engines.get(table.name),
        at_once=DOCUMENTS_AT_ONCE,
    )


def _loses_text(kind: object) -> bool:
    keeps = isinstance(kind, postgresql.JSON) and not isinstance(kind, postgresql.JSONB)
    return isinstance(kind, sa.JSON) and not keeps


def _located(target: Target, keys: RowKeys, rest: str) -> RecordLocation | UnlocatedRecord:
    there = [(id_, pointer) for id_, pointer in _splits(rest) if id_ in keys]
    return keys.row(target, *there[0]) if len(there) == 1 else ABSENT


def _splits(rest: str) -> Iterator[tuple[str, str]]:
    """Every way to tell id and pointer apart: each of them may hold `#/` itself."""
    at = rest.find("#/")
    while at >= 0:
        yield rest[:at], rest[at + 1 :]
        at = rest.find("#/", at + 1)
