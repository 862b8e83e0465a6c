"""Stored values of a SQLite file, changed where they lie."""

import gzip
import hashlib
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from parsers.cloudbees.stores.database import CloudBeesDatabase
from parsers.errors import StoreError
from parsers.stores.database.changing.row_changes import change_rows, changes_by_row
from parsers.stores.database.changing.transactions import RetryPolicy, WriteAccess
from parsers.stores.database.connection import sqlite_database
from parsers.stores.mapping import Mapping
from parsers.stores.open import open_store
from parsers.stores.open_for_writing import in_place_writer, roll_back_unfinished
from parsers.stores.store_writer import BlockerKind, ChangeOutcome, StoredCiphertext, ValueChange
from tests.parsers.stores.database.changing.rows_to_change import (
    IMPATIENT,
    VAULT,
    back,
    change,
    credentials,
    opened,
    passwords,
    sealed,
)
from tests.parsers.stores.reading import rows_of


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    """An empty file."""
    return sa.create_engine(f"sqlite:///{tmp_path / 'cd.sqlite'}", poolclass=sa.NullPool)


def path_of(engine: sa.Engine) -> str:
    assert engine.url.database is not None
    return engine.url.database


def test_changed_and_put_back(engine: sa.Engine) -> None:
    """Every row becomes what was meant, a second time nothing happens, and undone it is as before."""
    records = credentials(engine, range(10), sa.Integer())
    before = passwords(engine)
    changes = [change(record, number) for number, record in enumerate(records)][:9]
    store = opened(path_of(engine))
    with store.exclusively():
        assert store.replace(changes) == [ChangeOutcome.CHANGED] * 9
    assert store.replace(changes) == [ChangeOutcome.ALREADY] * 9
    assert passwords(engine) == [*(sealed(n, "new").decode() for n in range(9)), before[9]]
    assert store.present(records)[records[3]] == changes[3].new
    assert store.replace(back(changes)) == [ChangeOutcome.CHANGED] * 9
    assert passwords(engine) == before


def test_what_differs_stays(engine: sa.Engine) -> None:
    """A value that somebody changed meanwhile is told and left alone, a row that is gone is told."""
    records = credentials(engine, range(4), sa.Integer())
    store = opened(path_of(engine))
    with sqlite3.connect(path_of(engine)) as other:
        other.execute("UPDATE ec_credential SET password = 'other' WHERE id = 1")
        other.execute("DELETE FROM ec_credential WHERE id = 2")
    other.close()
    changes = [change(record, number) for number, record in enumerate(records)]
    outcomes = [ChangeOutcome.CHANGED, ChangeOutcome.DIFFERS, ChangeOutcome.GONE, ChangeOutcome.CHANGED]
    assert store.replace(changes) == outcomes
    assert passwords(engine) == [sealed(0, "new").decode(), "other", sealed(3, "new").decode()]
    assert store.present(records).keys() == {records[0], records[1], records[3]}


def test_types_of_values_are_kept(engine: sa.Engine) -> None:
    """Text stays text, bytes stay bytes, whatever the column was declared as; keys of several types, too."""
    path = path_of(engine)
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE vault (name, secret INTEGER, vector TEXT)")
        rows = [
            (1, "text", "iv"),
            ("b", b"bytes", b"\0iv"),
            (b"c", "text", None),
            (1.5, 77, ""),
            (None, "n", ""),
        ]
        other.executemany("INSERT INTO vault VALUES (?, ?, ?)", rows)
    other.close()
    changes = [
        ValueChange("vault:name=1", StoredCiphertext(b"text", b"iv"), StoredCiphertext(b"new 1", b"iv 1")),
        ValueChange("vault:name=b", StoredCiphertext(b"bytes", b"\0iv"), StoredCiphertext(b"new 2", b"\1iv")),
        ValueChange("vault:name=63", StoredCiphertext(b"text"), StoredCiphertext(b"new 3")),
        ValueChange("vault:name=1.5", StoredCiphertext(b"77"), StoredCiphertext(b"new 4", b"iv 4")),
        ValueChange("vault:name=", StoredCiphertext(b"n"), StoredCiphertext(b"new 5")),
    ]
    store = opened(path, Mapping(named=(VAULT,)))
    [blocker] = store.blockers(changes)
    assert (blocker.kind, blocker.records) == (BlockerKind.NOT_FOUND_AGAIN, ("vault:name=",))
    assert store.replace(changes) == [*[ChangeOutcome.CHANGED] * 4, ChangeOutcome.GONE]
    assert contents(path, "vault") == [
        (1, "new 1", "iv 1"), ("b", b"new 2", b"\1iv"), (b"c", "new 3", None), (1.5, "new 4", "iv 4"),
        (None, "n", ""),
    ]  # fmt: skip
    assert store.present(["vault:name=63", "vault:name="]) == {"vault:name=63": StoredCiphertext(b"new 3")}


