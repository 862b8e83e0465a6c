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
    """Why a name is no table to read from; the value is for people."""

    ABSENT = "the database's catalogue does not list it: it is not there, or this user has no right on it"
    VIEW = "it is a view"
    NO_RIGHT = "this user has no right to see its columns"


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the catalogue has it: its spelling, and its type (`NullType` where none is known)."""

    name: str
    type: TypeEngine[Any]  # of whatever Python type


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the catalogue has it.

    Attributes:
        name: in the catalogue's spelling.
        columns: in their order.
        keys: names of the columns of its primary key and of its foreign keys.
        targets: (table, column) that its foreign keys point to.
    """

    name: str
    columns: tuple[Column, ...]
    keys: frozenset[str]
    targets: frozenset[tuple[str, str]]

    def column(self, name: str) -> Column | None:
        """The column of this name, or else the one that differs in capitals only."""
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
        """The table of this name, or else the one that differs in capitals only; or why there is none."""
        spelled = _match_name(name, self.tables)
        if spelled is None:
            return Unusable.ABSENT if _match_name(name, self._views) is None else Unusable.VIEW
        try:
            with warnings.catch_warnings():
                # Of a foreign key that stands there twice, say: nothing that matters to who reads the values.
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
    """`SELECT columns FROM table`; every name is the catalogue's and is quoted as the dialect wants it.

    Args:
        table: where from.
        columns: what; at least one.
        as_bytes: positions of those in `columns` whose text is wanted as the bytes that lie there.
        filled: leave out the rows whose first column is null.
    """
    # Only large types are told, for Oracle's driver hands out locators else: the others would turn values
    # into Python objects, and refuse what does not fit, such as a date in words in SQLite.
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
    """What values of a column's type are in Python; `object` where the type is not known."""
    try:
        return kind.python_type
    except NotImplementedError:
        return object


def _match_name(name: str, names: Collection[str]) -> str | None:
    if name in names:
        return name
    alike = [other for other in names if other.casefold() == name.casefold()]
    return alike[0] if len(alike) == 1 else None
