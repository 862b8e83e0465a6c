"""A database's own list of its tables and columns, and statements built from nothing else."""

import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.types import NullType, TypeEngine

_LARGE: Final = (sa.Text, sa.LargeBinary)


class Unusable(Enum):
    """Why a table cannot be read; the value is for users."""

    ABSENT = "the database's catalogue does not list it: it is not there, or this user has no right on it"
    VIEW = "it is a view"
    NO_RIGHT = "this user has no right to see its columns"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the catalogue: its name as spelled there, and its type (`NullType` if unknown)."""

    name: str
    type: TypeEngine[Any]  # of whatever Python type


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the catalogue.

    Attributes:
        name: in the catalogue's spelling.
        columns: in their order.
        keys: names of the columns of its primary key and of its foreign keys.
        targets: (table, column) that its foreign keys refer to.
    """

    name: str
    columns: tuple[Column, ...]
    keys: frozenset[str]
    targets: frozenset[tuple[str, str]]

    def column(self, name: str) -> Column | None:
        """The column of this name, else the only one that differs just in case."""
        found = _match_name(name, [column.name for column in self.columns])
        return next((column for column in self.columns if column.name == found), None)


class Catalogue:
    """The tables of a database's default schema. Usable while its connection is open."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._inspector = sa.inspect(connection)
        self.tables = tuple(sorted(self._inspector.get_table_names()))
        self._views = tuple(self._inspector.get_view_names())

    def find(self, name: str) -> Table | Unusable:
        """The table of this name, else the only one that differs just in case; or why there is none."""
        spelled = _match_name(name, self.tables)
        if spelled is None:
            return Unusable.ABSENT if _match_name(name, self._views) is None else Unusable.VIEW
        try:
            with warnings.catch_warnings():
                # About duplicate foreign keys, for example: irrelevant for reading values.
                warnings.simplefilter("ignore", exc.SAWarning)
                return self._table(spelled)
        except (exc.UnreflectableTableError, exc.NoSuchTableError):
            return Unusable.NO_RIGHT
        except exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            self._connection.rollback()
            return Unusable.NO_RIGHT

    def _table(self, name: str) -> Table:
        columns = tuple(
            Column(column["name"], column["type"]) for column in self._inspector.get_columns(name)
        )
        keys = set(self._inspector.get_pk_constraint(name)["constrained_columns"])
        targets: set[tuple[str, str]] = set()
        for foreign in self._inspector.get_foreign_keys(name):
            keys.update(foreign["constrained_columns"])
            targets.update((foreign["referred_table"], column) for column in foreign["referred_columns"])
        return Table(name, columns, frozenset(keys), frozenset(targets))


def select(
    table: Table, columns: Sequence[Column], *, as_bytes: Collection[int] = (), filled: bool = False
) -> sa.Select[Any]:
    """`SELECT columns FROM table`; all names are from the catalogue, quoted as the dialect requires.

    Args:
        table: the table.
        columns: at least one.
        as_bytes: positions in `columns` whose text is wanted as the stored bytes.
        filled: leave out rows whose first column is null.
    """
    # Only large types are declared, since Oracle's driver returns locators otherwise. Other types would
    # convert values to Python objects and reject what does not fit, such as a date in words in SQLite.
    elements: list[sa.ColumnClause[Any]] = [
        sa.column(column.name, column.type if isinstance(column.type, _LARGE) else NullType())
        for column in columns
    ]
    wanted = [
        sa.cast(element, sa.LargeBinary) if position in as_bytes else element
        for position, element in enumerate(elements)
    ]
    statement = sa.select(*wanted).select_from(sa.table(table.name, *elements))
    return statement.where(elements[0].is_not(None)) if filled else statement


def python_type(kind: TypeEngine[Any]) -> type[Any]:
    """The Python type of a column's values; `object` if the column's type is unknown."""
    try:
        return kind.python_type
    except NotImplementedError:
        return object


def _match_name(name: str, names: Collection[str]) -> str | None:
    if name in names:
        return name
    alike = [other for other in names if other.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else None
