"""Exports, dumps and a live database: how fast they are read, and what an audit of many credentials takes.

`python -m tests.bench.stores`. PASSKEY_AUDIT_BENCH_ROWS sets how many credentials there are (300,000). Every
figure is of a process of its own; processor time is told beside the clock's, for machines that are busy.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl
import sqlalchemy as sa

from tests.bench.sealed_values import sealed_cbc
from tests.bench.store_files import write_dump, write_export
from tests.servers.mariadb import mariadb
from tests.servers.server import Server

_KEYS: Final = tuple(bytes([number]) * 32 for number in range(1, 5))
_FEW: Final = 20_000
"""Rows of a run that shows what starting up costs."""
_BATCH: Final = 20_000
_READ: Final = """
import sys
from parsers.stores.interface import StoredValues
from parsers.stores.open import open_store
print(sum(event.frame.height for event in open_store(sys.argv[1]).read() if isinstance(event, StoredValues)))
"""
_DRIVER: Final = """
import sys
import sqlalchemy as sa
url = sa.make_url(sys.argv[1])
import pymysql
with pymysql.connect(user=url.username, database=url.database, unix_socket=url.query["unix_socket"],
                     cursorclass=pymysql.cursors.SSCursor) as connection, connection.cursor() as cursor:
    columns = "id, name, user_name, password, credential_type, modified, project_id"
    cursor.execute(f"SELECT {columns} FROM ec_credential")
    count = 0
    while rows := cursor.fetchmany(1024):
        count += len(rows)
print(count)
"""
_GITLAB_SECONDS: Final = 6 * 3600
"""What `gitlab-rake gitlab:doctor:secrets` is reported to take for 2.3 million rows."""


class Taken(NamedTuple):
    """What a process took: seconds, the processor's seconds, and megabytes at its peak."""

    seconds: float
    cpu: float
    peak: float


def main() -> None:
    """Make the stores, read them, audit them, print the figures."""
    count = int(os.environ.get("PASSKEY_AUDIT_BENCH_ROWS", "300000"))
    values = sealed_cbc(count, _KEYS, seed=1).cast(pl.String)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _files(folder, values)
        _database(folder, values)


def _files(folder: Path, values: pl.Series) -> None:
    """Whole files, of which a process reads what there is of stored values."""
    _say("reading                                        MB     s   CPU  MB/s CPU  peak MB")
    start = _run("-c", "from parsers.stores import open")
    made = (
        ("export XML", "store.xml", write_export, 4),
        ("dump, nothing but credentials", "all.sql", write_dump, 0),
        ("dump, nine rows of others for each", "some.sql", write_dump, 9),
    )
    for name, file, write, others in made:
        path = folder / file
        write(path, values, others=others)
        size = path.stat().st_size / 1e6
        took = _run("-c", _READ, str(path))
        path.unlink()
        rate = size / (took.cpu - start.cpu)
        _say(f"{name:42} {size:6.0f} {took.seconds:5.1f} {took.cpu:5.1f} {rate:9.1f} {took.peak:8.0f}")


def _database(folder: Path, values: pl.Series) -> None:
    """A live table: what the driver takes alone, and what the whole audit takes."""
    keys = folder / "keys"
    keys.mkdir()
    for number, key in enumerate(_KEYS):
        (keys / f"passkey-{number}").write_bytes(key)
    with mariadb() as server, server.database("few"), server.database("many"):
        _fill(server, "few", values.head(_FEW))
        _fill(server, "many", values)
        _say(f"\nMariaDB, {len(values)} credentials, {len(_KEYS)} keys         s   CPU  peak MB")
        driver = _told("the driver alone (PyMySQL)", "-c", _DRIVER, server.url("many"))
        audited = {}
        for name in ("few", "many"):
            arguments = ("--store", server.url(name), "--key", str(keys), "--current", "passkey-0", "--quiet")
            rows = _FEW if name == "few" else len(values)
            audited[name] = _told(
                f"audit and report of {rows}", "-m", "audit", "audit", *arguments, "--out", str(folder / name)
            )
    more = len(values) - _FEW
    if more <= 0:
        return
    _say("\nfor each credential, beyond those of the small audit         clock   processor")
    each = [(many - few) / more for many, few in zip(audited["many"][:2], audited["few"][:2], strict=True)]
    own = [both - alone / len(values) for both, alone in zip(each, driver[:2], strict=True)]
    _say("µs, the driver's included              " + "".join(f"{both * 1e6:12.1f}" for both in each))
    _say("a second, once the driver delivered    " + "".join(f"{1 / alone:12,.0f}" for alone in own))
    all_of_them = 2_300_000 * each[0]
    _say(f"2.3 million: {all_of_them:.0f} s; `gitlab:doctor:secrets` is reported to take about 6 hours,")
    _say(f"{_GITLAB_SECONDS / all_of_them:,.0f} times as long")


def _fill(server: Server, database: str, values: pl.Series) -> None:
    engine = server.engine(database)
    text = sa.String(255)
    made = sa.MetaData()
    projects = sa.Table("ec_project", made, sa.Column("id", sa.BigInteger()), sa.Column("name", text))
    credentials = sa.Table(
        "ec_credential",
        made,
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, text) for name in ("name", "user_name", "password", "credential_type", "modified")),
        sa.Column("project_id", sa.BigInteger()),
    )
    with engine.begin() as connection:
        made.create_all(connection)
        connection.execute(
            projects.insert(), [{"id": number, "name": f"project {number}"} for number in range(100)]
        )
        for start in range(0, len(values), _BATCH):
            rows = [
                {
                    "id": start + at, "name": f"credential {start + at}", "user_name": "svc_deploy",
                    "password": value, "credential_type": "LOCAL", "modified": "2021-03-04 05:06:07",
                    "project_id": at % 100,
                }
                for at, value in enumerate(values.slice(start, _BATCH))
            ]  # fmt: skip
            connection.execute(credentials.insert(), rows)


def _told(name: str, *arguments: str) -> Taken:
    took = _run(*arguments)
    _say(f"{name:42} {took.seconds:5.1f} {took.cpu:5.1f} {took.peak:8.0f}")
    return took


def _run(*arguments: str) -> Taken:
    """A process of this Python; an audit ends with 10, for there is something to do."""
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 10}:
        raise RuntimeError(f"exit code {process.returncode}: {_shown(arguments)}")
    seconds = time.perf_counter() - began
    return Taken(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _shown(arguments: Sequence[str]) -> str:
    return " ".join(arguments)[:200]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