def contents(path: str, table: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
    connection.close()
    return rows


def test_keys_that_look_alike(engine: sa.Engine) -> None:
    """Two rows with one key, or with keys that a record writes alike, are told and stay."""
    path = path_of(engine)
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE ec_user (name TEXT COLLATE NOCASE, password TEXT)")
        names = ["twice", "twice", b"\xab", "ab", "Capital", "capital", "single"]
        other.executemany("INSERT INTO ec_user VALUES (?, 'old')", [(name,) for name in names])
    other.close()
    records = [f"ec_user:name={name}" for name in ("twice", "ab", "Capital", "capital", "single")]
    changes = [ValueChange(record, StoredCiphertext(b"old"), StoredCiphertext(b"new")) for record in records]
    store = opened(path)
    [blocker] = store.blockers(changes)
    assert (blocker.kind, blocker.records) == (BlockerKind.NOT_FOUND_AGAIN, tuple(records[:4]))
    assert store.replace(changes) == [*[ChangeOutcome.GONE] * 4, ChangeOutcome.CHANGED]
    assert [row[1] for row in contents(path, "ec_user")] == [*["old"] * 6, "new"]


def test_tables_without_a_way_back(engine: sa.Engine) -> None:
    """No key column, two secrets in one row, a table that is not mapped: told, each with its reason."""
    path = path_of(engine)
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bare (secret)")
        other.execute("CREATE TABLE vault (name, secret, vector)")
        other.execute("INSERT INTO vault VALUES ('a', 'old', 'old')")
    other.close()
    bare = VAULT.model_copy(update={"table": "bare"})
    second = VAULT.model_copy(update={"value": "vector", "iv": None})
    records = ["bare", "vault:name=a", "ec_other:id=1"]
    store = opened(path, Mapping(named=(bare, VAULT, second)))
    found = list(
        store.blockers(
            [ValueChange(record, StoredCiphertext(b"old"), StoredCiphertext(b"new")) for record in records]
        )
    )
    assert {blocker.kind for blocker in found} == {BlockerKind.NOT_FOUND_AGAIN}
    assert {blocker.records[0]: blocker.what for blocker in found} == {
        "bare": "the table has no column that identifies a row",
        "vault:name=a": "the mapping names several secrets in one row of the table",
        "ec_other:id=1": "its table is not in the mapping, or not in the database",
    }


def test_text_that_is_no_utf8(engine: sa.Engine) -> None:
    """It is present as it lies there, and a new value that is no text cannot take the place of text."""
    records = credentials(engine, range(2), sa.Integer())
    with sqlite3.connect(path_of(engine)) as other:
        other.execute("UPDATE ec_credential SET password = CAST(x'ff41' AS TEXT) WHERE id = 0")
    other.close()
    store = opened(path_of(engine))
    assert store.present(records[:1]) == {records[0]: StoredCiphertext(b"\xffA")}
    changes = [ValueChange(records[1], StoredCiphertext(sealed(1, "old")), StoredCiphertext(b"\xff"))]
    [blocker] = store.blockers(changes)
    assert (blocker.kind, blocker.records) == (BlockerKind.NOT_WRITTEN_PLAINLY, (records[1],))
    with pytest.raises(StoreError, match="column 'password' holds text"):
        store.replace(changes)


def test_row_that_refuses_to_change(engine: sa.Engine) -> None:
    """A trigger swallows one of three updates: two rows are not three, and all of it is taken back."""
    records = credentials(engine, range(3), sa.Integer())
    with sqlite3.connect(path_of(engine)) as other:
        other.execute(
            "CREATE TRIGGER t BEFORE UPDATE ON ec_credential WHEN OLD.id = 1 BEGIN SELECT RAISE(IGNORE); END"
        )
    other.close()
    before = passwords(engine)
    with pytest.raises(StoreError, match="3 rows were to change, but the database reports 2"):
        opened(path_of(engine)).replace([change(record, n) for n, record in enumerate(records)])
    assert passwords(engine) == before


def test_same_record_twice_is_refused(engine: sa.Engine) -> None:
    """Which of two new values should stand?"""
    [record] = credentials(engine, [1], sa.Integer())
    with pytest.raises(StoreError, match="twice"):
        opened(path_of(engine)).replace([change(record, 0), change(record, 1)])


def test_another_program_writes(engine: sa.Engine) -> None:
    """The file is locked: the attempt is repeated, then given up with nothing changed."""
    records = credentials(engine, range(2), sa.Integer())
    changes = [change(record, n) for n, record in enumerate(records)]
    other = sqlite3.connect(path_of(engine), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="was not changed: another program holds the SQLite file locked"):
        opened(
            path_of(engine), retry_policy=RetryPolicy((0.0,), lock_seconds=0, sleep=lambda _: None)
        ).replace(changes)
    retry_policy = RetryPolicy((0.0,), lock_seconds=0, sleep=lambda _: other.rollback())
    assert opened(path_of(engine), retry_policy=retry_policy).replace(changes) == [ChangeOutcome.CHANGED] * 2
    other.close()


def test_another_program_reads_at_commit(engine: sa.Engine) -> None:
    """COMMIT is refused while somebody reads: nothing is changed, and it is tried again."""
    records = credentials(engine, range(2), sa.Integer())
    changes = [change(record, n) for n, record in enumerate(records)]
    other = sqlite3.connect(path_of(engine), isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM ec_credential").fetchone()
    retry_policy = RetryPolicy((0.0,), lock_seconds=0, sleep=lambda _: other.rollback())
    assert opened(path_of(engine), retry_policy=retry_policy).replace(changes) == [ChangeOutcome.CHANGED] * 2
    other.close()


def test_second_run_is_held_off(engine: sa.Engine) -> None:
    """At once, until the first has ended; SQLite's own locks are untouched by it."""
    records = credentials(engine, range(2), sa.Integer())
    first, second = opened(path_of(engine)), opened(path_of(engine))
    with first.exclusively():
        with pytest.raises(StoreError, match="another re-encryption is running"), second.exclusively():
            pass
        assert first.replace([change(records[0], 0)]) == [ChangeOutcome.CHANGED]
    with pytest.raises(BlockingIOError), second.exclusively():
        raise BlockingIOError  # what is done inside fails as it does


@pytest.mark.parametrize("mode", ["delete", "wal", "truncate"])
def test_journal_mode_is_kept(engine: sa.Engine, mode: str) -> None:
    """A file with a write-ahead log has one afterwards."""
    records = credentials(engine, range(2), sa.Integer())
    with sqlite3.connect(path_of(engine)) as other:
        other.execute(f"PRAGMA journal_mode = {mode}")
    other.close()
    changes = [change(record, n) for n, record in enumerate(records)]
    assert opened(path_of(engine)).replace(changes) == [ChangeOutcome.CHANGED] * 2
    wal = b"\2\2" if mode == "wal" else b"\1\1"
    assert Path(path_of(engine)).read_bytes()[18:20] == wal


def test_asking_changes_nothing(engine: sa.Engine) -> None:
    """Not a byte of the file, nor beside it."""
    records = credentials(engine, range(2), sa.Integer())
    path = Path(path_of(engine))
    before = hashlib.sha256(path.read_bytes()).digest()
    store = opened(str(path))
    assert list(store.blockers([change(record, n) for n, record in enumerate(records)])) == []
    assert len(store.present(records)) == 2
    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert list(path.parent.iterdir()) == [path]


def test_stores_that_are_never_changed_in_place(engine: sa.Engine, tmp_path: Path) -> None:
    """A file that lay compressed, and a table in a file."""
    credentials(engine, range(2), sa.Integer())
    packed = tmp_path / "cd.sqlite.gz"
    packed.write_bytes(gzip.compress(Path(path_of(engine)).read_bytes()))
    assert in_place_writer(open_store(str(packed))) is None
    table = tmp_path / "t.csv"
    table.write_text("kind,project,name,user_name,value\ncredential,p,n,u,v\n")
    assert in_place_writer(open_store(str(table))) is None


KILLED = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 2")
connection.execute("BEGIN IMMEDIATE")
connection.execute("UPDATE ec_credential SET password = hex(zeroblob(9000))")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_program_that_was_killed_while_it_wrote(engine: sa.Engine) -> None:
    """Its rollback journal keeps readers out, which is said; rolled back, the file is as before."""
    records = credentials(engine, range(20), sa.Integer())
    before = passwords(engine)
    path = Path(path_of(engine))
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    journal = path.with_name(f"{path.name}-journal")
    assert journal.stat().st_size
    store = open_store(str(path))
    with pytest.raises(StoreError, match="a program was killed while it wrote"):
        list(store.read())
    roll_back_unfinished(store)
    assert not journal.exists()
    assert passwords(engine) == before
    assert opened(str(path)).replace([change(records[0], 0)]) == [ChangeOutcome.CHANGED]


def test_nothing_to_roll_back(engine: sa.Engine, tmp_path: Path) -> None:
    """No byte changes, and what is no SQLite file is left alone."""
    credentials(engine, range(2), sa.Integer())
    before = Path(path_of(engine)).read_bytes()
    roll_back_unfinished(open_store(path_of(engine)))
    assert Path(path_of(engine)).read_bytes() == before
    table = tmp_path / "t.csv"
    table.write_text("kind,project,name,user_name,value\n")
    roll_back_unfinished(open_store(str(table)))


def test_driver_that_counts_each_row_only(engine: sa.Engine) -> None:
    """Where a driver has no total, every row is asked for: one that refuses is missed."""
    records = credentials(engine, range(3), sa.Integer())
    store = CloudBeesDatabase(sqlite_database(Path(path_of(engine))))
    changes = [change(record, n) for n, record in enumerate(records)]
    with WriteAccess(store.database, IMPATIENT).writing() as connection:
        connection.dialect.supports_sane_multi_rowcount = False
        with store.database.reading() as reading:
            located = store.locator().locate(reading, records)
        [(target, rows)] = changes_by_row(changes, located).items()
        assert set(change_rows(connection, target, rows).values()) == {ChangeOutcome.CHANGED}
        connection.exec_driver_sql(
            "CREATE TRIGGER t BEFORE UPDATE ON ec_credential BEGIN SELECT RAISE(IGNORE); END"
        )
        [(target, rows)] = changes_by_row(back(changes), located).items()
        with pytest.raises(StoreError, match="3 rows were to change, but the database reports 0"):
            change_rows(connection, target, rows)


def test_file_whose_text_is_utf16(engine: sa.Engine) -> None:
    """Values are read, and changed, as the text that they are."""
    path = path_of(engine)
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA encoding = 'UTF-16le'")
    other.close()
    [record] = credentials(engine, [1], sa.Integer())
    assert rows_of(open_store(path)).select("record", "value").rows() == [(record, sealed(0, "old"))]
    assert opened(path).replace([change(record, 0)]) == [ChangeOutcome.CHANGED]
    assert passwords(engine) == [sealed(0, "new").decode()]
