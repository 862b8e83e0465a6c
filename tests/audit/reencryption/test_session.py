"""Everything before the first write: read, judged, planned, asked."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from audit.errors import KeyRingError, ReencryptionError
from audit.reencryption.session import plan_session
from audit.reencryption.state import State
from parsers.progress import Silent
from parsers.stores.open import open_store
from tests.audit.reencryption.estate import FOREIGN, NEW, OLD, OTHER_NEW, key_files, states
from tests.audit.reencryption.real_stores import MIXED, csv_of, in_sqlite, request_for, sqlite_of, values_of

PLANNED = ["re-encrypt", "already"] * 6 + ["left"]


def test_a_database_is_changed_in_place(tmp_path: Path) -> None:
    """It is planned and asked, and not a byte of it changes."""
    path = sqlite_of(tmp_path / "a.sqlite", MIXED)
    before = path.read_bytes()
    session = plan_session(request_for(path), Silent())
    assert states(session.plan) == PLANNED
    assert [store.label for store, _ in session.in_place] == [str(path)]
    assert list(session.rewritings) == []
    assert session.ring.current is session.plan.target
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.sqlite"]


def test_a_file_is_written_anew(tmp_path: Path) -> None:
    """A table file is no database: its values are found in it, and it is to be written elsewhere."""
    path = csv_of(tmp_path / "a.csv", MIXED)
    session = plan_session(request_for(path), Silent())
    assert states(session.plan) == PLANNED
    assert [store.label for store, _ in session.rewritings] == [str(path)]
    assert list(session.in_place) == []


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """A compressed SQLite file can be read alone: every value says so, and the rest of the plan stands."""
    path, good = sqlite_of(tmp_path / "a.sqlite", MIXED), sqlite_of(tmp_path / "b.sqlite", MIXED)
    packed = tmp_path / "a.sqlite.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    session = plan_session(request_for(packed, good), Silent())
    assert session.plan.counts()[State.REFUSED] == 6
    assert session.plan.counts()[State.RE_ENCRYPT] == 6
    assert [store.label for store, _ in session.in_place] == [str(good)]
    refused = session.plan.table.filter(state="refused")
    assert set(refused["reason"]) == {"this kind of store can be read, but not written"}
    assert set(refused["store"]) == {str(packed)}


def test_several_stores_and_those_with_nothing_to_do(tmp_path: Path) -> None:
    """Each with something planned is asked; one that is all right is left alone."""
    first, second = sqlite_of(tmp_path / "a.sqlite", MIXED), csv_of(tmp_path / "b.csv", MIXED)
    third = sqlite_of(tmp_path / "c.sqlite", values_of([NEW] * 8, seed=5))
    session = plan_session(request_for(first, second, third), Silent())
    assert [store.label for store, _ in session.in_place] == [str(first)]
    assert [store.label for store, _ in session.rewritings] == [str(second)]
    assert {each.store for each in session.obstacles} == {str(first), str(second)}
    assert session.judged.height == session.plan.table.height == 34


def test_a_store_named_twice(tmp_path: Path) -> None:
    """Its values would be planned twice."""
    path = sqlite_of(tmp_path / "a.sqlite", MIXED)
    request = request_for(path)
    with pytest.raises(ReencryptionError, match="named twice"):
        plan_session(replace(request, stores=[*request.stores, *request.stores]), Silent())


def test_an_unknown_label(tmp_path: Path) -> None:
    """The labels that there are are named."""
    request = replace(request_for(sqlite_of(tmp_path / "a.sqlite", MIXED)), to="next")
    with pytest.raises(KeyRingError, match="no key is labelled 'next'") as error:
        plan_session(request, Silent())
    assert error.value.hint == "labels: old, new"


def test_a_key_twice_is_no_target(tmp_path: Path) -> None:
    """The new key is the old one under another label: nothing would change, and that is an error."""
    path = sqlite_of(tmp_path / "a.sqlite", values_of([OLD] * 8))
    request = request_for(path, to="copy", keys={"old": OLD, "copy": OLD}, run_current="old")
    with pytest.raises(ReencryptionError, match="the same key as 'copy'"):
        plan_session(request, Silent())


def test_nothing_in_the_store(tmp_path: Path) -> None:
    """An empty store is an error, never nothing to do."""
    request = request_for(sqlite_of(tmp_path / "a.sqlite", MIXED))
    empty = open_store(str(sqlite_of(tmp_path / "b.sqlite", [])))
    with pytest.raises(ReencryptionError, match="no stored value was found"):
        plan_session(replace(request, stores=[empty]), Silent())


def test_the_current_key_is_that_of_the_run(tmp_path: Path) -> None:
    """Known by its fingerprint, whatever label it has now: to another one it is a rotation."""
    path = sqlite_of(tmp_path / "a.sqlite", MIXED)
    request = request_for(path, run_current="old")
    renamed = replace(request, files=key_files({"passkey.2019": OLD, "new": NEW}))
    session = plan_session(renamed, Silent())
    assert session.ring.current is not None
    assert session.ring.current.label == "passkey.2019"
    without = plan_session(replace(request, files=key_files({"new": NEW})), Silent())
    assert without.ring.current is None or without.ring.current.label == "new"
    assert in_sqlite(path) == MIXED


@pytest.mark.parametrize("to", ["next", "new"])
def test_a_new_key_takes_no_loss_back(tmp_path: Path, to: str) -> None:
    """The audit called a value lost; a key that is only to be written under is no candidate for it."""
    path = sqlite_of(tmp_path / "a.sqlite", values_of([NEW] * 12 + [FOREIGN]))
    keys = {"new": NEW, "next": OTHER_NEW}
    request = request_for(path, keys={"new": NEW})
    assert request.run.credentials["verdict"][12] == "lost"
    session = plan_session(replace(request, files=key_files(keys), to=to, current=["new"]), Silent())
    assert session.judged["verdict"][12] == ("lost" if to == "next" else "unknown")
