"""Which occurrence belongs to which record: told by the store's own reader."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from parsers.stores.change import Change, Hindrance, Obstacle
from parsers.stores.interface import PasswordCheck, StoredValues, StoreEvent
from parsers.stores.rewriting.placeholders import Placeholders
from parsers.stores.rewriting.scan import Scan
from parsers.stores.rewriting.spelling import Spelling, core, fits, written

_SAID: Final = {
    Hindrance.NOT_FOUND_AGAIN: "not in the store as they were when it was read",
    Hindrance.NOT_WRITTEN_PLAINLY: "written in the file in a way that is not followed: "
    "with entities, line breaks, odd escapes, packed, or as an expression",
}


@dataclass(slots=True)
class Arrivals:
    """What becomes of the changes.

    Attributes:
        news: the new value for each occurrence that is to change, by its number.
        hindered: the records that stay as they are.
    """

    news: dict[int, bytes] = field(default_factory=dict, repr=False)
    hindered: dict[Hindrance, list[str]] = field(default_factory=dict)

    @property
    def obstacles(self) -> tuple[Obstacle, ...]:
        """What is in the way, each kind once."""
        return tuple(
            Obstacle(hindrance, f"{len(records)} values are {_SAID[hindrance]}", tuple(records))
            for hindrance, records in self.hindered.items()
        )


def arrivals(
    events: Iterable[StoreEvent],
    changes: Sequence[Change],
    scan: Scan,
    placeholders: Placeholders,
) -> Arrivals:
    """See where the placeholders arrive.

    Args:
        events: of the store, read with placeholders in the place of the values.
        changes: one for each record at most.
        scan: where the values stand.
        placeholders: what stands in their place.
    """
    wanted = {change.record: change for change in changes}
    places = _Places(scan, placeholders)
    found: dict[str, dict[int, bytes] | Hindrance] = {}
    for record, value, iv in _rows(events, wanted):
        # Of two rows that one record finds nobody knows which is meant.
        twice = record in found
        found[record] = Hindrance.NOT_FOUND_AGAIN if twice else places.of(wanted[record], value, iv)
    result = Arrivals()
    for record in wanted:
        outcome = found.get(record, Hindrance.NOT_FOUND_AGAIN)
        if isinstance(outcome, Hindrance):
            result.hindered.setdefault(outcome, []).append(record)
        else:
            result.news |= outcome
    return result


def _rows(
    events: Iterable[StoreEvent], wanted: Mapping[str, Change]
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

    def of(self, change: Change, value: bytes | None, iv: bytes | None) -> dict[int, bytes] | Hindrance:
        """The new text for each occurrence, or why there is none."""
        values = self._part(value, change.old.value, change.new.value)
        vectors = self._part(iv, change.old.iv, change.new.iv)
        if isinstance(values, Hindrance):
            return values
        return vectors if isinstance(vectors, Hindrance) else values | vectors

    def _part(
        self, arrived: bytes | None, old: bytes | None, new: bytes | None
    ) -> dict[int, bytes] | Hindrance:
        if arrived is None or old is None:
            return {} if arrived == old == new else Hindrance.NOT_FOUND_AGAIN
        occurrence = self._arrived(arrived, old)
        if occurrence is None and arrived != old:
            return Hindrance.NOT_FOUND_AGAIN
        if new == old:
            return {}
        if occurrence is None or new is None or _around(new) != _around(old):
            return Hindrance.NOT_WRITTEN_PLAINLY
        number, spelling = occurrence
        bare = core(new)
        if not fits(bare, core(old), spelling):
            return Hindrance.NOT_WRITTEN_PLAINLY
        return {number: written(bare, spelling)}

    def _arrived(self, arrived: bytes, old: bytes) -> tuple[int, Spelling] | None:
        """The occurrence of `old` of which this is the placeholder."""
        lead, trail = _around(old)
        number = self._placeholders.number(arrived.removeprefix(lead).removesuffix(trail))
        if number is None or number >= self._scan.count:
            return None
        found = self._scan.occurrence(number)
        return (number, found.spelling) if self._placeholders.olds[found.old] == core(old) else None


def _around(value: bytes) -> tuple[bytes, bytes]:
    """The white space in front of a value's core, and behind it."""
    inner = core(value)
    start = value.find(inner)
    return value[:start], value[start + len(inner) :]
