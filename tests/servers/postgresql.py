"""PostgreSQL for the tests."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.servers.server import Restartable, Server, folder_for, running
from tests.support.programs import need

PASSWORD_USER = "guarded"
"""The one user who must show a password."""


_FAST: Final = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@contextmanager
def postgresql() -> Iterator[Server]:
    """A server with a fresh data folder; what it writes need not survive."""
    with _installed(_FAST) as (command, socket, server), running(command, socket, server):
        yield server


@contextmanager
def durable_postgresql() -> Iterator[Restartable]:
    """A running server whose commits survive its own end."""
    with _installed({}) as (command, socket, server):
        restartable = Restartable(command, socket, server)
        try:
            restartable.start()
            yield restartable
        finally:
            restartable.kill()


@contextmanager
def _installed(more: Mapping[str, str]) -> Iterator[tuple[list[str], Path, Server]]:
    """What starts it, its socket, and how it is reached."""
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders = os.pathsep.join(map(str, newest_first))
    initdb, postgres = need("initdb", path=folders), need("postgres", path=folders)
    with folder_for("postgres") as (folder, as_owner):
        data = folder / "data"
        subprocess.run(
            [*as_owner, initdb, "-D", str(data), "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8",
             "--locale=C"],
            check=True, capture_output=True, cwd=folder,
        )  # fmt: skip
        trust = f"local all {PASSWORD_USER} scram-sha-256\nlocal all all trust\n"
        (data / "pg_hba.conf").write_text(trust)
        server = Server(f"postgresql+psycopg://{{user}}@/{{database}}?host={folder}", "postgres", "postgres")
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(folder), "shared_buffers": "32MB", **more
        }  # fmt: skip
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [*as_owner, postgres, "-D", str(data), *options]
        yield command, folder / ".s.PGSQL.5432", server
