"""A store in memory that is read and changed as the real ones are, and made to fail."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext

import polars as pl

from parsers.stores.interface import StoredValues, StoreEvent
from parsers.stores.schema import STORED
from parsers.stores.store_writer import Blocker, ChangeOutcome, StoredCiphertext, ValueChange


class MemoryStore:
    """Both a `Store` and an `InPlaceWriter`.

    Attributes:
        there: what stands at each record; a record that is not in it is gone.
        on_replace: called before each transaction, with its number; may change the store, or raise.
        after_replace: the same after it.
        on_present: called before the store is asked what stands there.
        transactions: how many were asked for.
    """

    label = "test"

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        rows = frame.select("record", "value", "iv").rows()
        self.there: dict[str, StoredCiphertext | None] = {
            record: None if value is None else StoredCiphertext(value, iv) for record, value, iv in rows
        }
        self.on_replace: Callable[[int], None] = _nothing
        self.after_replace: Callable[[int], None] = _nothing
        self.on_present: Callable[[], None] = lambda: None
        self.transactions = 0

    def read(self) -> Iterator[StoreEvent]:
        rows = [
            row | {"value": now.value if now else None, "iv": now.iv if now else None}
            for row in self._frame.rows(named=True)
            if row["record"] in self.there
            for now in [self.there[row["record"]]]
        ]
        yield StoredValues(pl.DataFrame(rows, STORED))

    def blockers(self, changes: Sequence[ValueChange]) -> Iterator[Blocker]:
        return iter(())

    def exclusively(self) -> AbstractContextManager[None]:
        return nullcontext()

    def present(self, records: Sequence[str]) -> dict[str, StoredCiphertext]:
        self.on_present()
        return {each: now for each in records if (now := self.there.get(each)) is not None}

    def replace(self, changes: Sequence[ValueChange]) -> list[ChangeOutcome]:
        self.transactions += 1
        self.on_replace(self.transactions)
        outcomes = [self._replace(each) for each in changes]
        self.after_replace(self.transactions)
        return outcomes

    def _replace(self, change: ValueChange) -> ChangeOutcome:
        now = self.there.get(change.record)
        if now is None:
            return ChangeOutcome.GONE
        if now == change.new:
            return ChangeOutcome.ALREADY
        if now != change.old:
            return ChangeOutcome.DIFFERS
        self.there[change.record] = change.new
        return ChangeOutcome.CHANGED


def _nothing(number: int) -> None:
    """What does no harm."""
