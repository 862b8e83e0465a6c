"""The statements that lock, read and change rows, for every kind of server."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import NullType, TypeEngine

from parsers.stores.database.changing.target import Target

KEYS: Final = "row_keys"
KEY: Final = "row_key"

_LOCK_OF_SQL_SERVER: Final = "WITH (UPDLOCK, HOLDLOCK)"
"""SQL Server has `FOR UPDATE` only for cursors, and SQLAlchemy omits it silently."""


def cell(index: int) -> str:
    """The parameter for the column of this index in `Target.columns`."""
    return f"cell_{index}"


def select_rows(target: Target, dialect: str, *, lock: bool) -> sa.Select[Any]:
    """`SELECT key, columns … WHERE key IN (:row_keys)`; `lock` holds the rows until the transaction ends.

    SQLite needs no lock here: its transaction begins with `BEGIN IMMEDIATE`, which excludes other writers.
    Oracle would wait for ever, so there the statement does not wait at all.
    """
    table, key, columns = _clauses(target, dialect)
    wanted = [sa.cast(element, sa.Text) if _is_json_text(element.type) else element for element in columns]
    statement = sa.select(key, *wanted).select_from(table).where(key.in_(sa.bindparam(KEYS, expanding=True)))
    if not lock:
        return statement
    locking = statement.with_for_update(nowait=dialect == "oracle")
    return locking.with_hint(table, _LOCK_OF_SQL_SERVER, "mssql")


def update_row(target: Target, indexes: tuple[int, ...], dialect: str) -> sa.Update:
    """`UPDATE table SET column = :cell_n … WHERE key = :row_key`, for the columns of these indexes."""
    table, key, columns = _clauses(target, dialect)
    new: dict[sa.ColumnElement[Any], sa.ColumnElement[Any]] = {
        columns[index]: _new(columns[index], index) for index in indexes
    }
    new |= {table.c[column.name]: table.c[column.name] for column in target.kept}
    return sa.update(table).where(key == sa.bindparam(KEY, type_=NullType())).values(new)


def _new(column: sa.ColumnClause[Any], index: int) -> sa.ColumnElement[Any]:
    if _is_json_text(column.type):
        return sa.cast(sa.bindparam(cell(index), type_=sa.Text()), column.type)
    return sa.bindparam(cell(index), type_=column.type)


def _is_json_text(kind: TypeEngine[Any]) -> bool:
    """PostgreSQL's `json`, which keeps its text (`jsonb` does not)."""
    return isinstance(kind, postgresql.JSON) and not isinstance(kind, postgresql.JSONB)


def _clauses(
    target: Target, dialect: str
) -> tuple[sa.TableClause, sa.ColumnClause[Any], list[sa.ColumnClause[Any]]]:
    key: sa.ColumnClause[Any] = sa.column(target.key.name, NullType())
    columns: list[sa.ColumnClause[Any]] = [
        sa.column(column.name, _bound_type(column.type, dialect)) for column in target.columns
    ]
    kept: list[sa.ColumnClause[Any]] = [sa.column(column.name) for column in target.kept]
    return sa.table(target.table.name, key, *columns, *kept), key, columns


def _bound_type(kind: TypeEngine[Any], dialect: str) -> TypeEngine[Any]:
    """The type only where a driver needs it: large objects of Oracle, JSON. Other values pass unchanged."""
    if _is_json_text(kind) or (dialect == "oracle" and isinstance(kind, sa.Text | sa.LargeBinary)):
        return kind
    return NullType()
