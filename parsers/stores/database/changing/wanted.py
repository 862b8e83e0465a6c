"""Changes by the table and row that they are in."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from parsers.stores.database.changing.target import Located, RuledOut, Target
from parsers.stores.store_writer import Change


@dataclass(frozen=True, slots=True, repr=False)
class Wanted:
    """A change, and the place in its row."""

    place: str
    change: Change


ByRow = dict[Target, dict[Hashable, list[Wanted]]]
"""All changes of one row stand together, under its key."""


def by_row(changes: Sequence[Change], located: Mapping[str, Located | RuledOut]) -> ByRow:
    """The changes whose records lead somewhere."""
    wanted: ByRow = {}
    for change in changes:
        if isinstance(found := located[change.record], Located):
            rows = wanted.setdefault(found.target, {})
            rows.setdefault(hashable(found.key), []).append(Wanted(found.place, change))
    return wanted


def hashable(key: object) -> Hashable:
    """A key as it can be looked up: bytes in the place of views of bytes."""
    return bytes(key) if isinstance(key, bytearray | memoryview) else key
