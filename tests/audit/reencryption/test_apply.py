"""Values written, and what is said where they were not."""

from pathlib import Path

import pytest

from audit.reencryption.commit_retry import TRANSACTION_VALUES
from audit.reencryption.journal import journal_for_writing, read_journal
from audit.reencryption.plan import PlannedChange
from audit.reencryption.state import State
from audit.reencryption.write_and_prove import WriteOutcome, apply_in_place
from audit.trial.hypothesis import Hypothesis
from parsers.errors import CommitUnknownError, StoreError
from parsers.progress import Silent
from parsers.secret import Secret
from parsers.stores.store_writer import StoredCiphertext, ValueChange
from tests.audit.reencryption.estate import FRONT, NEW, journal_at
from tests.audit.reencryption.memory_store import MemoryStore
from tests.audit.reencryption.test_journal import files_of_at_most
from tests.support.sealing import stored

TARGET = "a" * 40


def old(number: int) -> StoredCiphertext:
    return StoredCiphertext(f"old {number}".encode())


def new(number: int) -> StoredCiphertext:
    return StoredCiphertext(f"new {number}".encode())


def planned(count: int) -> tuple[MemoryStore, list[PlannedChange]]:
    """A store, and every second of its values planned: row numbers and places in the plan differ."""
    store = MemoryStore(stored([old(number).value for number in range(2 * count)]))
    opener = Hypothesis(0, Secret(NEW), FRONT)
    return store, [
        PlannedChange(number, ValueChange(f"row {number}", old(number), new(number)), (opener,), b"")
        for number in range(1, 2 * count, 2)
    ]


def applied(store: MemoryStore, todo: list[PlannedChange], folder: Path) -> WriteOutcome:
    with journal_for_writing(journal_at(folder), TARGET) as journal:
        return apply_in_place(todo, store, journal, Silent())


def journalled(folder: Path) -> list[tuple[str, StoredCiphertext, str]]:
    return [(each.record, each.old, each.new_digest) for each in read_journal(journal_at(folder)).entries]


def test_everything_is_journalled_and_written(tmp_path: Path) -> None:
    """The planned values, and no other; each in the journal with its old value and its new hash."""
    store, todo = planned(5)
    done = applied(store, todo, tmp_path)
    assert done.states == dict.fromkeys(range(1, 10, 2), State.RE_ENCRYPTED)
    assert (done.fault, done.reasons) == ("", {})
    assert done.written(todo) == todo
    assert [store.there[f"row {each}"] for each in range(4)] == [old(0), new(1), old(2), new(3)]
    assert journalled(tmp_path) == [(f"row {n}", old(n), new(n).digest) for n in range(1, 10, 2)]


def test_the_journal_is_first(tmp_path: Path) -> None:
    """When a transaction begins, its entries are on disk."""
    count = TRANSACTION_VALUES + 3
    store, todo = planned(count)
    seen: list[int] = []
    store.on_replace = lambda number: seen.append(len(journalled(tmp_path)))
    applied(store, todo, tmp_path)
    assert seen == [TRANSACTION_VALUES, count]


def test_what_somebody_changed_stays(tmp_path: Path) -> None:
    """A value that differs and one that is gone are told; the others are written."""
    store, todo = planned(5)
    store.there["row 3"] = StoredCiphertext(b"somebody's")
    del store.there["row 5"]
    done = applied(store, todo, tmp_path)
    assert [done.states[each] for each in (1, 3, 5, 7)] == [
        State.RE_ENCRYPTED, State.CHANGED, State.CHANGED, State.RE_ENCRYPTED,
    ]  # fmt: skip
    assert "it was changed meanwhile" in done.reasons[3]
    assert "was removed meanwhile" in done.reasons[5]
    assert store.there["row 3"] == StoredCiphertext(b"somebody's")
    assert done.overtaken() == {3, 5}
    assert [each.row for each in done.written(todo)] == [1, 7, 9]
    assert done.fault == ""


def test_what_stands_there_already_counts_as_written(tmp_path: Path) -> None:
    """An answer that was lost, and a second attempt: the proof is to look at it too."""
    store, todo = planned(2)
    store.there["row 1"] = new(1)
    assert applied(store, todo, tmp_path).states == {1: State.RE_ENCRYPTED, 3: State.RE_ENCRYPTED}


def test_an_error_midway_leaves_the_rest(tmp_path: Path) -> None:
    """The transaction before it stays, its own changes nothing, and none comes after it."""
    count = 3 * TRANSACTION_VALUES
    store, todo = planned(count)

    def broken(number: int) -> None:
        if number == 2:
            raise StoreError("the table is locked")

    store.on_replace = broken
    done = applied(store, todo, tmp_path)
    assert done.fault == "the table is locked"
    assert store.transactions == 2
    assert len(done.written(todo)) == TRANSACTION_VALUES
    assert len(done.states) == count
    rest = todo[TRANSACTION_VALUES:]
    assert {done.states[each.row] for each in rest} == {State.REFUSED}
    assert {done.reasons[each.row] for each in rest} == {"not written: the table is locked"}
    assert all(store.there[each.change.record] == each.change.old for each in rest)


@pytest.mark.parametrize("made", [True, False])
def test_an_answer_that_never_comes(tmp_path: Path, made: bool) -> None:
    """It may have been made: it counts as written until the proof has looked, and nothing follows."""
    store, todo = planned(TRANSACTION_VALUES + 5)

    def lost(number: int) -> None:
        if number > 1:
            raise CommitUnknownError("no answer to COMMIT")

    if made:
        store.after_replace = lost
    else:
        store.on_replace = lost
    done = applied(store, todo, tmp_path)
    assert done.fault == "no answer to COMMIT"
    assert len(done.written(todo)) == len(todo)
    assert "reading again shows" in done.reasons[todo[-1].row]
    assert todo[0].row not in done.reasons
    assert (store.there[todo[-1].change.record] == todo[-1].change.new) is made


def test_without_a_journal_nothing_goes_on(tmp_path: Path) -> None:
    """The disk is full: not one value is written, not even by the next store's transactions."""
    store, todo = planned(5)
    with journal_for_writing(journal_at(tmp_path), TARGET) as journal:
        with files_of_at_most(journal_at(tmp_path).stat().st_size + 30):
            done = apply_in_place(todo, store, journal, Silent())
        after = apply_in_place(todo, store, journal, Silent())
    for each in (done, after):
        assert "journal" in each.fault
        assert set(each.states.values()) == {State.REFUSED}
    assert store.transactions == 0
    assert journalled(tmp_path) == []


def test_no_secret_in_the_journal_of_a_plan(tmp_path: Path) -> None:
    """Neither keys nor texts nor marks of texts: old ciphertext and hashes are all that is there."""
    from tests.audit.reencryption.estate import OLD, two_keys

    estate = two_keys()
    plan = estate.plan(estate.audited())
    applied(estate.store, list(plan.planned["test"]), tmp_path)
    content = journal_at(tmp_path).read_bytes()
    markers = [OLD, NEW, *estate.plain.values(), *(each.mac for each in plan.planned["test"])]
    markers += [each.change.new.value for each in plan.planned["test"]]
    for marker in markers:
        for form in (marker, marker.hex().encode(), str(marker).encode()):
            assert form not in content
    assert content.count(b"\n") == 7
