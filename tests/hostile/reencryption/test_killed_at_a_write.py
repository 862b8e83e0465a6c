"""A SQLite file re-encrypted by a process that is killed at each of its writes."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from audit.reencryption.commit_retry import TRANSACTION_VALUES
from tests.support.killing import runs
from tests.support.rekeying import Rekeying, stored, under_new

pytestmark = pytest.mark.no_cover  # many runs of the same

WRITES = "pwrite64,write,fsync,fdatasync,ftruncate,unlink"
"""What SQLite and the journal change files with."""


def test_nothing_is_lost_or_encrypted_twice(tmp_path: Path) -> None:
    """Killed at any write: every value is old or new; the next run completes, and undo restores all."""
    original, path = tmp_path / "original.sqlite", tmp_path / "commander.sqlite"
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    estate = Rekeying(tmp_path, str(path), count=12)
    estate.make(engine)
    before = stored(engine)
    shutil.copy(path, original)
    assert estate.audit() == 10
    watched = [path, Path(f"{path}-journal"), estate.journal]
    with runs() as started:
        for number in range(1, 100):
            shutil.copy(original, path)
            killed = started.killed_at(number, WRITES, estate.arguments(), paths=watched)
            assert estate.reencrypt() == 10  # one value is lost, and stays so
            assert under_new(estate, engine) == 24
            if estate.journal.exists():
                assert estate.undo() == 0
                assert stored(engine) == before
                estate.journal.unlink()
            if not killed:
                break
    assert not killed
    assert number > 8


def test_killed_between_transactions(tmp_path: Path) -> None:
    """Killed at each write to the journal of two transactions: the first one stands, and the rest follows."""
    path = tmp_path / "commander.sqlite"
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    estate = Rekeying(tmp_path, str(path), count=TRANSACTION_VALUES + 5)
    estate.make(engine)
    assert estate.audit() == 10
    found = []
    with runs() as started:
        for number in range(1, 20):
            killed = started.killed_at(number, "write,fsync", estate.arguments(), paths=[estate.journal])
            found.append(under_new(estate, engine) - estate.count)
            if not killed:
                break
            assert estate.undo() == 0
            estate.journal.unlink()
    assert not killed
    assert set(found) == {0, TRANSACTION_VALUES, estate.count}
    assert found == sorted(found)
