"""Rows of a mapped table of a dump, on their way to a batch."""

from collections.abc import Iterator

import polars as pl

from parsers.stores.database.plan import TablePlan, Tables, plan
from parsers.stores.interface import StoredValues
from parsers.stores.mapped_rows import stored_rows
from parsers.stores.mapping import SecretTable
from parsers.stores.roles import conversion
from parsers.stores.schema import BATCH_ROWS
from parsers.stores.sql_dump.rows import Columns


class Gathered:
    """Frames of one mapped table. What its projects are called need be known only for a batch.

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
    def asked(self) -> frozenset[str]:
        """The columns that may play a role, case-folded."""
        return frozenset(name.casefold() for name in (*self._mapped.roles.values(), *self._mapped.keys))

    def take(self, columns: Columns, tables: Tables) -> None:
        """Some rows, by case-folded column; `tables` are those that the dump has defined before them."""
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
        """Keep the first rows only, as many as there were at some time before."""
        while self.height > height:
            self.height -= self._frames.pop().height

    def batches(self, projects: pl.DataFrame, *, store: str) -> Iterator[StoredValues]:
        """All rows, if there are any, joined to the names of `projects`; none are left."""
        if self._frames and self._plan is not None:
            rows = pl.concat(self._frames, how="diagonal")
            self._frames.clear()
            self.height = 0
            for part in rows.iter_slices(BATCH_ROWS):
                yield StoredValues(stored_rows(part, self._mapped, projects, store=store, key=self._plan.key))
