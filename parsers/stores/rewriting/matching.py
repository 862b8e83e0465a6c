"""Which occurrence in a file belongs to which record: found with the store's own reader."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from parsers.stores.interface import PasswordCheck, StoredValues, StoreEvent
from parsers.stores.rewriting.occurrences import Occurrence
from parsers.stores.rewriting.placeholders import Placeholders
from parsers.stores.rewriting.scan import Scan
from parsers.stores.rewriting.spelling import core, fits, spell
from parsers.stores.store_writer import Blocker, BlockerKind, ValueChange

_Edits = tuple[tuple[int, bytes], ...]
"""Numbers of occurrences, and the new text for each."""

_REASONS: Final = {
    BlockerKind.NOT_FOUND_AGAIN: "no longer there, or not in exactly one place of their own",
    BlockerKind.NOT_WRITTEN_PLAINLY: "written in a form that cannot be rewritten: with entities, "
    "line breaks, unusual escapes, compressed, or as an expression",
}


@dataclass(slots=True)
class MatchedChanges:
    """The changes that can be made, and those that cannot.

    Attributes:
        new_texts: the new text of each occurrence that is to change, by its number.
        blocked: the records that stay as they are, by the reason.
    """

    new_texts: dict[int, bytes] = field(default_factory=dict, repr=False)
    blocked: dict[BlockerKind, list[str]] = field(default_factory=dict)

    @property
    def blockers(self) -> tuple[Blocker, ...]:
        """The reasons, each with its records."""
        return tuple(
            Blocker(kind, f"{len(records)} values are {_REASONS[kind]}", tuple(records))
            for kind, records in self.blocked.items()
        )


def match_changes(
    events: Iterable[StoreEvent],
    changes: Sequence[ValueChange],
    scan: Scan,
    placeholders: Placeholders,
) -> MatchedChanges:
    """Match changes to occurrences by the placeholders that the reader yields.

    The store is read with a placeholder in place of each occurrence. The placeholder that the reader yields
    in a record names the occurrence that is to change: no format has to be understood a second time.

    Args:
        events: of the store, read with placeholders.
        changes: a record may have several, of different values.
        scan: where the values are.
        placeholders: those that were used.
    """
    by_record: dict[str, list[int]] = {}
    for at, change in enumerate(changes):
        by_record.setdefault(change.record, []).append(at)
    places = _OccurrenceFinder(scan, placeholders)
    edits_by_change: dict[int, _Edits | BlockerKind] = {}
    claims: Counter[int] = Counter()
    for record, value, iv in _rows(events, by_record):
        for at in by_record[record]:
            edits = places.of(changes[at], value, iv)
            if edits is BlockerKind.NOT_FOUND_AGAIN:
                continue
            # If two rows have the same record and value, there is no telling which one is meant.
            edits_by_change[at] = BlockerKind.NOT_FOUND_AGAIN if at in edits_by_change else edits
            if isinstance(edits, tuple):
                claims.update(number for number, _ in edits)
    # An occurrence that two records share must not change for only one of them.
    shared = {number for number, count in claims.items() if count > 1}
    return _resolve_conflicts(changes, edits_by_change, shared)


def _resolve_conflicts(
    changes: Sequence[ValueChange],
    edits_by_change: Mapping[int, _Edits | BlockerKind],
    shared: Collection[int],
) -> MatchedChanges:
    """A record stays as it is if one of its places cannot be written or also belongs to another record."""
    blocked: dict[str, BlockerKind] = {}
    for at, change in enumerate(changes):
        edits = edits_by_change.get(at, BlockerKind.NOT_FOUND_AGAIN)
        if isinstance(edits, BlockerKind):
            blocked[change.record] = edits
        elif any(number in shared for number, _ in edits):
            blocked[change.record] = BlockerKind.NOT_FOUND_AGAIN
    result = MatchedChanges()
    for record, kind in blocked.items():
        result.blocked.setdefault(kind, []).append(record)
    for at, edits in edits_by_change.items():
        if changes[at].record not in blocked and isinstance(edits, tuple):
            result.new_texts.update(edits)
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


class _OccurrenceFinder:
    """Finds the occurrences that make up a record's value and vector."""

    def __init__(self, scan: Scan, placeholders: Placeholders) -> None:
        self._scan = scan
        self._placeholders = placeholders

    def of(self, change: ValueChange, value: bytes | None, iv: bytes | None) -> _Edits | BlockerKind:
        """The new text of each occurrence, or why there is none."""
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
        return ((number, spell(text, occurrence.spelling)),)

    def _occurrence(self, number: int | None, old: bytes) -> Occurrence | None:
        """The occurrence of this number, if it is one of `old`."""
        if number is None or number >= self._scan.count:
            return None
        edits_by_change = self._scan.occurrence(number)
        return edits_by_change if self._placeholders.olds[edits_by_change.old] == old else None


def _around(value: bytes, inner: bytes) -> tuple[bytes, bytes]:
    """What surrounds a value's core: the text before it and after it."""
    start = value.find(inner)
    return value[:start], value[start + len(inner) :]
