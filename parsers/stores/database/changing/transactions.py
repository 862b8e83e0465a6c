"""Transactions that change a database: strict, retried a few times, and explicit about a lost COMMIT."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import pool

from parsers.errors import CommitUnknownError, StoreError
from parsers.stores.database.connection import Database
from parsers.stores.database.faults import DRIVER_FAULTS, explain, is_conflict, is_transient

_ISOLATION: Final = {
    "mysql": "REPEATABLE READ",  # READ COMMITTED fails under statement-based replication
    "mariadb": "REPEATABLE READ",
    "postgresql": "READ COMMITTED",
    "mssql": "READ COMMITTED",
    "oracle": "READ COMMITTED",
}
"""Rows are locked before they are read, so these levels suffice; setting one turns autocommit off."""

_exact: Final = partial(str, encoding="utf-8", errors="surrogateescape")
"""SQLite text that is not UTF-8 survives unchanged and equals no other text."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait for other sessions.

    Attributes:
        waits: seconds before each further attempt.
        lock_seconds: how long a statement waits for a lock; Oracle's do not wait.
        sleep: the function that waits.
    """

    waits: tuple[float, ...] = (0.2, 1.0)
    lock_seconds: int = 10
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class WriteAccess:
    """A database that may be changed, and the retry policy."""

    database: Database
    retry_policy: RetryPolicy = RetryPolicy()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """As `Database.reading`, with SQLite's text exactly as stored."""
        if self.database.file is None:
            with self.database.reading() as connection:
                yield connection
        else:
            with _sqlite(self.database.file, "ro", self.retry_policy.lock_seconds).connect() as connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A new connection, in a transaction that is rolled back unless it is committed inside.

        Raises:
            DRIVER_FAULTS: from connecting, and from the statements inside.
        """
        if self.database.file is not None:
            with _sqlite(self.database.file, "rw", self.retry_policy.lock_seconds).connect() as connection:
                # Takes the write lock at once: a lock upgraded later could fail after rows were compared.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
            return
        with self.database.engine.connect() as connection:
            dialect = connection.dialect.name
            if dialect in _ISOLATION:
                connection.execution_options(isolation_level=_ISOLATION[dialect])
            for statement in session_settings(dialect, self.retry_policy.lock_seconds):
                connection.exec_driver_sql(statement)
            connection.commit()  # the settings began a transaction: the caller's is to be a new one
            yield connection


def session_settings(dialect: str, lock_seconds: int) -> tuple[str, ...]:
    """Settings that make a session reject values that do not fit, and bound its waiting for locks."""
    match dialect:
        case "mysql" | "mariadb":
            return (
                "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')",
                f"SET SESSION innodb_lock_wait_timeout = {lock_seconds}",
                f"SET SESSION lock_wait_timeout = {lock_seconds}",
            )
        case "postgresql":
            return (f"SET lock_timeout = '{lock_seconds}s'",)
        case "mssql":
            return ("SET ANSI_WARNINGS ON", f"SET LOCK_TIMEOUT {lock_seconds * 1000}")
        case _:
            return ()


def roll_back_journal(file: Path) -> None:
    """Have SQLite roll back what a killed program left: the first reader with the right to write does so.

    Raises:
        DRIVER_FAULTS: from the database.
    """
    if not Path(f"{file}-journal").exists():
        return
    with _sqlite(file, "rw", RetryPolicy().lock_seconds).connect() as connection:
        connection.exec_driver_sql("SELECT COUNT(*) FROM sqlite_master")


def _sqlite(path: Path, mode: str, lock_seconds: int) -> sa.Engine:
    uri = f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        # Transactions begin where this program says, not where the driver guesses.
        connection = sqlite3.connect(uri, uri=True, timeout=lock_seconds, isolation_level=None)
        connection.text_factory = _exact
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    return sa.create_engine("sqlite://", creator=connect, poolclass=pool.NullPool, hide_parameters=True)


Result = TypeVar("Result")


def run_transaction(access: WriteAccess, work: Callable[[sa.Connection], Result]) -> Result:
    """The result of `work`, once all that it did is committed.

    After a deadlock, a lock timeout or a lost connection the whole transaction starts again: nothing of the
    failed attempt remains. A COMMIT without an answer is never retried here, since it may have succeeded.

    Raises:
        StoreError: nothing was changed.
        CommitUnknownError: COMMIT was sent and not answered.
    """
    for wait in access.retry_policy.waits:
        try:
            return _attempt(access, work)
        except DRIVER_FAULTS as error:
            if not is_transient(error):
                raise _unchanged_error(access, error) from None
        access.retry_policy.sleep(wait)
    try:
        return _attempt(access, work)
    except DRIVER_FAULTS as error:
        raise _unchanged_error(access, error) from None


def _attempt(access: WriteAccess, work: Callable[[sa.Connection], Result]) -> Result:
    with access.writing() as connection:
        result = work(connection)
        try:
            connection.commit()
        except DRIVER_FAULTS as error:
            if is_conflict(error):  # a server that answers with a conflict has rolled back
                raise
            # Without its cause, as below.
            raise CommitUnknownError(
                f"{access.database.label!r}: COMMIT was sent and not answered: {explain(error)}",
                hint="either all of it was written or nothing: read the values again",
            ) from None
        return result


def _unchanged_error(access: WriteAccess, error: BaseException) -> StoreError:
    """Raised without its cause: a database that refuses a row may quote it."""
    return StoreError(f"{access.database.label!r} was not changed: {explain(error)}")
