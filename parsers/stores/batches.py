"""Stored values, one by one, become batches of the `STORED` frame."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, Protocol

import polars as pl

from parsers.errors import ArchiveError, StoreError
from parsers.stores.interface import StoredValues, StoreEvent
from parsers.stores.schema import BATCH_ROWS, STORED
from parsers.unread import Unread

_PART_ROWS: Final = BATCH_ROWS // 32


class StoredRow(NamedTuple):
    """One stored value; the attributes are columns of `STORED`."""

    system: str
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


class Origin(Protocol):
    """Where rows come from: an archive's leaf, a database."""

    @property
    def path(self) -> str:
        """The input as it was given."""
        ...

    @property
    def member(self) -> str:
        """The way inside archives, or ""."""
        ...


def in_batches(items: Iterable[StoredRow | StoreEvent], leaf: Origin) -> Iterator[StoreEvent]:
    """Gather rows into frames of at most `BATCH_ROWS`; every other event passes as it is.

    A fault that ends `items` becomes an `Unread` after everything before it was handed out.

    Raises:
        StoreError: `items` failed before there was anything to hand out.
    """
    gathered = _Gathered(leaf.path)
    anything = False
    try:
        for item in items:
            anything = True
            if not isinstance(item, StoredRow):
                yield item
            elif gathered.full_with(item):
                yield gathered.batch()
    except (ArchiveError, StoreError) as error:
        if not anything:
            raise StoreError(f"{leaf.path}: {error.message}", hint=error.hint) from error
        yield from gathered.rest()
        yield Unread(leaf.path, leaf.member, error.message, partial=True)
    else:
        yield from gathered.rest()


class _Gathered:
    """Rows on their way to a batch: few as Python objects, which take ten times the memory of a frame."""

    def __init__(self, store: str) -> None:
        self._store = store
        self._rows: list[StoredRow] = []
        self._frames: list[pl.DataFrame] = []

    def full_with(self, row: StoredRow) -> bool:
        """Take a row; True once they make a batch."""
        self._rows.append(row)
        if len(self._rows) == _PART_ROWS:
            self._frames.append(_frame(self._rows, self._store))
            self._rows.clear()
        return len(self._frames) * _PART_ROWS == BATCH_ROWS

    def batch(self) -> StoredValues:
        """All that there are; empty afterwards."""
        if self._rows:
            self._frames.append(_frame(self._rows, self._store))
        batch = StoredValues(pl.concat(self._frames, rechunk=True))
        self._rows.clear()
        self._frames.clear()
        return batch

    def rest(self) -> Iterator[StoredValues]:
        """The last batch, if there is one."""
        if self._rows or self._frames:
            yield self.batch()


def _frame(rows: list[StoredRow], store: str) -> pl.DataFrame:
    columns = {
        name: pl.Series(name, values, STORED[name])
        for name, values in zip(StoredRow._fields, zip(*rows, strict=True), strict=True)
    }
    given = pl.DataFrame(columns)
    return given.with_columns(store=pl.lit(store)).select(STORED.names())
