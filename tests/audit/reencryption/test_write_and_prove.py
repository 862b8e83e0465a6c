"""Plans carried out on stores that fail: proven, or put back."""

import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from audit.reencryption.journal import journal_for_writing, read_journal
from audit.reencryption.plan import Plan
from audit.reencryption.undo import UndoState, undo_store
from audit.reencryption.write_and_prove import PlanOutcome, reencrypt_in_place
from parsers.errors import CommitUnknownError, StoreError
from parsers.progress import Silent
from parsers.stores.open import open_store
from parsers.stores.open_for_writing import in_place_writer
from parsers.stores.store_writer import StoredCiphertext
from tests.audit.reencryption.by_openssl import opened_beside_by_openssl
from tests.audit.reencryption.estate import (
    BESIDE,
    FOREIGN,
    NEW,
    OLD,
    Estate,
    audited,
    journal_at,
    judged,
    states,
    two_keys,
)
from tests.audit.reencryption.test_journal import files_of_at_most
from tests.support.sealing import passwords, seal

WAS = ["re-encrypt"] * 6 + ["already"] * 6 + ["left", "nothing"]


def carried_out(estate: Estate, folder: Path) -> tuple[Plan, PlanOutcome]:
    plan = estate.plan(estate.audited())
    assert states(plan) == WAS
    with journal_for_writing(journal_at(folder), plan.target.fingerprint) as journal:
        return plan, reencrypt_in_place(plan, [(estate.store, estate.store)], journal, Silent())


def adds_up(done: PlanOutcome) -> None:
    assert sum(done.plan.counts().values()) == done.plan.table.height == 14


def test_everything_is_proven(tmp_path: Path) -> None:
    """Six values re-encrypted, eight as before, and a second plan finds nothing to do."""
    estate = two_keys()
    _, done = carried_out(estate, tmp_path)
    assert states(done.plan) == ["re-encrypted"] * 6 + WAS[6:]
    assert done.faults == ()
    proof = done.proofs["test"]
    assert (proof.proven, proof.untouched, proof.added, proof.faults) == (6, 8, 0, {})
    adds_up(done)
    again = estate.plan(estate.audited())
    assert again.planned == {}
    assert states(again) == ["already"] * 12 + WAS[12:]


def test_a_value_that_somebody_changed_is_skipped(tmp_path: Path) -> None:
    """It stays, it is told, and the others are re-encrypted all the same."""
    estate = two_keys()
    theirs = StoredCiphertext(b"somebody's")

    def meanwhile(number: int) -> None:
        estate.store.there["row 2"] = theirs
        estate.store.there.pop("row 4", None)

    estate.store.on_replace = meanwhile
    _, done = carried_out(estate, tmp_path)
    assert estate.store.there["row 2"] == theirs
    assert states(done.plan)[:6] == [
        "re-encrypted", "re-encrypted", "changed", "re-encrypted", "changed", "re-encrypted",
    ]  # fmt: skip
    assert done.faults == ()
    assert (done.proofs["test"].proven, done.proofs["test"].untouched) == (4, 8)
    adds_up(done)


def corrupt_untouched(estate: Estate) -> None:
    estate.store.there["row 8"] = StoredCiphertext(b"corrupted")


def drop_untouched(estate: Estate) -> None:
    del estate.store.there["row 8"]


def corrupt_ours(estate: Estate) -> None:
    now = estate.store.there["row 1"]
    assert now is not None
    estate.store.there["row 1"] = StoredCiphertext(now.value[:-2])


@pytest.mark.parametrize("harm", [corrupt_untouched, drop_untouched])
def test_a_failing_proof_puts_everything_back(tmp_path: Path, harm: Callable[[Estate], None]) -> None:
    """A value that nobody asked for is another: all of ours are as they were, and the report says so."""
    estate = two_keys()
    before = {f"row {number}": estate.store.there[f"row {number}"] for number in range(6)}
    estate.store.after_replace = lambda number: harm(estate) if number == 1 else None
    _, done = carried_out(estate, tmp_path)
    assert {record: estate.store.there[record] for record in before} == before
    assert states(done.plan)[:6] == ["put-back"] * 6
    assert any("1 values are not what they should be" in each for each in done.faults)
    proof = done.proofs["test"]
    assert proof.proven == 0
    assert proof.untouched == 13
    assert set(proof.faults) == {8}
    adds_up(done)


def test_a_value_of_ours_that_came_out_otherwise(tmp_path: Path) -> None:
    """The others are put back; what stands at that place is nobody's to overwrite, and undo says the same."""
    estate = two_keys()
    before = dict(estate.store.there)
    estate.store.after_replace = lambda number: corrupt_ours(estate) if number == 1 else None
    _, done = carried_out(estate, tmp_path)
    assert states(done.plan)[:3] == ["put-back", "changed", "put-back"]
    assert [estate.store.there[f"row {n}"] == before[f"row {n}"] for n in range(6)] == [
        True, False, True, True, True, True,
    ]  # fmt: skip
    assert done.faults
    adds_up(done)
    undone = undo_store(read_journal(journal_at(tmp_path)).entries, estate.store, Silent())
    assert Counter(undone.states.values()) == {UndoState.NOT_WRITTEN: 5, UndoState.CHANGED: 1}


