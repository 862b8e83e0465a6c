"""Transactions that change a database: strict, tried again for a bounded time, honest about a lost COMMIT."""

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
from parsers.stores.database.faults import DRIVER_FAULTS, explain, is_passing, is_refusal

_ISOLATION: Final = {
    "mysql": "REPEATABLE READ",  # READ COMMITTED fails under statement-based replication
    "mariadb": "REPEATABLE READ",
    "postgresql": "READ COMMITTED",
    "mssql": "READ COMMITTED",
    "oracle": "READ COMMITTED",
}
"""Rows are locked before they are read, so that none of them needs more; asking turns autocommit off."""

_exact: Final = partial(str, encoding="utf-8", errors="surrogateescape")
"""Text of SQLite that is no UTF-8 stays what it is, and equals no other text."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long others are waited for.

    Attributes:
        waits: seconds before each further attempt.
        lock_seconds: how long one statement waits for a lock; Oracle's do not wait.
        sleep: what waits.
    """

    waits: tuple[float, ...] = (0.2, 1.0)
    lock_seconds: int = 10
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Access:
    """A database that may be changed, and the patience to have with it."""

    database: Database
    patience: Patience = Patience()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """As `Database.reading`, with text of SQLite exactly as it lies there."""
        if self.database.file is None:
            with self.database.reading() as connection:
                yield connection
        else:
            with _sqlite(self.database.file, "ro", self.patience.lock_seconds).connect() as connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A connection of its own, in a transaction that is rolled back unless it is committed inside.

        Raises:
            DRIVER_FAULTS: from connecting, and from what is done inside.
        """
        if self.database.file is not None:
            with _sqlite(self.database.file, "rw", self.patience.lock_seconds).connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
            return
        with self.database.engine.connect() as connection:
            dialect = connection.dialect.name
            if dialect in _ISOLATION:
                connection.execution_options(isolation_level=_ISOLATION[dialect])
            for statement in session_settings(dialect, self.patience.lock_seconds):
                connection.exec_driver_sql(statement)
            connection.commit()
            yield connection


def session_settings(dialect: str, lock_seconds: int) -> tuple[str, ...]:
    """What makes a session strict about what does not fit, and ends its waiting for locks."""
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
    """Have SQLite undo what a killed program left: it does so for whoever may write and reads first.

    Raises:
        DRIVER_FAULTS: from the database.
    """
    if not Path(f"{file}-journal").exists():
        return
    with _sqlite(file, "rw", Patience().lock_seconds).connect() as connection:
        connection.exec_driver_sql("SELECT COUNT(*) FROM sqlite_master")


def _sqlite(path: Path, mode: str, lock_seconds: int) -> sa.Engine:
    uri = f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        # Transactions begin where this program says so, not where the driver guesses that one is wanted.
        connection = sqlite3.connect(uri, uri=True, timeout=lock_seconds, isolation_level=None)
        connection.text_factory = _exact
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    return sa.create_engine("sqlite://", creator=connect, poolclass=pool.NullPool, hide_parameters=True)


Result = TypeVar("Result")


def committed(access: Access, work: Callable[[sa.Connection], Result]) -> Result:
    """What `work` returns, once all that it did is committed.

    All of it is begun anew after a deadlock, a lock that was not to be had, or a lost connection.

    Raises:
        StoreError: nothing was changed.
        CommitUnknownError: COMMIT was sent, and no answer came.
    """
    for wait in access.patience.waits:
        try:
            return _once(access, work)
        except DRIVER_FAULTS as error:
            if not is_passing(error):
                raise _nothing_changed(access, error) from None
        access.patience.sleep(wait)
    try:
        return _once(access, work)
    except DRIVER_FAULTS as error:
        raise _nothing_changed(access, error) from None


def _once(access: Access, work: Callable[[sa.Connection], Result]) -> Result:
    with access.writing() as connection:
        result = work(connection)
        try:
            connection.commit()
        except DRIVER_FAULTS as error:
            if is_refusal(error):
                raise
            # Without its cause, as below.
            raise CommitUnknownError(
                f"{access.database.label!r}: COMMIT was sent and not answered: {explain(error)}",
                hint="either all of it stands or nothing: read the values again",
            ) from None
        return result


def _nothing_changed(access: Access, error: BaseException) -> StoreError:
    """To be raised without its cause: a database that refuses a row may quote it."""
    return StoreError(f"{access.database.label!r} was not changed: {explain(error)}")
