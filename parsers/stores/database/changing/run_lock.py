"""One run at a time: a lock that a database keeps for as long as a connection lives."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from parsers.errors import StoreError
from parsers.stores.database.changing.sessions import session_of
from parsers.stores.database.changing.transactions import WriteAccess
from parsers.stores.database.faults import DRIVER_FAULTS, explain

NAME: Final = "passkey-audit re-encryption"
_NUMBER: Final = int.from_bytes(hashlib.sha256(NAME.encode()).digest()[:7], "big")

_MYSQL: Final = f"SELECT GET_LOCK(CONCAT('{NAME} ', MD5(DATABASE())), 0)"
"""Names hold for the whole server, at most 64 characters of them."""

LOCKS: Final = {
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "postgresql": f"SELECT CAST(pg_try_advisory_lock({_NUMBER}) AS INTEGER)",
    "mssql": (
        "SET NOCOUNT ON; DECLARE @got int; "
        f"EXEC @got = sp_getapplock @Resource = '{NAME}', @LockMode = 'Exclusive', "
        "@LockOwner = 'Session', @LockTimeout = 0; SELECT CASE WHEN @got >= 0 THEN 1 ELSE 0 END"
    ),
}
"""Statements that take the lock without waiting; 1 means that it is held until the connection ends."""


class RunLock:
    """Excludes other runs of this program on the same database.

    Oracle's advisory locks (DBMS_LOCK) need a right that is seldom granted, so there a second run is not
    excluded. Its changes are still correct, since every row is locked and compared.
    """

    def __init__(self, access: WriteAccess) -> None:
        self._access = access
        self.sessions: list[int] = []
        """The server's numbers of the connections that hold a lock."""

    @contextmanager
    def hold(self) -> Iterator[None]:
        """As `InPlaceWriter.exclusively`."""
        if (file := self._access.database.file) is not None:
            with self._file_lock(file):
                yield
            return
        if (statement := LOCKS.get(self._access.database.engine.dialect.name)) is None:
            yield
            return
        with ExitStack() as stack:
            try:
                connection = stack.enter_context(self._access.writing())
                got = connection.exec_driver_sql(statement).scalar()
                session = session_of(connection)
                connection.commit()  # the lock belongs to the session and stays; an open transaction need not
            except DRIVER_FAULTS as error:
                raise StoreError(
                    f"{self._access.database.label!r} cannot be locked: {explain(error)}"
                ) from error
            if got != 1:
                raise self._busy_error()
            if session is not None:
                self.sessions.append(session)
                stack.callback(self.sessions.remove, session)
            yield

    @contextmanager
    def _file_lock(self, file: Path) -> Iterator[None]:
        """An flock, which SQLite's own locks (POSIX) do not see.

        Closing any descriptor of a file drops the process's POSIX locks on it: when this one is closed, no
        transaction may be open.
        """
        try:
            stream = file.open("rb")
        except OSError as error:
            raise StoreError(f"{str(file)!r} cannot be locked: {error.strerror}") from error
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise self._busy_error() from error
            yield

    def _busy_error(self) -> StoreError:
        return StoreError(
            f"another re-encryption is running on this store, {self._access.database.label!r}",
            hint="wait until it has finished",
        )
