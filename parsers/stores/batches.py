"""Stored values, one by one, become batches of the `STORED` frame; rows that cannot be used are counted."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Protocol

import polars as pl

from parsers.errors import ArchiveError, StoreError
from parsers.stores.interface import StoredValues, StoreEvent
from parsers.stores.schema import BATCH_ROWS, STORED
from parsers.unread import Unread

SYSTEM: Final = "cloudbees-cd"

_PART_ROWS: Final = BATCH_ROWS // 32


class StoredRow(NamedTuple):
    """One stored value; the attributes are columns of `STORED`."""

    kind: str
    project: str
    name: str
    user_name: str
    location: str
    credential_type: str
    modified: str
    value: bytes | None
    iv: bytes | None
    record: str

    def __repr__(self) -> str:
        """Where it is, and no ciphertext."""
        return f"StoredRow({self.location!r}, {self.record!r})"


class RowOrigin(Protocol):
    """Where rows come from: an archive's leaf, a database."""

    @property
    def path(self) -> str:
        """The input as it was given."""
        ...

    @property
    def member(self) -> str:
        """The way inside archives, or ""."""
        ...


def in_batches(
    items: Iterable[StoredRow | StoreEvent], leaf: RowOrigin, *, system: str = SYSTEM
) -> Iterator[StoreEvent]:
    """Gather rows into frames of at most `BATCH_ROWS`; every other event passes as it is.

    A fault that ends `items` becomes an `Unread` after everything before it was handed out.

    Raises:
        StoreError: `items` failed before there was anything to hand out.
    """
    builder = _BatchBuilder(leaf.path, system)
    anything = False
    try:
        for item in items:
            anything = True
            if not isinstance(item, StoredRow):
                yield item
            elif builder.add(item):
                yield builder.batch()
    except (ArchiveError, StoreError) as error:
        if not anything:
            raise StoreError(f"{leaf.path}: {error.message}", hint=error.hint) from error
        yield from builder.rest()
        yield Unread(leaf.path, leaf.member, error.message, partial=True)
    else:
        yield from builder.rest()


class _BatchBuilder:
    """Rows on their way to a batch: few as Python objects, which take ten times the memory of a frame."""

    def __init__(self, store: str, system: str) -> None:
        self._store = store
        self._system = system
        self._rows: list[StoredRow] = []
        self._frames: list[pl.DataFrame] = []

    def add(self, row: StoredRow) -> bool:
        """Take a row; True once they make a batch."""
        self._rows.append(row)
        if len(self._rows) == _PART_ROWS:
            self._frames.append(_frame(self._rows, self._store, self._system))
            self._rows.clear()
        return len(self._frames) * _PART_ROWS == BATCH_ROWS

    def batch(self) -> StoredValues:
        """All that there are; empty afterwards."""
        if self._rows:
            self._frames.append(_frame(self._rows, self._store, self._system))
        batch = StoredValues(pl.concat(self._frames, rechunk=True))
        self._rows.clear()
        self._frames.clear()
        return batch

    def rest(self) -> Iterator[StoredValues]:
        """The last batch, if there is one."""
        if self._rows or self._frames:
            yield self.batch()


def _frame(rows: list[StoredRow], store: str, system: str) -> pl.DataFrame:
    columns = {
        name: pl.Series(name, values, STORED[name])
        for name, values in zip(StoredRow._fields, zip(*rows, strict=True), strict=True)
    }
    given = pl.DataFrame(columns)
    return given.with_columns(system=pl.lit(system), store=pl.lit(store)).select(STORED.names())


TOLD_ONE_BY_ONE: Final = 100
"""A file of the wrong shape has a bad row on every line; nobody reads a million reasons."""


class BadRows:
    """Turns bad rows into `Unread` events of one file."""

    def __init__(self, leaf: RowOrigin) -> None:
        self._leaf = leaf
        self._count = 0

    def report(self, record: str, reason: str) -> Iterator[Unread]:
        """One row and why; nothing once `TOLD_ONE_BY_ONE` were told."""
        self._count += 1
        if self._count <= TOLD_ONE_BY_ONE:
            yield Unread(self._leaf.path, self._leaf.member, f"{record}: {reason}", partial=True)

    def rest(self) -> Iterator[Unread]:
        """How many more there were."""
        if (more := self._count - TOLD_ONE_BY_ONE) > 0:
            reason = f"{more} more rows could not be used"
            yield Unread(self._leaf.path, self._leaf.member, reason, partial=True)
