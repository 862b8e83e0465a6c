"""Read-only connections to a database: by URL, or to a SQLite file."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import exc, pool

from parsers.errors import StoreError
from parsers.secret import Secret
from parsers.stores.database.faults import explain

CONNECT_SECONDS: Final = 10
"""How long connecting to a server may take, unless the URL says otherwise."""

_TIMEOUTS: Final = {"pymysql": "connect_timeout", "psycopg": "connect_timeout", "pymssql": "login_timeout"}
_PACKAGES: Final = {"psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary", "MySQLdb": "mysqlclient"}
_PASSWORD_WORDS: Final = ("password", "passwd", "pwd=")
_MODE: Final = "ISOLATION LEVEL REPEATABLE READ, READ ONLY"
"""This also reads all rows of a table as of one moment, even if it takes minutes."""

_SESSION: Final = {
    "mysql": f"SET SESSION TRANSACTION {_MODE}",
    "mariadb": f"SET SESSION TRANSACTION {_MODE}",
    "postgresql": f"SET SESSION CHARACTERISTICS AS TRANSACTION {_MODE}",
}
"""Statements that make all following transactions read-only."""

_tolerant: Final = partial(str, encoding="utf-8", errors="backslashreplace")
"""SQLite does not check encodings, and its driver would fail at text that is not UTF-8."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database that can be connected to.

    Attributes:
        label: its name in reports.
        engine: makes connections to it.
        file: its path, if it is a SQLite file.
    """

    label: str
    engine: sa.Engine
    file: Path | None = None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A new connection, in a read-only transaction.

        SQL Server has no such transactions, and Oracle's lasts only until an error: there nothing is changed
        because all statements are SELECTs.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: from connecting, and from the statements inside.
        """
        with self.engine.connect() as connection:
            if statement := _SESSION.get(connection.dialect.name):
                connection.exec_driver_sql(statement)
                connection.commit()
            elif connection.dialect.name == "oracle":
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            yield connection


def database_at(url: str, *, password: Secret | None = None) -> Database:
    """The database that a SQLAlchemy URL names; nothing is connected yet.

    Raises:
        StoreError: an invalid URL, a password in it, or a driver that is not installed.
    """
    parsed = _parse(url)
    query = {key: value for key, value in parsed.query.items() if key != "user"}
    label = sa.URL.create(
        parsed.drivername, host=parsed.host, port=parsed.port, database=parsed.database, query=query
    )
    if parsed.get_backend_name() == "sqlite":
        return sqlite_database(Path(parsed.database or ""))
    if password is not None:
        parsed = parsed.set(password=_as_text(password))
    return Database(label.render_as_string(), _engine(parsed))


def sqlite_database(path: Path) -> Database:
    """A SQLite file, opened so that it cannot be changed.

    Raises:
        StoreError: there is no such file.
    """
    if not path.is_file():
        raise StoreError(f"{str(path)!r} is not a file")
    uri = f"file:{quote(os.fsencode(path.absolute()))}?mode=ro"
    return Database(str(path), _sqlite(lambda: sqlite3.connect(uri, uri=True)), path)


def sqlite_content(content: bytes, *, label: str) -> Database:
    """A SQLite file's content opened in memory, as of a compressed file: no copy of it reaches a disk."""
    # These bytes announce a write-ahead log, which does not exist in memory (sqlite.org/fileformat2, 1.3.3).
    plain = content[:18] + b"\1\1" + content[20:] if content[18:20] == b"\2\2" else content

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(plain)
        return connection

    return Database(label, _sqlite(connect))


def _sqlite(connect: Callable[[], sqlite3.Connection]) -> sa.Engine:
    def connect_read_only() -> sqlite3.Connection:
        connection = connect()
        connection.text_factory = _tolerant
        # In addition to mode=ro, which a database in memory does not have.
        connection.execute("PRAGMA query_only = ON")
        return connection

    return sa.create_engine(
        "sqlite://", creator=connect_read_only, poolclass=pool.NullPool, hide_parameters=True
    )


def _parse(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except (exc.ArgumentError, ValueError):
        # Without the text and the cause, which quotes it: it may hold a password.
        raise StoreError(
            "a database URL is malformed", hint="write it like mysql+pymysql://user@host/database"
        ) from None
    in_query = any(
        word in f"{key}={value}".lower() for key, value in parsed.query.items() for word in _PASSWORD_WORDS
    )
    if parsed.password is not None or in_query:
        raise StoreError(
            "a database URL holds a password, which every user of this machine could see",
            hint="leave it out of the URL and give a reference to it: env:NAME, file:PATH, prompt",
        )
    return parsed


def _as_text(password: Secret) -> str:
    try:
        return password.reveal().decode()
    except UnicodeDecodeError:
        # Without its cause, which holds the password.
        raise StoreError("the database password is not UTF-8 text") from None


def _engine(url: sa.URL) -> sa.Engine:
    try:
        timeout = _TIMEOUTS.get(url.get_driver_name())
        arguments = {timeout: CONNECT_SECONDS} if timeout and timeout not in url.query else {}
        return sa.create_engine(url, poolclass=pool.NullPool, hide_parameters=True, connect_args=arguments)
    except exc.NoSuchModuleError as error:
        raise StoreError(
            f"unknown kind of database {url.drivername!r}",
            hint="mysql+pymysql, mariadb+pymysql, postgresql+psycopg, mssql+pymssql, oracle+oracledb, sqlite",
        ) from error
    except ImportError as error:
        name = error.name or url.get_driver_name()
        raise StoreError(
            f"the driver {name!r} for {url.drivername} is not installed",
            hint=f"pip install '{_PACKAGES.get(name, name)}' into the environment of passkey-audit",
        ) from error
    except (exc.ArgumentError, TypeError, ValueError) as error:
        raise StoreError(f"invalid options in the {url.drivername} URL: {explain(error)}") from error
