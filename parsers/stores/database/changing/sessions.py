"""Who else is connected to a database, as far as it tells this user."""

from typing import Final

import sqlalchemy as sa

_OWN: Final = {
    "mysql": "SELECT CONNECTION_ID()",
    "mariadb": "SELECT CONNECTION_ID()",
    "postgresql": "SELECT pg_backend_pid()",
    "mssql": "SELECT @@SPID",
    "oracle": "SELECT SYS_CONTEXT('USERENV', 'SESSIONID') FROM dual",
}


def session_of(connection: sa.Connection) -> int | None:
    """The number by which the server lists this connection; None where there is no such list.

    Raises:
        DRIVER_FAULTS: from the database.
    """
    statement = _OWN.get(connection.dialect.name)
    return None if statement is None else int(connection.exec_driver_sql(statement).scalar_one())
