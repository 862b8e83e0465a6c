"""MariaDB for the tests."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.servers.server import Restartable, Server, folder_for, running
from tests.support.programs import need


@contextmanager
def mariadb() -> Iterator[Server]:
    """A server with a fresh data folder; what it writes need not survive."""
    fast = ["--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0"]
    with _installed(fast) as (command, socket, server), running(command, socket, server):
        yield server


@contextmanager
def durable_mariadb() -> Iterator[Restartable]:
    """A running server whose commits survive its own end."""
    with _installed(["--innodb-flush-log-at-trx-commit=2"]) as (command, socket, server):
        restartable = Restartable(command, socket, server)
        try:
            restartable.start()
            yield restartable
        finally:
            restartable.kill()


@contextmanager
def networked_mariadb(port: int) -> Iterator[Server]:
    """A server that also listens on a port of this machine."""
    options = ["--skip-networking=0", "--bind-address=127.0.0.1", f"--port={port}"]
    with _installed(options) as (command, socket, server), running(command, socket, server):
        yield server


@contextmanager
def _installed(options: Sequence[str]) -> Iterator[tuple[list[str], Path, Server]]:
    """What starts it, its socket, and how it is reached."""
    install, daemon = need("mariadb-install-db"), need("mariadbd")
    with folder_for("mysql") as (folder, as_owner):
        data, socket = folder / "data", folder / "s"
        subprocess.run(
            [*as_owner, install, "--no-defaults", f"--datadir={data}", "--skip-test-db",
             "--auth-root-authentication-method=normal", "--skip-name-resolve"],
            check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
        server = Server(
            f"mysql+pymysql://{{user}}@localhost/{{database}}?unix_socket={socket}", "root", "mysql"
        )
        command = [
            *as_owner, daemon, "--no-defaults", f"--datadir={data}", f"--socket={socket}",
            "--skip-networking", f"--pid-file={folder}/pid", "--skip-log-bin",
            "--innodb-buffer-pool-size=64M", "--character-set-server=utf8mb4", *options,
        ]  # fmt: skip
        yield command, socket, server
