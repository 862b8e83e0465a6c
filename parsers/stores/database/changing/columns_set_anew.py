"""Columns that MySQL and MariaDB set with every change of a row: `ON UPDATE CURRENT_TIMESTAMP`."""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa

from parsers.stores.database.catalogue import Column, Table

_SET_ANEW: Final = (
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = DATABASE() AND LOCATE('on update', LOWER(extra)) > 0"
)


def columns_set_anew(connection: sa.Connection) -> frozenset[tuple[str, str]]:
    """Table and column. SQL Server's `rowversion`, which nothing can keep, is none of them.

    Raises:
        DRIVER_FAULTS: from the database.
    """
    if connection.dialect.name not in {"mysql", "mariadb"}:
        return frozenset()
    return frozenset((str(table), str(column)) for table, column in connection.exec_driver_sql(_SET_ANEW))


def kept_in(table: Table, set_anew: Collection[tuple[str, str]]) -> tuple[Column, ...]:
    """Those of a table, which a statement that is to leave them as they are must name."""
    return tuple(column for column in table.columns if (table.name, column.name) in set_anew)
