"""A mapping held against the catalogue: what can be read of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from parsers.stores.database_catalogue import Catalogue, Column, Table, Unusable
from parsers.stores.mapping import ProjectTable, SecretTable


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """A table that is there, and the column for each role that one was found for."""

    table: Table
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A mapped table that is there, with its value column.

    Attributes:
        mapped: what the mapping says of it.
        source: its columns by the roles of `ROW`.
        projects: where its projects' names are, by the roles of `PROJECTS`; why not; or None if it has none.
        absent: columns that the mapping names and the table lacks.
    """

    mapped: SecretTable
    source: ReadableTable
    projects: ReadableTable | str | None
    absent: tuple[str, ...]

    @property
    def key(self) -> str:
        """The name of the column that finds a row again, or ""."""
        return self.source.columns["key"].name if "key" in self.source.columns else ""


def plan(mapped: SecretTable, catalogue: Catalogue) -> TablePlan | Unusable | str:
    """How to read `mapped`; else why its table, or (as text) its value column, cannot be read."""
    table = catalogue.find(mapped.table)
    if isinstance(table, Unusable):
        return table
    roles = dict(_roles(mapped))
    found = _columns(table, roles)
    if "value" not in found:
        return f"it has no column {mapped.value!r}"
    absent = tuple(name for role, name in roles.items() if role not in found)
    if (key := _key(mapped, table)) is not None:
        found["key"] = key
    projects = _projects(mapped.project, catalogue) if mapped.project else None
    return TablePlan(mapped, ReadableTable(table, found), projects, absent)


def _projects(project: ProjectTable, catalogue: Catalogue) -> ReadableTable | str:
    table = catalogue.find(project.table)
    if isinstance(table, Unusable):
        return table.value
    found = _columns(table, {"project_key": project.key, "project": project.name})
    return (
        ReadableTable(table, found)
        if len(found) == 2
        else f"it has no {project.key!r} or no {project.name!r}"
    )


def _columns(table: Table, roles: Mapping[str, str]) -> dict[str, Column]:
    columns = {role: table.column(name) for role, name in roles.items()}
    return {role: column for role, column in columns.items() if column is not None}


def _roles(mapped: SecretTable) -> Iterator[tuple[str, str]]:
    """(role, column) for every column that the mapping names."""
    roles = {
        "value": mapped.value,
        "key": mapped.key,
        "name": mapped.name,
        "user_name": mapped.user_name,
        "project_key": mapped.project.column if mapped.project else None,
        "credential_type": mapped.credential_type,
        "modified": mapped.modified,
        "iv": mapped.iv,
    }
    return ((role, name) for role, name in roles.items() if name is not None)


def _key(mapped: SecretTable, table: Table) -> Column | None:
    for name in (mapped.key or "id", mapped.name, mapped.user_name):
        if name is not None and (column := table.column(name)) is not None:
            return column
    return None
