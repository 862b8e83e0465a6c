"""Retry until the outcome of a commit is known.

A connection that breaks between COMMIT and its answer leaves open whether the values were written. Since
every change compares the old value before it sets the new one, it can simply be made again: what was
committed the first time comes back as `ALREADY`.
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from parsers.errors import CommitUnknownError
from parsers.stores.store_writer import ChangeOutcome, InPlaceWriter, ValueChange

TRANSACTION_VALUES: Final = 5_000
"""Values a transaction: rows stay locked for about a second, and the cost of a connection is spread."""

_TRIES: Final = 3

_Each = TypeVar("_Each")


def by_transaction(everything: Sequence[_Each]) -> Iterator[Sequence[_Each]]:
    """Slices of one transaction each, in order."""
    for start in range(0, len(everything), TRANSACTION_VALUES):
        yield everything[start : start + TRANSACTION_VALUES]


def replace_with_retry(changes: Sequence[ValueChange], store: InPlaceWriter) -> list[ChangeOutcome]:
    """As `InPlaceWriter.replace`, made again where the answer was lost.

    Raises:
        StoreError: nothing was changed, or (`CommitUnknownError`) no answer ever came.
    """
    for _ in range(_TRIES - 1):
        try:
            return store.replace(changes)
        except CommitUnknownError:
            continue
    return store.replace(changes)
