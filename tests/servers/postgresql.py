"""PostgreSQL for the tests."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.server import Server, folder_for, running
from tests.support.programs import need

PASSWORD_USER = "guarded"
"""The one user who must show a password."""


@contextmanager
def postgresql() -> Iterator[Server]:
    """A server with a fresh data folder; what it writes need not survive."""
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
            "listen_addresses": "", "unix_socket_directories": str(folder), "fsync": "off",
            "full_page_writes": "off", "synchronous_commit": "off", "shared_buffers": "32MB",
        }  # fmt: skip
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [*as_owner, postgres, "-D", str(data), *options]
        with running(command, folder / ".s.PGSQL.5432", server):
            yield server
