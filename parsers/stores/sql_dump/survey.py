"""The first reading of a dump: its tables, the names of projects, the passkeys' history."""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl
from sqlalchemy.types import NullType

from parsers.errors import ArchiveError, StoreError
from parsers.stores.column_values import key_column, text_column
from parsers.stores.database.catalogue import Column, Table, Unusable
from parsers.stores.database.plan import ReadableTable
from parsers.stores.interface import FingerprintSeen
from parsers.stores.mapped_rows import PROJECTS
from parsers.stores.mapping import Mapping
from parsers.stores.sql_dump.dialect import Dialect
from parsers.stores.sql_dump.literal import Value
from parsers.stores.sql_dump.statements import Rows, SqlStatements
from parsers.stores.sql_dump.window import SqlWindow

Columns = dict[str, list[Value]]
"""Columns of small tables, by case-folded name."""

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{40}")


class Survey:
    """A dump's catalogue, and its small tables in memory."""

    def __init__(self, window: SqlWindow, dialect: Dialect, mapping: Mapping) -> None:
        wanted = _small_tables(mapping)
        statements = SqlStatements(window, dialect, wanted)
        self._small: dict[str, Columns] = {}
        try:
            for event in statements.read():
                if isinstance(event, Rows):
                    self._keep(event)
        except (ArchiveError, StoreError):
            # The second reading comes to the same place, and tells of it.
            pass
        self._tables = {
            name: Table(
                table.name,
                tuple(Column(column.name, NullType()) for column in table.columns),
                frozenset(),
                frozenset(),
            )
            for name, table in statements.tables.items()
        }

    def find(self, name: str) -> Table | Unusable:
        """The table of this name, whatever its capitals."""
        return self._tables.get(name.casefold(), Unusable.ABSENT)

    def projects(self, source: ReadableTable) -> pl.DataFrame:
        """Names of projects by key, in the `PROJECTS` schema."""
        values = self._small.get(source.table.name.casefold())
        if values is None:
            return PROJECTS.to_frame()
        names = {role: column.name.casefold() for role, column in source.columns.items()}
        frame = pl.DataFrame(
            {
                "project_key": key_column(values[names["project_key"]]),
                "project": text_column(values[names["project"]]),
            }
        )
        return frame.unique("project_key", keep="first", maintain_order=True)

    def fingerprints(self, mapping: Mapping) -> Iterator[FingerprintSeen]:
        """Each fingerprint once with its last use, the newest first."""
        values = self._small.get(mapping.history.table.casefold(), {})
        used = values.get(mapping.history.last_used.casefold(), [])
        last: dict[str, str] = {}
        for spelling in mapping.history.fingerprints:
            for fingerprint, when in zip(values.get(spelling.casefold(), []), used, strict=False):
                text = str(fingerprint).strip().lower()
                if _FINGERPRINT.fullmatch(text):
                    last[text] = max(last.get(text, ""), "" if when is None else str(when))
        for fingerprint, when in sorted(last.items(), key=lambda item: item[1], reverse=True):
            yield FingerprintSeen(mapping.history.table, fingerprint, when)

    def _keep(self, rows: Rows) -> None:
        names = [column.name.casefold() for column in rows.columns]
        kept = self._small.setdefault(rows.table, {name: [] for name in names})
        columns, _ = rows.values()
        given = dict(zip(names, columns, strict=True))
        for name, values in kept.items():
            values.extend(given.get(name, [None] * len(columns[0])))


def _small_tables(mapping: Mapping) -> dict[str, frozenset[str]]:
    history = mapping.history
    wanted = {history.table.casefold(): {*history.fingerprints, history.last_used}}
    for table in mapping.tables:
        if table.project is not None:
            wanted.setdefault(table.project.table.casefold(), set()).update(
                (table.project.key, table.project.name)
            )
    return {name: frozenset(column.casefold() for column in columns) for name, columns in wanted.items()}
