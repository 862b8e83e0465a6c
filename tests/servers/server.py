"""A real database server, started for the tests as an ordinary user and reachable on a socket only."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        template: the URL, with `{user}` and `{database}`.
        administrator: a user with every right, and no password.
        home: the database that is always there.
    """

    template: str
    administrator: str
    home: str

    def url(self, database: str, *, user: str | None = None) -> str:
        return self.template.format(user=user or self.administrator, database=database)

    def engine(self, database: str) -> sa.Engine:
        return sa.create_engine(self.url(database), poolclass=sa.NullPool)

    def run(self, *statements: str, database: str | None = None) -> None:
        """As the administrator, each in a transaction of its own."""
        engine = self.engine(database or self.home).execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def await_a_waiting_statement(self, database: str) -> None:
        """Until some session waits for a row that another holds.

        Raises:
            TimeoutError: none did.
        """
        waiting = (
            "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"
            if self.url(database).startswith("mysql")
            else "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        )
        end = time.monotonic() + START_SECONDS
        with self.engine(database).execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            while time.monotonic() < end:
                if connection.exec_driver_sql(waiting).scalar_one():
                    return
                time.sleep(0.25)  # MariaDB refreshes innodb_trx only after 0.1 s in which nobody reads it
        raise TimeoutError("no statement waits for a lock")

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """An empty database for a while."""
        self.run(f"CREATE DATABASE {name}")
        try:
            yield name
        finally:
            self.run(f"DROP DATABASE {name}")


@contextmanager
def folder_for(*accounts: str) -> Iterator[tuple[Path, Sequence[str]]]:
    """A folder with a short path, and the words that start a program as its owner.

    Servers refuse to run as root: then the folder belongs to the first of `accounts` that there is.
    """
    folder = Path(tempfile.mkdtemp(prefix="db-", dir="/tmp"))
    try:
        follow = "setpriv", "--pdeathsig=KILL"  # no server outlives a test run that was killed
        if os.geteuid() != 0:
            yield folder, (*follow, "--")
            return
        account = _first_account(*accounts, "nobody")
        os.chown(folder, account.pw_uid, account.pw_gid)
        ids = f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}"
        yield folder, (*follow, *ids, "--clear-groups", "--")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _first_account(*names: str) -> pwd.struct_passwd:
    there = {account.pw_name: account for account in pwd.getpwall()}
    return next(there[name] for name in names if name in there)


@contextmanager
def running(command: Sequence[str], socket: Path, server: Server) -> Iterator[None]:
    """The program until the end of the block, from the moment that it answers on `socket`."""
    output = socket.with_name("server.log")
    with (
        output.open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=socket.parent) as process,
    ):
        try:
            deadline = time.monotonic() + START_SECONDS
            while not _answers(socket, server):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(
                        f"the server did not start: {output.read_text('utf-8', 'replace')[-2000:]}"
                    )
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


class Restartable:
    """A server that can be killed without warning, and started again on the same data."""

    def __init__(self, command: Sequence[str], socket: Path, server: Server) -> None:
        self.server = server
        self._command = command
        self._socket = socket
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._socket.unlink(missing_ok=True)
        (self._socket.parent / "data" / "postmaster.pid").unlink(missing_ok=True)
        with self._socket.with_name("server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, cwd=self._socket.parent, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self._socket, self.server):
            if time.monotonic() > deadline:
                raise RuntimeError("the server did not start again")
            time.sleep(0.05)

    def kill(self) -> None:
        """End it, and all its processes, without a word."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def _answers(socket: Path, server: Server) -> bool:
    try:
        if socket.exists():
            server.run("SELECT 1")
            return True
    except sa.exc.OperationalError:  # it is still starting up
        pass
    return False
