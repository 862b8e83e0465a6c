"""What every store that is changed where it lies must hold to; real servers are in tests/servers."""

import json
import random
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import pytest

from parsers.errors import StoreError
from parsers.stores.store_writer import ChangeOutcome, InPlaceWriter, StoredCiphertext, ValueChange
from tests.parsers.stores.database.changing.rows_to_change import opened

OLD, NEW = (f"{letter * 43}=|{'v' * 22}==" for letter in "on")
OTHER = OLD.swapcase()
STATES: Final = {
    OLD: ChangeOutcome.CHANGED,
    NEW: ChangeOutcome.ALREADY,
    OTHER: ChangeOutcome.DIFFERS,
    "": ChangeOutcome.GONE,
}
"""What may stand in the place of the old value, and what then becomes of the change; "" for no row."""


class Kind(Protocol):
    """A store with a value each under some of the numbers."""

    def write(self, path: Path, values: Mapping[int, str]) -> None: ...

    def record(self, number: int) -> str: ...

    def values(self, path: Path) -> dict[int, str]: ...


@dataclass(frozen=True)
class Rows:
    """CloudBees CD's table of credentials."""

    def write(self, path: Path, values: Mapping[int, str]) -> None:
        with sqlite3.connect(path) as connection:
            connection.execute(
                "CREATE TABLE ec_credential (id INTEGER PRIMARY KEY, name TEXT, password TEXT)"
            )
            rows = [(number, "c", value) for number, value in values.items()]
            connection.executemany("INSERT INTO ec_credential VALUES (?, ?, ?)", rows)
        connection.close()

    def record(self, number: int) -> str:
        return f"ec_credential:id={number}"

    def values(self, path: Path) -> dict[int, str]:
        with sqlite3.connect(path) as connection:
            rows = connection.execute("SELECT id, password FROM ec_credential").fetchall()
        connection.close()
        return dict(rows)


@dataclass(frozen=True)
class Documents:
    """Octopus Deploy's variables, three to a document."""

    def write(self, path: Path, values: Mapping[int, str]) -> None:
        documents: dict[int, dict[str, str]] = {}
        for number, value in values.items():
            documents.setdefault(number // 3, {})[f"n{number}"] = value
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE VariableSet (Id TEXT PRIMARY KEY, JSON TEXT)")
            rows = [(f"s{id_}", json.dumps(members)) for id_, members in documents.items()]
            connection.executemany("INSERT INTO VariableSet VALUES (?, ?)", rows)
        connection.close()

    def record(self, number: int) -> str:
        return f"VariableSet:s{number // 3}#/n{number}"

    def values(self, path: Path) -> dict[int, str]:
        with sqlite3.connect(path) as connection:
            rows = connection.execute("SELECT JSON FROM VariableSet").fetchall()
        connection.close()
        members = [member for (text,) in rows for member in json.loads(text).items()]
        return {int(name[1:]): value for name, value in members}


@pytest.fixture(params=[Rows(), Documents()], ids=lambda kind: type(kind).__name__)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each in turn."""
    found: Kind = request.param
    return found


def change(kind: Kind, number: int) -> ValueChange:
    return ValueChange(kind.record(number), StoredCiphertext(OLD.encode()), StoredCiphertext(NEW.encode()))


@pytest.mark.parametrize("seed", range(10))
def test_each_change_by_what_stands_there(kind: Kind, tmp_path: Path, seed: int) -> None:
    """Whatever stands where: old values become new ones, everything else stays, and each outcome says so."""
    chance = random.Random(seed)
    path = tmp_path / "store.sqlite"
    numbers = range(100)
    states = {number: chance.choice(list(STATES)) for number in numbers}
    there = {number: value for number, value in states.items() if value}
    kind.write(path, there)
    wanted = chance.sample(numbers, 60)
    changes = [change(kind, number) for number in wanted]
    store = opened(str(path))
    assert store.replace(changes) == [STATES[states[number]] for number in wanted]
    became = {n: NEW if n in wanted and value == OLD else value for n, value in there.items()}
    assert kind.values(path) == became
    records = {kind.record(number): number for number in numbers}
    present = store.present(list(records))
    assert {records[record]: value.value.decode() for record, value in present.items()} == became


def store_with(kind: Kind, path: Path, count: int) -> InPlaceWriter:
    """A store of old values."""
    kind.write(path, dict.fromkeys(range(count), OLD))
    return opened(str(path))


def test_all_or_nothing(kind: Kind, tmp_path: Path) -> None:
    """One value that cannot be written keeps all of them from it."""
    path = tmp_path / "store.sqlite"
    store = store_with(kind, path, 9)
    impossible = ValueChange(kind.record(7), StoredCiphertext(OLD.encode()), StoredCiphertext(b"\xff"))
    with pytest.raises(StoreError):
        store.replace([change(kind, 1), impossible, change(kind, 8)])
    assert kind.values(path) == dict.fromkeys(range(9), OLD)
    [blocker] = store.blockers([change(kind, 1), impossible, change(kind, 8)])
    assert impossible.record in blocker.records


def test_asking_changes_nothing(kind: Kind, tmp_path: Path) -> None:
    """Not a byte."""
    path = tmp_path / "store.sqlite"
    store = store_with(kind, path, 9)
    before = path.read_bytes()
    changes = [change(kind, number) for number in range(9)]
    assert list(store.blockers(changes)) == []
    assert len(store.present([each.record for each in changes])) == 9
    with store.exclusively():
        pass
    assert path.read_bytes() == before


def test_nothing_to_do(kind: Kind, tmp_path: Path) -> None:
    """No changes, no outcomes."""
    store = store_with(kind, tmp_path / "store.sqlite", 1)
    assert store.replace([]) == []
    assert list(store.blockers([])) == []
    assert store.present([]) == {}


def test_no_value_shows(kind: Kind, tmp_path: Path) -> None:
    """Neither in an error, nor in what stands in the way, nor where values are printed by mistake."""
    store = store_with(kind, tmp_path / "store.sqlite", 1)
    shown = ValueChange(kind.record(0), StoredCiphertext(OLD.encode()), StoredCiphertext(b"\xffplanted"))
    with pytest.raises(StoreError) as caught:
        store.replace([shown])
    told = [str(caught.value), caught.value.hint, *map(str, store.blockers([shown])), repr(shown)]
    assert caught.value.__cause__ is None
    assert not [text for text in told if "planted" in text or OLD in text]


def test_second_run_is_held_off(kind: Kind, tmp_path: Path) -> None:
    """As long as the first is at it."""
    path = tmp_path / "store.sqlite"
    first, second = store_with(kind, path, 3), opened(str(path))
    with first.exclusively(), pytest.raises(StoreError, match="is running on"), second.exclusively():
        pass
    with second.exclusively():
        assert second.replace([change(kind, 2)]) == [ChangeOutcome.CHANGED]
