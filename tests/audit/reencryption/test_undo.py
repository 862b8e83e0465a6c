"""Values put back, and those that nobody may put back any more."""

from pathlib import Path

import pytest

from audit.reencryption.commit_retry import TRANSACTION_VALUES
from audit.reencryption.journal import JournalEntry, read_journal
from audit.reencryption.undo import UndoState, changes_back, undo_store
from parsers.errors import CommitUnknownError, StoreError
from parsers.progress import Silent
from parsers.stores.store_writer import StoredCiphertext, ValueChange
from tests.audit.reencryption.estate import journal_at
from tests.audit.reencryption.memory_store import MemoryStore
from tests.audit.reencryption.test_apply import applied, new, old, planned
from tests.support.sealing import stored


def entry(record: str, before: StoredCiphertext, after: StoredCiphertext) -> JournalEntry:
    return JournalEntry("test", record, before, after.digest)


def written(folder: Path, count: int = 3) -> tuple[MemoryStore, tuple[JournalEntry, ...]]:
    store, todo = planned(count)
    applied(store, todo, folder)
    return store, read_journal(journal_at(folder)).entries


def test_everything_as_it_was(tmp_path: Path) -> None:
    """Byte for byte, and a second time there is nothing left to put back."""
    store, entries = written(tmp_path)
    assert changes_back(entries, store) == [
        ValueChange(f"row {number}", new(number), old(number)) for number in (1, 3, 5)
    ]
    done = undo_store(entries, store, Silent())
    assert done.states == dict.fromkeys(["row 1", "row 3", "row 5"], UndoState.PUT_BACK)
    assert store.there == {f"row {number}": old(number) for number in range(6)}
    transactions = store.transactions
    again = undo_store(entries, store, Silent())
    assert again.states == dict.fromkeys(["row 1", "row 3", "row 5"], UndoState.NOT_WRITTEN)
    assert store.transactions == transactions
    assert changes_back(entries, store) == []


def test_what_changed_since_stays(tmp_path: Path) -> None:
    """Somebody has entered another secret, or removed the credential: told, and not touched."""
    store, entries = written(tmp_path)
    store.there["row 1"] = StoredCiphertext(b"entered by hand")
    del store.there["row 3"]
    done = undo_store(entries, store, Silent())
    assert done.states == {"row 1": UndoState.CHANGED, "row 3": UndoState.GONE, "row 5": UndoState.PUT_BACK}
    assert store.there["row 1"] == StoredCiphertext(b"entered by hand")


def test_a_vector_beside_that_changed_counts() -> None:
    """The same ciphertext with another vector is another value."""
    store = MemoryStore(stored([b"x"]))
    store.there["row 0"] = StoredCiphertext(b"new", b"other")
    entries = [entry("row 0", StoredCiphertext(b"old", b"old vector"), StoredCiphertext(b"new", b"vector"))]
    assert undo_store(entries, store, Silent()).states == {"row 0": UndoState.CHANGED}
    store.there["row 0"] = StoredCiphertext(b"new", b"vector")
    assert undo_store(entries, store, Silent()).states == {"row 0": UndoState.PUT_BACK}
    assert store.there["row 0"] == StoredCiphertext(b"old", b"old vector")


def test_an_entry_that_was_never_written() -> None:
    """The run was killed between the journal and the store: the old value stands there."""
    store = MemoryStore(stored([b"old"]))
    assert undo_store(
        [entry("row 0", StoredCiphertext(b"old"), StoredCiphertext(b"new"))], store, Silent()
    ).states == {"row 0": UndoState.NOT_WRITTEN}


@pytest.mark.parametrize("stands", [b"new 1", b"new 2"])
def test_killed_and_written_again(stands: bytes) -> None:
    """Two entries of one record with the same old value, whichever of the new ones stands there."""
    store = MemoryStore(stored([stands]))
    entries = [
        entry("row 0", StoredCiphertext(b"old"), StoredCiphertext(new)) for new in (b"new 1", b"new 2")
    ]
    assert undo_store(entries, store, Silent()).states == {"row 0": UndoState.PUT_BACK}
    assert store.there["row 0"] == StoredCiphertext(b"old")


def test_re_encrypted_a_second_time() -> None:
    """Re-encrypted, re-entered under the old key, re-encrypted: undo goes back once, and stays there."""
    entries = [
        entry("row 0", StoredCiphertext(b"first"), StoredCiphertext(b"first, new")),
        entry("row 0", StoredCiphertext(b"second"), StoredCiphertext(b"second, new")),
    ]
    store = MemoryStore(stored([b"second, new"]))
    assert undo_store(entries, store, Silent()).states == {"row 0": UndoState.PUT_BACK}
    assert store.there["row 0"] == StoredCiphertext(b"second")
    assert undo_store(entries, store, Silent()).states == {"row 0": UndoState.NOT_WRITTEN}
    assert store.there["row 0"] == StoredCiphertext(b"second")


def test_a_fault_midway_can_be_done_again(tmp_path: Path) -> None:
    """What was not reached is told as failed; the second time completes it."""
    count, half = 3 * TRANSACTION_VALUES // 2, TRANSACTION_VALUES // 2
    store, entries = written(tmp_path, count)

    def broken(number: int) -> None:
        if number == 4:  # two transactions wrote, the second one back fails
            raise StoreError("connection lost")

    store.on_replace = broken
    done = undo_store(entries, store, Silent())
    assert done.fault == "connection lost"
    assert list(done.states.values()).count(UndoState.PUT_BACK) == TRANSACTION_VALUES
    assert list(done.states.values()).count(UndoState.FAILED) == half
    again = undo_store(entries, store, Silent())
    assert again.fault == ""
    assert list(again.states.values()).count(UndoState.PUT_BACK) == half
    assert store.there == {f"row {number}": old(number) for number in range(2 * count)}


def test_an_answer_lost_once(tmp_path: Path) -> None:
    """It was put back, and is found put back."""
    store, entries = written(tmp_path)

    def lost(number: int) -> None:
        if number == 2:
            raise CommitUnknownError("no answer to COMMIT")

    store.after_replace = lost
    assert set(undo_store(entries, store, Silent()).states.values()) == {UndoState.PUT_BACK}


def test_changed_between_reading_and_writing(tmp_path: Path) -> None:
    """Somebody is faster than the undo: that value is theirs."""
    store, entries = written(tmp_path)

    def meanwhile(number: int) -> None:
        store.there["row 1"] = StoredCiphertext(b"entered by hand")

    store.on_replace = meanwhile
    assert undo_store(entries, store, Silent()).states["row 1"] is UndoState.CHANGED
    assert store.there["row 1"] == StoredCiphertext(b"entered by hand")
