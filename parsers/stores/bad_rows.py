"""Rows that cannot be used: told one by one, up to a number."""

from collections.abc import Iterator
from typing import Final

from parsers.stores.batches import Origin
from parsers.unread import Unread

TOLD_ONE_BY_ONE: Final = 100
"""A file of the wrong shape has a bad row on every line; nobody reads a million reasons."""


class BadRows:
    """Turns bad rows into `Unread` events of one file."""

    def __init__(self, leaf: Origin) -> None:
        self._leaf = leaf
        self._count = 0

    def tell(self, record: str, reason: str) -> Iterator[Unread]:
        """One row and why; nothing once `TOLD_ONE_BY_ONE` were told."""
        self._count += 1
        if self._count <= TOLD_ONE_BY_ONE:
            yield Unread(self._leaf.path, self._leaf.member, f"{record}: {reason}", partial=True)

    def rest(self) -> Iterator[Unread]:
        """How many more there were."""
        if (more := self._count - TOLD_ONE_BY_ONE) > 0:
            reason = f"{more} more rows could not be used"
            yield Unread(self._leaf.path, self._leaf.member, reason, partial=True)
