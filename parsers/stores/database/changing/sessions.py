"""Other sessions on a database, as far as this user may see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from parsers.stores.database.faults import DRIVER_FAULTS, explain

MOST_NAMED: Final = 5
"""Groups of sessions that one sentence names."""

_OWN: Final = {
    "mysql": "SELECT CONNECTION_ID()",
    "mariadb": "SELECT CONNECTION_ID()",
    "postgresql": "SELECT pg_backend_pid()",
    "mssql": "SELECT @@SPID",
    "oracle": "SELECT SYS_CONTEXT('USERENV', 'SESSIONID') FROM dual",
}

_MYSQL: Final = (
    "SELECT id, '', user, SUBSTRING_INDEX(host, ':', 1) FROM information_schema.processlist "
    "WHERE db = DATABASE() AND user NOT IN ('system user', 'event_scheduler')"
)
SESSIONS: Final = {
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    # Of other users' sessions an ordinary user sees only name and database.
    "postgresql": (
        "SELECT pid, application_name, usename, COALESCE(client_hostname, host(client_addr), '') "
        "FROM pg_stat_activity WHERE datname = current_database() AND usename IS NOT NULL "
        "AND COALESCE(backend_type, 'client backend') = 'client backend'"
    ),
    "mssql": (
        "SELECT session_id, program_name, login_name, host_name FROM sys.dm_exec_sessions "
        "WHERE database_id = DB_ID() AND is_user_process = 1"
    ),
    "oracle": (
        "SELECT audsid, program, username, machine FROM v$session "
        "WHERE type = 'USER' AND schemaname = SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')"
    ),
}
"""Number, program, user and host of every session on this database."""

_SIGHT_OF_SQL_SERVER: Final = "SELECT HAS_PERMS_BY_NAME(NULL, NULL, 'VIEW SERVER STATE')"


@dataclass(frozen=True, slots=True)
class Sessions:
    """Other sessions on a database.

    Attributes:
        seen: program, user and host of each.
        unseen: why there may be more; "" if all of them are visible.
    """

    seen: Sequence[tuple[str, str, str]]
    unseen: str = ""


def session_of(connection: sa.Connection) -> int | None:
    """The server's number for this connection; None where there is no list of sessions.

    Raises:
        DRIVER_FAULTS: from the database.
    """
    statement = _OWN.get(connection.dialect.name)
    return None if statement is None else int(connection.exec_driver_sql(statement).scalar_one())


def other_sessions(connection: sa.Connection, own: Collection[int]) -> Sessions:
    """All sessions except this one and `own`. SQLite has none."""
    statement = SESSIONS.get(connection.dialect.name)
    if statement is None:
        return Sessions(())
    try:
        mine = {*own, session_of(connection)}
        rows = connection.exec_driver_sql(statement).all()
        seen = tuple(_session_labels(*row[1:4]) for row in rows if int(row[0]) not in mine)
        return Sessions(seen, _why_unseen(connection))
    except DRIVER_FAULTS as error:
        return Sessions((), explain(error))


def _session_labels(program: object, user: object, host: object) -> tuple[str, str, str]:
    return str(program or "").strip(), str(user or "").strip(), str(host or "").strip()


def _why_unseen(connection: sa.Connection) -> str:
    match connection.dialect.name:
        case "mysql" | "mariadb":
            grants = [str(grant) for grant in connection.exec_driver_sql("SHOW GRANTS").scalars()]
            return "" if any(map(_shows_all_sessions, grants)) else "this user has no PROCESS right"
        case "mssql":
            sees = connection.exec_driver_sql(_SIGHT_OF_SQL_SERVER).scalar()
            return "" if sees else "this user has no VIEW SERVER STATE right"
        case _:
            return ""


def _shows_all_sessions(grant: str) -> bool:
    # GRANT SELECT, PROCESS ON *.* TO `reader`@`localhost`
    rights, everywhere, _ = grant.removeprefix("GRANT ").partition(" ON *.* TO ")
    return bool(everywhere) and not {"ALL PRIVILEGES", "PROCESS"}.isdisjoint(rights.split(", "))


def describe_sessions(sessions: Sequence[tuple[str, str, str]]) -> str:
    """The sessions counted by program, user and host."""
    groups = sorted(set(sessions), key=lambda group: (-sessions.count(group), group))
    named = [f"{_words(*group)} ({sessions.count(group)})" for group in groups[:MOST_NAMED]]
    more = f" and {len(groups) - MOST_NAMED} more kinds" if len(groups) > MOST_NAMED else ""
    return ", ".join(named) + more


def _words(program: str, user: str, host: str) -> str:
    return " ".join(
        filter(None, [f"{program!r}" * bool(program), f"user {user!r}", f"from {host!r}" * bool(host)])
    )
