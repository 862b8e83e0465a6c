"""Re-encryption of a database: plan, write, prove and undo, beside a bare loop of UPDATE statements.

`python -m tests.bench.reencryption`. PASSKEY_AUDIT_BENCH_VALUES sets how many values there are (200,000).
Processor time is told beside the clock's, for machines that are busy; the server's is not in it.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl
import sqlalchemy as sa
from cryptography.fernet import Fernet, MultiFernet

from tests.bench.sealed_values import sealed_cbc
from tests.servers.mariadb import mariadb
from tests.servers.postgresql import postgresql
from tests.support.rekeying import Rekeying

_SHOWN: Final = 1_000
"""Values under the new key already, which show its layout."""
_BATCH: Final = 20_000
_OLD: Final = bytes(range(32))
_NEW: Final = bytes(range(100, 132))
_CREDENTIALS: Final = sa.Table(
    "ec_credential", sa.MetaData(),
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(80)), sa.Column("password", sa.String(400)),
)  # fmt: skip


class Took(NamedTuple):
    """Seconds by the clock, and of this process' own time."""

    clock: float
    cpu: float

    def rates(self, count: int) -> str:
        """Values a second by both."""
        return f"{count / self.clock:12,.0f} {count / self.cpu:12,.0f}"


def main() -> None:
    """Each database in turn."""
    count = int(os.environ.get("PASSKEY_AUDIT_BENCH_VALUES", "200000"))
    values = pl.concat([sealed_cbc(count, (_OLD,), seed=1), sealed_cbc(_SHOWN, (_NEW,), seed=2)]).cast(
        pl.String
    )
    _say(f"{count:,} values, values a second{'':22}clock    processor")
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "commander.sqlite"
        engine = sa.create_engine(f"sqlite:///{file}", poolclass=sa.NullPool)
        _database("SQLite", engine, str(file), values, Path(temporary))
    for name, started in (("MariaDB", mariadb), ("PostgreSQL", postgresql)):
        with started() as server, server.database("commander"), tempfile.TemporaryDirectory() as temporary:
            engine = server.engine("commander")
            _database(name, engine, server.url("commander"), values, Path(temporary))


def _database(name: str, engine: sa.Engine, reference: str, values: pl.Series, folder: Path) -> None:
    count = len(values) - _SHOWN
    estate = Rekeying(folder, reference)
    (folder / "old").write_bytes(_OLD)
    (folder / "new").write_bytes(_NEW)
    _fill(engine, values)
    with _quiet():
        audited = _timed(lambda: _expect(estate.audit(), 10))
        applied = _timed(lambda: _expect(estate.reencrypt(), 0))
        undone = _timed(lambda: _expect(estate.undo(), 0))
    bare = _timed(lambda: _bare_loop(engine, values))
    rotated = _timed(lambda: _fernet_loop(engine, count))
    _say(f"\n{name}")
    for what, took in (
        ("audit", audited),
        ("reencrypt --apply, proof included", applied),
        ("undo", undone),
        ("bare loop: UPDATE by key, one transaction", bare),
        ("read, Fernet rotate, UPDATE one by one", rotated),
    ):
        _say(f"{what:44}{took.rates(count)}")
    times = f"{bare.clock / applied.clock:11.2f}x {bare.cpu / applied.cpu:11.2f}x"
    _say(f"{'applied against the bare loop':44}{times}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _say(f"{'peak so far, MB':44}{peak:12,.0f}")


def _fill(engine: sa.Engine, values: pl.Series) -> None:
    with engine.begin() as connection:
        _CREDENTIALS.create(connection)
        for start in range(0, len(values), _BATCH):
            rows = [
                {"id": start + at, "name": f"credential {start + at}", "password": value}
                for at, value in enumerate(values.slice(start, _BATCH))
            ]
            connection.execute(_CREDENTIALS.insert(), rows)


def _bare_loop(engine: sa.Engine, values: pl.Series) -> None:
    """What a script does that trusts everything: no lock, no comparison, no journal, no proof."""
    statement = sa.text("UPDATE ec_credential SET password = :value WHERE id = :id")
    with engine.begin() as connection:
        for at, value in enumerate(values.head(len(values) - _SHOWN)):
            connection.execute(statement, {"id": at, "value": value[::-1]})


def _fernet_loop(engine: sa.Engine, count: int) -> None:
    """As `airflow rotate-fernet-key` goes about it: each row read, rotated and written by itself."""
    old, new = Fernet(Fernet.generate_key()), Fernet(Fernet.generate_key())
    rotate, token = MultiFernet([new, old]).rotate, old.encrypt(b"a secret of usual length")
    read = sa.text("SELECT password FROM ec_credential WHERE id = :id")
    write = sa.text("UPDATE ec_credential SET password = :value WHERE id = :id")
    with engine.begin() as connection:
        for at in range(count):
            connection.execute(read, {"id": at}).scalar_one()
            connection.execute(write, {"id": at, "value": rotate(token).decode()})


def _timed(work: Callable[[], None]) -> Took:
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - clock, time.process_time() - cpu)


def _expect(code: int, wanted: int) -> None:
    if code != wanted:
        raise RuntimeError(f"exit code {code} where {wanted} was expected")


@contextmanager
def _quiet() -> Iterator[None]:
    """What the commands print is no figure."""
    stdout = sys.stdout
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        sys.stdout = nowhere
        try:
            yield
        finally:
            sys.stdout = stdout


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
