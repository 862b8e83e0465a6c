"""What MySQL and MariaDB do to tables that other servers do not: no transactions, times set anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from parsers.stores.database.catalogue import Column, Table

_WITHOUT_TRANSACTIONS: Final = (
    "SELECT t.table_name, t.engine FROM information_schema.tables t "
    "LEFT JOIN information_schema.engines e ON e.engine = t.engine "
    "WHERE t.table_schema = DATABASE() AND COALESCE(e.transactions, 'NO') <> 'YES'"
)
_SET_ANEW: Final = (
    "SELECT table_name, column_name FROM information_schema.columns "
    "WHERE table_schema = DATABASE() AND LOCATE('on update', LOWER(extra)) > 0"
)


@dataclass(frozen=True, slots=True)
class TableHabits:
    """Of the tables of one database.

    Attributes:
        engines: the storage engine of each table whose changes cannot be taken back.
        set_anew: table and column of each `ON UPDATE CURRENT_TIMESTAMP`. (SQL Server's `rowversion` is none
            of them: nothing keeps that as it is.)
    """

    engines: Mapping[str, str]
    set_anew: frozenset[tuple[str, str]]

    def kept(self, table: Table) -> tuple[Column, ...]:
        """The columns that a statement must name if it is to leave them as they are."""
        return tuple(column for column in table.columns if (table.name, column.name) in self.set_anew)


def table_habits(connection: sa.Connection) -> TableHabits:
    """As the server's own catalogue has them; other servers have none.

    Raises:
        DRIVER_FAULTS: from the database.
    """
    if connection.dialect.name not in {"mysql", "mariadb"}:
        return TableHabits({}, frozenset())
    engines = connection.exec_driver_sql(_WITHOUT_TRANSACTIONS).all()
    set_anew = connection.exec_driver_sql(_SET_ANEW).all()
    return TableHabits(
        {str(table): str(engine or "") for table, engine in engines},
        frozenset((str(table), str(column)) for table, column in set_anew),
    )
