"""A mapping compared with the catalogue: what of it can be read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from parsers.stores.database.catalogue import Column, Table, Unusable
from parsers.stores.interface import NotAudited
from parsers.stores.mapping import ProjectTable, SecretTable
from parsers.unread import Unread


class Tables(Protocol):
    """A catalogue: of a live database, or of a dump."""

    def find(self, name: str) -> Table | Unusable:
        """The table of this name, or why there is none to read from."""
        ...


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """A table that exists, and its column for each role that has one."""

    table: Table
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A mapped table that exists and has its value column.

    Attributes:
        mapped: its entry in the mapping.
        source: its columns by the roles of `ROW`.
        projects: the table of its projects' names, or why it cannot be read; None if it has none.
        absent: columns that the mapping names and the table does not have.
    """

    mapped: SecretTable
    source: ReadableTable
    projects: ReadableTable | str | None
    absent: tuple[str, ...]

    @property
    def key(self) -> str:
        """The name of the column that identifies a row, or ""."""
        return self.source.columns["key"].name if "key" in self.source.columns else ""


def plan(mapped: SecretTable, catalogue: Tables) -> TablePlan | Unusable | str:
    """How to read `mapped`; else why its table, or (as text) its value column, cannot be read."""
    table = catalogue.find(mapped.table)
    if isinstance(table, Unusable):
        return table
    found = _columns(table, mapped.roles)
    if "value" not in found:
        return f"it has no column {mapped.value!r}"
    absent = tuple(name for role, name in mapped.roles.items() if role not in found)
    keys = [column for name in mapped.keys if (column := table.column(name)) is not None]
    if keys:
        found["key"] = keys[0]
    projects = _projects(mapped.project, catalogue) if mapped.project else None
    return TablePlan(mapped, ReadableTable(table, found), projects, absent)


def _projects(project: ProjectTable, catalogue: Tables) -> ReadableTable | str:
    table = catalogue.find(project.table)
    if isinstance(table, Unusable):
        return table.value
    found = _columns(table, {"project_key": project.key, "project": project.name})
    if len(found) < 2:
        return f"it has no {project.key!r} or no {project.name!r}"
    return ReadableTable(table, found)


def _columns(table: Table, roles: Mapping[str, str]) -> dict[str, Column]:
    columns = {role: table.column(name) for role, name in roles.items()}
    return {role: column for role, column in columns.items() if column is not None}


def gaps(
    mapped: SecretTable, outcome: TablePlan | Unusable | str, *, named: bool, store: str
) -> Iterator[NotAudited | Unread]:
    """What is missing of a mapped table; `named` if a mapping file requires it.

    A default table that is absent is only listed, since not every version has it. One that exists and cannot
    be read is unread, as is everything missing that a file names.
    """
    if isinstance(outcome, TablePlan):
        for column in outcome.absent:
            reason = f"table {mapped.table!r} has no column {column!r}"
            if named:
                yield Unread(store, mapped.table, reason, partial=True)
            elif column != mapped.modified:
                yield NotAudited(store, f"{mapped.table}.{column}", reason)
        if isinstance(outcome.projects, str) and mapped.project is not None:
            place = mapped.project.table
            yield (
                Unread(store, place, outcome.projects)
                if named
                else NotAudited(store, place, outcome.projects)
            )
        return
    reason = outcome.value if isinstance(outcome, Unusable) else outcome
    if named or outcome in {Unusable.VIEW, Unusable.NO_RIGHT}:
        yield Unread(store, mapped.table, f"table {mapped.table!r}: {reason}")
    else:
        yield NotAudited(store, mapped.table, reason)
