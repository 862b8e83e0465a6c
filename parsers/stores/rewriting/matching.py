"""Which occurrence belongs to which record: told by the store's own reader."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from parsers.stores.interface import PasswordCheck, StoredValues, StoreEvent
from parsers.stores.rewriting.occurrences import Occurrence
from parsers.stores.rewriting.placeholders import Placeholders
from parsers.stores.rewriting.scan import Scan
from parsers.stores.rewriting.spelling import core, fits, written
from parsers.stores.store_writer import Blocker, BlockerKind, ValueChange

_Edits = tuple[tuple[int, bytes], ...]
"""Numbers of occurrences, and what is to stand there."""

_SAID: Final = {
    BlockerKind.NOT_FOUND_AGAIN: "not there as they were, or not in one place of their own",
    BlockerKind.NOT_WRITTEN_PLAINLY: "written in a way that is not followed: with entities, line breaks, "
    "odd escapes, packed, or by an expression",
}


@dataclass(slots=True)
class Arrivals:
    """What becomes of the changes.

    Attributes:
        news: the new value for each occurrence that is to change, by its number.
        hindered: the records that stay as they are.
    """

    news: dict[int, bytes] = field(default_factory=dict, repr=False)
    hindered: dict[BlockerKind, list[str]] = field(default_factory=dict)

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """What is in the way, each kind once."""
        return tuple(
            Blocker(kind, f"{len(records)} values are {_SAID[kind]}", tuple(records))
            for kind, records in self.hindered.items()
        )


def arrivals(
    events: Iterable[StoreEvent],
    changes: Sequence[ValueChange],
    scan: Scan,
    placeholders: Placeholders,
) -> Arrivals:
    """See where the placeholders arrive.

    Args:
        events: of the store, read with placeholders in the place of the values.
        changes: a record may have several, of different values.
        scan: where the values stand.
        placeholders: what stands in their place.
    """
    wanted: dict[str, list[int]] = {}
    for at, change in enumerate(changes):
        wanted.setdefault(change.record, []).append(at)
    places = _Places(scan, placeholders)
    found: dict[int, _Edits | BlockerKind] = {}
    claims: Counter[int] = Counter()
    for record, value, iv in _rows(events, wanted):
        for at in wanted[record]:
            edits = places.of(changes[at], value, iv)
            if edits is BlockerKind.NOT_FOUND_AGAIN:
                continue
            # Of two rows that hold the same under one record nobody knows which is meant.
            found[at] = BlockerKind.NOT_FOUND_AGAIN if at in found else edits
            if isinstance(edits, tuple):
                claims.update(number for number, _ in edits)
    shared = {number for number, count in claims.items() if count > 1}
    return _settled(changes, found, shared)


def _settled(
    changes: Sequence[ValueChange], found: Mapping[int, _Edits | BlockerKind], shared: Collection[int]
) -> Arrivals:
    """A record of which one place cannot be written, or is another record's too, stays as it is."""
    hindered: dict[str, BlockerKind] = {}
    for at, change in enumerate(changes):
        edits = found.get(at, BlockerKind.NOT_FOUND_AGAIN)
        if isinstance(edits, BlockerKind):
            hindered[change.record] = edits
        elif any(number in shared for number, _ in edits):
            hindered[change.record] = BlockerKind.NOT_FOUND_AGAIN
    result = Arrivals()
    for record, kind in hindered.items():
        result.hindered.setdefault(kind, []).append(record)
    for at, edits in found.items():
        if changes[at].record not in hindered and isinstance(edits, tuple):
            result.news.update(edits)
    return result


def _rows(
    events: Iterable[StoreEvent], wanted: Collection[str]
) -> Iterator[tuple[str, bytes | None, bytes | None]]:
    records = pl.DataFrame({"record": pl.Series(list(wanted), dtype=pl.String)})
    for event in events:
        match event:
            case StoredValues(frame):
                rows = frame.select("record", "value", "iv")
                yield from rows.join(records, on="record", how="semi").iter_rows()
            case PasswordCheck(value=value, record=record) if record in wanted:
                yield record, value, None


class _Places:
    """Finds the occurrences of which a record's value and vector consist."""

    def __init__(self, scan: Scan, placeholders: Placeholders) -> None:
        self._scan = scan
        self._placeholders = placeholders

    def of(self, change: ValueChange, value: bytes | None, iv: bytes | None) -> _Edits | BlockerKind:
        """The new text for each occurrence, or why there is none."""
        values = self._part(value, change.old.value, change.new.value)
        vectors = self._part(iv, change.old.iv, change.new.iv)
        if isinstance(values, BlockerKind):
            return values
        return vectors if isinstance(vectors, BlockerKind) else values + vectors

    def _part(self, arrived: bytes | None, old: bytes | None, new: bytes | None) -> _Edits | BlockerKind:
        if arrived is None or old is None:
            return () if arrived == old == new else BlockerKind.NOT_FOUND_AGAIN
        bare = core(old)
        around = _around(old, bare)
        number = self._placeholders.number(arrived.removeprefix(around[0]).removesuffix(around[1]))
        occurrence = self._occurrence(number, bare)
        if occurrence is None and arrived != old:
            return BlockerKind.NOT_FOUND_AGAIN
        if new == old:
            return ()
        if number is None or occurrence is None or new is None:
            return BlockerKind.NOT_WRITTEN_PLAINLY
        text = core(new)
        if _around(new, text) != around or not fits(text, bare, occurrence.spelling):
            return BlockerKind.NOT_WRITTEN_PLAINLY
        return ((number, written(text, occurrence.spelling)),)

    def _occurrence(self, number: int | None, old: bytes) -> Occurrence | None:
        """The one of this number, if it is of `old`."""
        if number is None or number >= self._scan.count:
            return None
        found = self._scan.occurrence(number)
        return found if self._placeholders.olds[found.old] == old else None


def _around(value: bytes, inner: bytes) -> tuple[bytes, bytes]:
    """The white space in front of a value's core, and behind it."""
    start = value.find(inner)
    return value[:start], value[start + len(inner) :]
