"""One run at a time: a lock that a database keeps for as long as a connection lives."""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from parsers.errors import StoreError
from parsers.stores.database.changing.sessions import session_of
from parsers.stores.database.changing.transactions import Access
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
"""What asks for the lock without waiting, and answers 1 once it is held until the connection ends."""


class OneRun:
    """Holds off other runs of this program on the same database.

    Oracle's own locks of this kind (DBMS_LOCK) need a right that is seldom granted: there nothing holds off
    a second run. What each of them changes stays right even so, since every row is locked and compared.
    """

    def __init__(self, access: Access) -> None:
        self._access = access
        self.sessions: list[int] = []
        """Connections that hold a lock, as the server numbers them."""

    @contextmanager
    def held(self) -> Iterator[None]:
        """As `InPlace.exclusively`."""
        if (file := self._access.database.file) is not None:
            with self._of_file(file):
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
                connection.commit()
            except DRIVER_FAULTS as error:
                raise StoreError(
                    f"{self._access.database.label!r} cannot be locked: {explain(error)}"
                ) from error
            if got != 1:
                raise self._busy()
            if session is not None:
                self.sessions.append(session)
                stack.callback(self.sessions.remove, session)
            yield

    @contextmanager
    def _of_file(self, file: Path) -> Iterator[None]:
        """SQLite's own locks are of another kind (POSIX), which this one does not touch.

        They would be lost, though, when the descriptor is closed: no transaction may be open then.
        """
        try:
            stream = file.open("rb")
        except OSError as error:
            raise StoreError(f"{str(file)!r} cannot be locked: {error.strerror}") from error
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise self._busy() from error
            yield

    def _busy(self) -> StoreError:
        return StoreError(
            f"another re-encryption is at work on this store, {self._access.database.label!r}",
            hint="wait until it has ended",
        )