def test_putting_back_fails_too(tmp_path: Path) -> None:
    """Then undo is named; the journal has all that it needs, and it works once the store does."""
    estate = two_keys()
    before = dict(estate.store.there)

    def broken(number: int) -> None:
        if number > 1:
            raise StoreError("connection lost")

    estate.store.after_replace = lambda number: corrupt_untouched(estate)
    estate.store.on_replace = broken
    _, done = carried_out(estate, tmp_path)
    assert any("use undo" in each for each in done.faults)
    assert states(done.plan)[:6] == ["re-encrypted"] * 6
    assert done.proofs["test"].proven == 0
    estate.store.on_replace = estate.store.after_replace = lambda number: None
    undo_store(read_journal(journal_at(tmp_path)).entries, estate.store, Silent())
    assert {n: estate.store.there[f"row {n}"] for n in range(6)} == {n: before[f"row {n}"] for n in range(6)}


@pytest.mark.parametrize("made", [True, False])
def test_an_answer_to_commit_that_never_comes(tmp_path: Path, made: bool) -> None:
    """Made, it is proven; not made, it is told as put back. Either way the run failed, and says why."""
    estate = two_keys()
    before = dict(estate.store.there)

    def lost(number: int) -> None:
        if number <= 3:
            raise CommitUnknownError("no answer to COMMIT")

    if made:
        estate.store.after_replace = lost
    else:
        estate.store.on_replace = lost
    _, done = carried_out(estate, tmp_path)
    assert any("no answer to COMMIT" in each for each in done.faults)
    assert states(done.plan)[:6] == ["re-encrypted" if made else "put-back"] * 6
    assert (estate.store.there == before) is not made
    assert done.proofs["test"].proven == (6 if made else 0)
    adds_up(done)


def test_a_journal_that_cannot_be_written(tmp_path: Path) -> None:
    """Nothing is written, and everything is as it was and proven to be."""
    estate = two_keys()
    before = dict(estate.store.there)
    plan = estate.plan(estate.audited())
    with journal_for_writing(journal_at(tmp_path), plan.target.fingerprint) as journal:
        size = journal_at(tmp_path).stat().st_size
        with files_of_at_most(size + 10):
            done = reencrypt_in_place(plan, [(estate.store, estate.store)], journal, Silent())
    assert estate.store.there == before
    assert states(done.plan)[:6] == ["refused"] * 6
    assert (done.proofs["test"].proven, done.proofs["test"].untouched) == (0, 14)
    assert done.faults


def test_undo_after_a_second_re_encryption(tmp_path: Path) -> None:
    """A secret entered again under the old key, re-encrypted again into the same journal, and undone."""
    estate = two_keys()
    carried_out(estate, tmp_path)
    entered = StoredCiphertext(seal(BESIDE, OLD, b"entered under the old key", random.Random(6)))
    estate.store.there["row 0"] = entered
    plan = estate.plan(estate.audited())
    with journal_for_writing(journal_at(tmp_path), plan.target.fingerprint) as journal:
        reencrypt_in_place(plan, [(estate.store, estate.store)], journal, Silent())
    entries = read_journal(journal_at(tmp_path)).entries
    assert len(entries) == 7
    done = undo_store(entries, estate.store, Silent())
    assert Counter(done.states.values()) == {UndoState.PUT_BACK: 6}
    assert estate.store.there["row 0"] == entered
    assert Counter(undo_store(entries, estate.store, Silent()).states.values()) == {UndoState.NOT_WRITTEN: 6}


def test_a_real_database(tmp_path: Path) -> None:
    """SQLite, read, written and undone as the command does it; openssl opens what was written."""
    chance = random.Random(7)
    texts = passwords(13, chance)
    keys = [OLD, NEW] * 6 + [FOREIGN]
    values = [seal(BESIDE, key, text, chance).decode() for key, text in zip(keys, texts, strict=True)]
    path = tmp_path / "cd.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE ec_credential (id INTEGER PRIMARY KEY, name TEXT, password TEXT)")
        rows = [(number, f"c{number}", value) for number, value in enumerate(values)]
        connection.executemany("INSERT INTO ec_credential VALUES (?, ?, ?)", rows)
    connection.close()
    store = open_store(str(path))
    writer = in_place_writer(store)
    assert writer is not None
    both = {"old": OLD, "new": NEW}
    plan = judged([store], both, "new").plan(audited([store], both, "new"))
    with writer.exclusively(), journal_for_writing(journal_at(tmp_path), plan.target.fingerprint) as journal:
        done = reencrypt_in_place(plan, [(store, writer)], journal, Silent())
    assert done.faults == ()
    assert Counter(states(done.plan)) == {"re-encrypted": 6, "already": 6, "left": 1}
    for number, value in enumerate(_values(path)[:12]):
        assert opened_beside_by_openssl(NEW, value.encode()) == texts[number]
    undo_store(read_journal(journal_at(tmp_path)).entries, writer, Silent())
    assert _values(path) == values


def _values(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [value for (value,) in connection.execute("SELECT password FROM ec_credential ORDER BY id")]
    finally:
        connection.close()
