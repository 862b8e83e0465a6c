"""Changes made, and known to be made, though the answer to COMMIT may be lost."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from parsers.errors import CommitUnknownError
from parsers.stores.change import Change, InPlace, Outcome

TRANSACTION_VALUES: Final = 5_000
"""Values a transaction: rows stay locked for about a second, and the cost of a connection is spread."""

_TRIES: Final = 3

_Each = TypeVar("_Each")


def by_transaction(everything: Sequence[_Each]) -> Iterator[Sequence[_Each]]:
    """What belongs into one transaction each, in its order."""
    for start in range(0, len(everything), TRANSACTION_VALUES):
        yield everything[start : start + TRANSACTION_VALUES]


def replace_with_retry(changes: Sequence[Change], store: InPlace) -> list[Outcome]:
    """As `InPlace.replace`; where an answer was lost it is done again, which finds what was done `ALREADY`.

    Raises:
        StoreError: nothing was changed, or (`CommitUnknownError`) no answer ever came.
    """
    for _ in range(_TRIES - 1):
        try:
            return store.replace(changes)
        except CommitUnknownError:
            continue
    return store.replace(changes)
