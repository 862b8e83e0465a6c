"""Rows of a dump in memory: those of mapped tables until they make a batch, and small tables whole."""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from parsers.stores.column_values import conversion, key_column, text_column
from parsers.stores.database.plan import ReadableTable, TablePlan, Tables, plan
from parsers.stores.interface import FingerprintSeen, StoredValues
from parsers.stores.mapped_rows import PROJECTS, stored_rows
from parsers.stores.mapping import Mapping, SecretTable
from parsers.stores.schema import BATCH_ROWS
from parsers.stores.sql_dump.rows import Columns


class TableRows:
    """Rows of one mapped table, as frames. The names of its projects are needed only for a batch.

    Attributes:
        table: the table's case-folded name.
        height: how many rows there are.
    """

    def __init__(self, mapped: SecretTable) -> None:
        self.table = mapped.table.casefold()
        self.height = 0
        self._mapped = mapped
        self._plan: TablePlan | None = None
        self._frames: list[pl.DataFrame] = []

    @property
    def requested(self) -> frozenset[str]:
        """The columns that may play a role, case-folded."""
        return frozenset(name.casefold() for name in (*self._mapped.roles.values(), *self._mapped.keys))

    def add(self, columns: Columns, tables: Tables) -> None:
        """Add some rows, by case-folded column; `tables` are those that the dump has defined before them."""
        if self._plan is None:
            found = plan(self._mapped, tables)
            if not isinstance(found, TablePlan):
                return
            self._plan = found
        roles = {role: column.name.casefold() for role, column in self._plan.source.columns.items()}
        frame = pl.DataFrame(
            {role: conversion(role)(columns[name]) for role, name in roles.items() if name in columns}
        )
        self._frames.append(frame)
        self.height += frame.height

    def shrink(self, height: int) -> None:
        """Keep only the first rows; `height` is one that the table had before."""
        while self.height > height:
            self.height -= self._frames.pop().height

    def batches(self, projects: pl.DataFrame, *, store: str) -> Iterator[StoredValues]:
        """All rows joined to the names of `projects`; the table is empty afterwards."""
        if self._frames and self._plan is not None:
            rows = pl.concat(self._frames, how="diagonal")
            self._frames.clear()
            self.height = 0
            for part in rows.iter_slices(BATCH_ROWS):
                yield StoredValues(stored_rows(part, self._mapped, projects, store=store, key=self._plan.key))


_FINGERPRINT: Final = re.compile(r"[0-9a-f]{40}")


class SmallTables:
    """The tables kept whole: projects, and the history of passkeys.

    Attributes:
        requested: which columns of which tables, all case-folded.
    """

    def __init__(self, mapping: Mapping) -> None:
        self.requested = _requested_columns(mapping)
        self._history = mapping.history
        self._kept: dict[str, Columns] = {
            table: {name: [] for name in columns} for table, columns in self.requested.items()
        }

    def add(self, table: str, columns: Columns) -> None:
        """Add some rows; those of other tables are ignored."""
        height = max(map(len, columns.values()), default=0)
        for name, values in self._kept.get(table, {}).items():
            values.extend(columns.get(name, [None] * height))

    def projects(self, source: ReadableTable | str | None) -> pl.DataFrame:
        """Names of projects by key, in the `PROJECTS` schema."""
        if not isinstance(source, ReadableTable):
            return PROJECTS.to_frame()
        values = self._kept[source.table.name.casefold()]
        names = {role: column.name.casefold() for role, column in source.columns.items()}
        frame = pl.DataFrame(
            {
                "project_key": key_column(values[names["project_key"]]),
                "project": text_column(values[names["project"]]),
            }
        )
        return frame.unique("project_key", keep="first", maintain_order=True)

    def fingerprints(self) -> Iterator[FingerprintSeen]:
        """Each fingerprint once with its last use, the newest first."""
        values = self._kept[self._history.table.casefold()]
        used = values[self._history.last_used.casefold()]
        last: dict[str, str] = {}
        for spelling in self._history.fingerprints:
            for fingerprint, when in zip(values[spelling.casefold()], used, strict=True):
                text = str(fingerprint).strip().lower()
                if _FINGERPRINT.fullmatch(text):
                    last[text] = max(last.get(text, ""), "" if when is None else str(when))
        for fingerprint, when in sorted(last.items(), key=lambda item: item[1], reverse=True):
            yield FingerprintSeen(self._history.table, fingerprint, when)


def _requested_columns(mapping: Mapping) -> dict[str, frozenset[str]]:
    history = mapping.history
    requested = {history.table.casefold(): {*history.fingerprints, history.last_used}}
    for table in mapping.tables:
        if table.project is not None:
            names = requested.setdefault(table.project.table.casefold(), set())
            names.update((table.project.key, table.project.name))
    return {table: frozenset(name.casefold() for name in names) for table, names in requested.items()}
