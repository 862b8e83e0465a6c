"""Single stored values → batches of the `STORED` frame; rows that cannot be used are reported."""

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
        """The location, without ciphertext."""
        return f"StoredRow({self.location!r}, {self.record!r})"


class RowOrigin(Protocol):
    """Where rows come from: a stream of an archive, a database."""

    @property
    def path(self) -> str:
        """The input as given."""
        ...

    @property
    def member(self) -> str:
        """The path inside archives, or ""."""
        ...


def in_batches(items: Iterable[StoredRow | StoreEvent], origin: RowOrigin) -> Iterator[StoreEvent]:
    """Collect rows into frames of at most `BATCH_ROWS`; other events pass through unchanged.

    A fault that ends `items` becomes an `Unread` after everything before it was yielded.

    Raises:
        StoreError: `items` failed before it yielded anything.
    """
    builder = _BatchBuilder(origin.path)
    anything = False
    try:
        for item in items:
            anything = True
            if not isinstance(item, StoredRow):
                yield item
            elif builder.add(item):
                yield from builder.batches()
    except (ArchiveError, StoreError) as error:
        if not anything:
            raise StoreError(f"{origin.path}: {error.message}", hint=error.hint) from error
        yield from builder.rest()
        yield Unread(origin.path, origin.member, error.message, partial=True)
    else:
        yield from builder.rest()


class _BatchBuilder:
    """Builds batches. Few rows stay Python objects, which take ten times the memory of a frame."""

    def __init__(self, store: str) -> None:
        self._store = store
        self._rows: list[StoredRow] = []
        self._frames: list[pl.DataFrame] = []

    def add(self, row: StoredRow) -> bool:
        """Add a row; True once there are enough for a batch."""
        self._rows.append(row)
        if len(self._rows) == _PART_ROWS:
            self._frames.append(_frame(self._rows, self._store))
            self._rows.clear()
        return len(self._frames) * _PART_ROWS == BATCH_ROWS

    def batches(self) -> Iterator[StoredValues]:
        """The rows so far, a batch for each product; the builder is empty afterwards."""
        if self._rows:
            self._frames.append(_frame(self._rows, self._store))
        rows = pl.concat(self._frames, rechunk=True)
        self._rows.clear()
        self._frames.clear()
        yield from by_product(rows)

    def rest(self) -> Iterator[StoredValues]:
        """The last batches, if there are rows left."""
        if self._rows or self._frames:
            yield from self.batches()


def by_product(rows: pl.DataFrame) -> Iterator[StoredValues]:
    """Rows of the `STORED` schema and of one store as batches, one for each product among them."""
    if rows["system"].n_unique() <= 1:  # nearly always, and then nothing is copied
        yield StoredValues(rows)
    else:
        yield from (StoredValues(part) for part in rows.partition_by("system", maintain_order=True))


def _frame(rows: list[StoredRow], store: str) -> pl.DataFrame:
    columns = {
        name: pl.Series(name, values, STORED[name])
        for name, values in zip(StoredRow._fields, zip(*rows, strict=True), strict=True)
    }
    given = pl.DataFrame(columns)
    return given.with_columns(store=pl.lit(store)).select(STORED.names())


REPORTED_SINGLY: Final = 100
"""A file of the wrong shape has a bad row on every line; a million reasons help no one."""


class BadRows:
    """Turns bad rows into `Unread` events of one file."""

    def __init__(self, origin: RowOrigin) -> None:
        self._origin = origin
        self._count = 0

    def report(self, record: str, reason: str) -> Iterator[Unread]:
        """One row and the reason; nothing once `REPORTED_SINGLY` were reported."""
        self._count += 1
        if self._count <= REPORTED_SINGLY:
            yield Unread(self._origin.path, self._origin.member, f"{record}: {reason}", partial=True)

    def rest(self) -> Iterator[Unread]:
        """The number of further ones."""
        if (more := self._count - REPORTED_SINGLY) > 0:
            reason = f"{more} more rows could not be used"
            yield Unread(self._origin.path, self._origin.member, reason, partial=True)
