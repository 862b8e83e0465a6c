"""Tables whose changes no transaction holds together: MySQL's and MariaDB's storage engines differ in it."""

from collections.abc import Iterable
from typing import Final

import sqlalchemy as sa

_ENGINES: Final = (
    "SELECT t.table_name, t.engine FROM information_schema.tables t "
    "LEFT JOIN information_schema.engines e ON e.engine = t.engine "
    "WHERE t.table_schema = DATABASE() AND COALESCE(e.transactions, 'NO') <> 'YES'"
)


def without_transactions(connection: sa.Connection, tables: Iterable[str]) -> dict[str, str]:
    """Those of `tables` whose changes cannot be taken back, and their storage engine.

    Raises:
        DRIVER_FAULTS: from the database.
    """
    if connection.dialect.name not in {"mysql", "mariadb"}:
        return {}
    found = {str(name): str(engine or "") for name, engine in connection.exec_driver_sql(_ENGINES)}
    return {name: found[name] for name in tables if name in found}
