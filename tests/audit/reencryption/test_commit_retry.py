"""Changes whose COMMIT may have gone unanswered."""

import pytest

from audit.reencryption.commit_retry import TRANSACTION_VALUES, by_transaction, replace_with_retry
from parsers.errors import CommitUnknownError, StoreError
from parsers.stores.store_writer import ChangeOutcome, StoredCiphertext, ValueChange
from tests.audit.reencryption.memory_store import MemoryStore
from tests.support.sealing import stored


def store_of(count: int) -> tuple[MemoryStore, list[ValueChange]]:
    store = MemoryStore(stored([f"old {number}".encode() for number in range(count)]))
    changes = [
        ValueChange(
            f"row {number}",
            StoredCiphertext(f"old {number}".encode()),
            StoredCiphertext(f"new {number}".encode()),
        )
        for number in range(count)
    ]
    return store, changes


def test_an_answer_that_was_lost_once_is_asked_for_again() -> None:
    """The changes were made: done again they are found made, and nothing is written twice."""
    store, changes = store_of(3)

    def lost(number: int) -> None:
        if number == 1:
            raise CommitUnknownError("connection lost during COMMIT")

    store.after_replace = lost
    assert replace_with_retry(changes, store) == [ChangeOutcome.ALREADY] * 3
    assert store.transactions == 2
    assert [store.there[each.record] for each in changes] == [each.new for each in changes]


def test_a_commit_that_was_rolled_back_is_made_again() -> None:
    """The answer was lost and nothing was made: the second attempt makes it."""
    store, changes = store_of(3)

    def lost(number: int) -> None:
        if number == 1:
            raise CommitUnknownError("connection lost during COMMIT")

    store.on_replace = lost
    assert replace_with_retry(changes, store) == [ChangeOutcome.CHANGED] * 3


def test_it_gives_up_in_the_end() -> None:
    """Where no answer ever comes, the error says so, after a bounded number of attempts."""
    store, changes = store_of(3)

    def lost(number: int) -> None:
        raise CommitUnknownError("connection lost during COMMIT")

    store.on_replace = lost
    with pytest.raises(CommitUnknownError):
        replace_with_retry(changes, store)
    assert 1 < store.transactions < 10


def test_another_error_is_not_tried_again() -> None:
    """Nothing was changed: that is the end of it."""
    store, changes = store_of(3)

    def broken(number: int) -> None:
        raise StoreError("no right to UPDATE")

    store.on_replace = broken
    with pytest.raises(StoreError, match="no right"):
        replace_with_retry(changes, store)
    assert store.transactions == 1


def test_what_somebody_made_of_it_meanwhile_is_told() -> None:
    """The answer was lost, and somebody changed a value before it was asked again."""
    store, changes = store_of(3)

    def lost(number: int) -> None:
        if number == 1:
            store.there["row 1"] = StoredCiphertext(b"somebody's")
            del store.there["row 2"]
            raise CommitUnknownError("connection lost during COMMIT")

    store.after_replace = lost
    assert replace_with_retry(changes, store) == [
        ChangeOutcome.ALREADY,
        ChangeOutcome.DIFFERS,
        ChangeOutcome.GONE,
    ]
    assert store.there["row 1"] == StoredCiphertext(b"somebody's")


def test_transactions_take_everything_once() -> None:
    """In its order, none empty, none larger than the bound."""
    for count in (0, 1, TRANSACTION_VALUES, TRANSACTION_VALUES + 1, 3 * TRANSACTION_VALUES):
        parts = list(by_transaction(list(range(count))))
        assert [each for part in parts for each in part] == list(range(count))
        assert all(0 < len(part) <= TRANSACTION_VALUES for part in parts)
