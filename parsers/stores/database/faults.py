"""The meaning of database errors, in words without any of the data or the password."""

from typing import Final

from sqlalchemy import exc

DRIVER_FAULTS: Final = (exc.SQLAlchemyError, OSError, UnicodeError)
"""Errors of connecting and reading: drivers let some of Python's own errors through."""

_NUMBERS: Final = {
    1044: "this user has no right to use the database",
    1045: "the server refuses this user or password",
    1049: "the server has no database of this name",
    1020: "a row was changed by another session meanwhile",
    1142: "this user has no right to read the table, or to change it",
    1143: "this user has no right to read a column of the table, or to change it",
    1205: "another session holds a row locked",
    1213: "another session locked the same rows in another order (deadlock)",
    1222: "another session holds a row locked",
    1265: "a value does not fit into its column",
    1290: "the server is read-only",
    1366: "a value does not fit into its column",
    1406: "a value is too long for its column",
    1792: "the transaction is read-only",
    1698: "the server refuses this user or password",
    2006: "the connection was lost",
    2013: "the connection was lost",
    1053: "the connection was lost: the server shuts down",
    1317: "the server ended the query",
    1927: "the connection was lost: the server ended it",
    # SQL Server's
    229: "this user has no right to read the table, or to change it",
    2628: "a value is too long for its column",
    3906: "the server is read-only",
    8152: "a value is too long for its column",
}
_SQLSTATES: Final = {
    "28": "the server refuses this user or password",
    "3D": "the server has no database of this name",
    "42501": "this user has no right to read the table, or to change it",
    "40001": "another session changed the same rows meanwhile",
    "40P01": "another session locked the same rows in another order (deadlock)",
    "55P03": "another session holds a row locked",
    "22001": "a value is too long for its column",
    "25006": "the server or the transaction is read-only",
    "23": "a rule of the table (constraint) refuses a value",
    "57014": "the server ended the query",
    "57P": "the connection was lost: the server ended it",
    "08": "the connection was lost",
}
_TEXTS: Final = {
    "password authentication failed": "the server refuses this user or password",
    "no password supplied": "the server wants a password",
    "resolve host": "the host's name is unknown",
    "name or service not known": "the host's name is unknown",
    "temporary failure in name resolution": "the host's name cannot be resolved",
    "can't connect": "the server cannot be reached",
    "connection refused": "the server cannot be reached",
    'fatal:  database "': "the server has no database of this name",
    'fatal:  role "': "the server refuses this user or password",
    "connection failed": "no connection could be made",
    "timeout expired": "the server does not answer",
    "login failed": "the server refuses this user or password",
    "server closed the connection": "the connection was lost",
    "connection is lost": "the connection was lost",
    "ssl connection has been closed": "the connection was lost",
    "not a database": "the file is not a SQLite database, or an encrypted one",
    "malformed": "the SQLite file is damaged",
    "database is locked": "another program holds the SQLite file locked",
    "unable to open": "the SQLite file cannot be opened",
    "readonly database": (
        "the SQLite file cannot be written (nor be read, if a program was killed while it wrote to it)"
    ),
    "disk is full": "the disk is full",
    "disk i/o error": "the disk fails",
    "constraint failed": "a rule of the table (constraint) refuses a value",
    "ora-01017": "the server refuses this user or password",
    "ora-00942": "this user has no right to read the table",
    "ora-01031": "this user has no right to change the table",
    "ora-12154": "the host's name is unknown",
    "ora-12899": "a value is too long for its column",
    "ora-00054": "another session holds a row locked",
    "ora-00060": "another session locked the same rows in another order (deadlock)",
    "ora-08177": "another session changed the same rows meanwhile",
}

_CONFLICTS: Final = frozenset(
    {
        *(_NUMBERS[number] for number in (1020, 1205, 1213)),
        *(_SQLSTATES[state] for state in ("40001", "40P01")),
    }
    | {_TEXTS["database is locked"], _TEXTS["ora-00054"]}
)
"""Conflicts with another session: the statement was rolled back or not begun."""

_LOST: Final = frozenset(
    {"the connection was lost", "the server cannot be reached", "no connection could be made"}
)


def explain(error: BaseException) -> str:
    """The error in one line.

    A driver's own message is never passed on, since it may quote values; only its number or class is.
    """
    original = getattr(error, "orig", None) or error
    number = next(iter(original.args), None)
    if isinstance(number, int):
        return _NUMBERS.get(number) or _by_text(original) or f"{type(original).__name__} {number}"
    state = str(getattr(original, "sqlstate", None) or "")
    meanings = [meaning for start, meaning in _SQLSTATES.items() if state.startswith(start)]
    return (*meanings, _by_text(original) or f"{type(original).__name__} {state}".rstrip())[0]


def is_conflict(error: BaseException) -> bool:
    """Whether the database reported a conflict with another session; after a COMMIT: nothing was written."""
    return explain(error) in _CONFLICTS


def is_transient(error: BaseException) -> bool:
    """Whether the same may succeed a little later: a conflict with another session, or a lost connection."""
    lost = isinstance(error, exc.DBAPIError) and error.connection_invalidated
    return lost or is_conflict(error) or explain(error).partition(":")[0] in _LOST


def _by_text(error: BaseException) -> str:
    """The meaning of an error that a driver reports only in words; "" if they are unknown."""
    text = str(error).lower()
    return next((meaning for sign, meaning in _TEXTS.items() if sign in text), "")
