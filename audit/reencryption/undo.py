"""What a re-encryption wrote, put back from its journal, byte for byte."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from audit.reencryption.certain_replace import by_transaction, replace_for_certain
from audit.reencryption.journal_entries import Entry
from parsers.errors import StoreError
from parsers.progress import Progress
from parsers.stores.change import Change, InPlace, Outcome, Sealed


class Undone(StrEnum):
    """What became of a record of the journal."""

    PUT_BACK = "put-back"
    NOT_WRITTEN = "not-written"
    CHANGED = "changed"
    GONE = "gone"
    FAILED = "failed"


_OF_OUTCOME: Final = {
    Outcome.CHANGED: Undone.PUT_BACK,
    Outcome.ALREADY: Undone.PUT_BACK,
    Outcome.DIFFERS: Undone.CHANGED,
    Outcome.GONE: Undone.GONE,
}


@dataclass(frozen=True, slots=True)
class Undoing:
    """What came of it.

    Attributes:
        states: of each record, in the journal's order.
        fault: why it ended before its end, or "".
    """

    states: dict[str, Undone]
    fault: str


def undo(entries: Sequence[Entry], store: InPlace, progress: Progress) -> Undoing:
    """Put back what stands there as it was written; what changed since stays, and is told.

    Done twice, or killed and done again, it comes to the same.

    Args:
        entries: those of one store, in the journal's order.
        store: where they lie; the caller holds it exclusively.
        progress: told of every record, by its size.
    """
    of_record = _by_record(entries)
    records = list(of_record)
    states = dict.fromkeys(records, Undone.FAILED)
    progress.working_on(store.label)
    progress.expect(_size(of_record, records))
    try:
        for part in by_transaction(records):
            states.update(_put_back({record: of_record[record] for record in part}, store))
            progress.advance(_size(of_record, part))
    except StoreError as error:
        return Undoing(states, error.message)
    return Undoing(states, "")


def changes_back(entries: Sequence[Entry], store: InPlace) -> list[Change]:
    """What would be put back as the store is now.

    Raises:
        StoreError: it cannot be read.
    """
    of_record = _by_record(entries)
    there = store.present(list(of_record))
    return [
        Change(record, now, entry.old)
        for record, now in there.items()
        if (entry := _that_wrote(now, of_record[record])) is not None
    ]


def _size(of_record: dict[str, list[Entry]], records: Iterable[str]) -> int:
    """Bytes, as everything whose progress is shown is counted."""
    return sum(len(of_record[record][0].old.value) for record in records)


def _by_record(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    of_record: dict[str, list[Entry]] = {}
    for entry in entries:
        of_record.setdefault(entry.record, []).append(entry)
    return of_record


def _put_back(part: dict[str, list[Entry]], store: InPlace) -> dict[str, Undone]:
    there = store.present(list(part))
    states: dict[str, Undone] = {}
    changes: list[Change] = []
    for record, entries in part.items():
        now = there.get(record)
        if now is None:
            states[record] = Undone.GONE
        elif now.digest == entries[0].old.digest:
            states[record] = Undone.NOT_WRITTEN
        elif entry := _that_wrote(now, entries):
            changes.append(Change(record, now, entry.old))
        elif any(now.digest == entry.old.digest for entry in entries):  # put back before
            states[record] = Undone.NOT_WRITTEN
        else:
            states[record] = Undone.CHANGED
    outcomes = replace_for_certain(changes, store) if changes else []
    states.update(
        (change.record, _OF_OUTCOME[outcome]) for change, outcome in zip(changes, outcomes, strict=True)
    )
    return states


def _that_wrote(now: Sealed, entries: Iterable[Entry]) -> Entry | None:
    """The entry by which the value got there; the oldest of them knows what stood there first."""
    return next((each for each in entries if each.new_digest == now.digest), None)
