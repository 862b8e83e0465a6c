"""Stored values of a SQLite file, changed where they lie."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from parsers.stores.change import Outcome
from tests.parsers.stores.database.changing.rows_to_change import (
    back,
    change,
    credentials,
    opened,
    passwords,
    sealed,
)


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
        assert store.replace(changes) == [Outcome.CHANGED] * 9
    assert store.replace(changes) == [Outcome.ALREADY] * 9
    assert passwords(engine) == [*(sealed(n, "new").decode() for n in range(9)), before[9]]
    assert store.present(records)[records[3]] == changes[3].new
    assert store.replace(back(changes)) == [Outcome.CHANGED] * 9
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
    outcomes = [Outcome.CHANGED, Outcome.DIFFERS, Outcome.GONE, Outcome.CHANGED]
    assert store.replace(changes) == outcomes
    assert passwords(engine) == [sealed(0, "new").decode(), "other", sealed(3, "new").decode()]
    assert store.present(records).keys() == {records[0], records[1], records[3]}
