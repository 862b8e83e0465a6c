"""Undo a re-encryption from its journal, byte for byte."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from audit.errors import ReencryptionError
from audit.exit_codes import ExitCode, exit_code
from audit.reencryption.commit_retry import by_transaction, replace_with_retry
from audit.reencryption.guards import StoreObstacles, refuse_obstacles
from audit.reencryption.journal import JournalEntry, canonical_store_path, read_journal
from audit.reencryption.overrides import Despite
from audit.run.observer import Observer, SilentObserver
from audit.run.references import NOBODY, Resolver
from audit.run.stores import StoreOpener, StoreOptions
from parsers.errors import StoreError
from parsers.keys.key_file import KeyFile
from parsers.progress import Progress
from parsers.stores.interface import Store
from parsers.stores.open_for_writing import in_place_writer, roll_back_unfinished
from parsers.stores.store_writer import ChangeOutcome, InPlaceWriter, StoredCiphertext, ValueChange


class UndoState(StrEnum):
    """The outcome for one record of the journal."""

    PUT_BACK = "put-back"
    NOT_WRITTEN = "not-written"
    CHANGED = "changed"
    GONE = "gone"
    FAILED = "failed"


_OF_OUTCOME: Final = {
    ChangeOutcome.CHANGED: UndoState.PUT_BACK,
    ChangeOutcome.ALREADY: UndoState.PUT_BACK,
    ChangeOutcome.DIFFERS: UndoState.CHANGED,
    ChangeOutcome.GONE: UndoState.GONE,
}


@dataclass(frozen=True, slots=True)
class StoreUndo:
    """What came of it.

    Attributes:
        states: of each record, in the journal's order.
        fault: why it ended before its end, or "".
    """

    states: dict[str, UndoState]
    fault: str


@dataclass(frozen=True, slots=True)
class UndoRequest:
    """A request to undo a re-encryption.

    Attributes:
        journal: of the re-encryption.
        stores: all stores that it names.
        keys: references to keys that open a password in a database.properties.
        despite: safety checks to override.
    """

    journal: Path
    stores: StoreOptions
    keys: Sequence[str] = ()
    despite: Sequence[Despite] = ()


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What came of it.

    Attributes:
        stores: by the label of each store, what became of its records.
    """

    stores: Mapping[str, StoreUndo]

    def counts(self) -> dict[UndoState, int]:
        """How many records are in each state; they add up to all of the journal."""
        found = Counter(state for each in self.stores.values() for state in each.states.values())
        return {state: found[state] for state in UndoState if state in found}

    @property
    def exit_code(self) -> int:
        """0: all stands as before; 10: something had changed since, and was left; 1: a store failed."""
        if any(each.fault for each in self.stores.values()):
            return ExitCode.FAILED
        return exit_code(
            complete=True, attention=bool({UndoState.CHANGED, UndoState.GONE} & set(self.counts()))
        )


def undo(
    request: UndoRequest, *, resolver: Resolver = NOBODY, observer: Observer | None = None
) -> UndoResult:
    """Put back, byte for byte, what a re-encryption wrote; what changed since stays, and is reported.

    Done twice, or killed and done again, it comes to the same.

    Args:
        request: what is wanted.
        resolver: resolves references to keys and passwords.
        observer: is kept informed.

    Raises:
        RequestError: no store is named.
        ReencryptionError: no journal, a store that is not in it or is missing, or others use the store.
        ParsersError, AuditError: nothing was put back. A fault of a store in the middle is no exception: it
            is in the answer.
    """
    observer = observer or SilentObserver()
    entries = read_journal(request.journal).entries
    keys = resolver.keys(request.keys, observer.remark)
    opener = StoreOpener(request.stores, [each for each in keys if isinstance(each, KeyFile)], resolver)
    stores = [_writable(store) for store in opener.open_all()]
    of_store = _by_store(entries, stores)
    for store in stores:
        found = list(store.blockers(changes_back(of_store[store.label], store)))
        for each in refuse_obstacles([StoreObstacles(store.label, found)], request.despite):
            observer.remark(each)
    done: dict[str, StoreUndo] = {}
    with observer.working() as progress, ExitStack() as held:
        for store in stores:
            held.enter_context(store.exclusively())
        for store in stores:
            done[store.label] = undo_store(of_store[store.label], store, progress)
    return UndoResult(done)


def _writable(store: Store) -> InPlaceWriter:
    roll_back_unfinished(store)  # a killed run may have left a hot journal, which makes the file unreadable
    writer = in_place_writer(store)
    if writer is None:
        raise ReencryptionError(
            f"{store.label} is never changed in place: there is nothing to undo",
            hint="the file that was read is as it was",
        )
    return writer


def _by_store(
    entries: Sequence[JournalEntry], stores: Sequence[InPlaceWriter]
) -> dict[str, list[JournalEntry]]:
    of_store: dict[str, list[JournalEntry]] = {}
    for entry in entries:
        of_store.setdefault(canonical_store_path(entry.store), []).append(entry)
    label = {canonical_store_path(store.label): store.label for store in stores}
    if len(label) < len(stores):
        raise ReencryptionError("a store is named twice", hint="name each once")
    if not entries:
        return {store.label: [] for store in stores}
    given = set(label)
    if absent := sorted(given - set(of_store)):
        raise ReencryptionError(
            f"the journal holds nothing of {absent[0]}",
            hint=f"it holds {', '.join(sorted(of_store)) or 'nothing'}",
        )
    if missing := sorted(set(of_store) - given):
        raise ReencryptionError(
            f"the journal also holds values of {missing[0]}", hint="name it with --store too"
        )
    return {label[name]: found for name, found in of_store.items()}


def undo_store(entries: Sequence[JournalEntry], store: InPlaceWriter, progress: Progress) -> StoreUndo:
    """Put back the values that are still as they were written; what has changed since stays, and is reported.

    Done twice, or killed and done again, it comes to the same.

    Args:
        entries: those of one store, in the journal's order.
        store: where they lie; the caller holds it exclusively.
        progress: advanced by the size of every record.
    """
    of_record = _by_record(entries)
    records = list(of_record)
    states = dict.fromkeys(records, UndoState.FAILED)
    progress.working_on(store.label)
    progress.expect(_size(of_record, records))
    try:
        for part in by_transaction(records):
            states.update(_put_back({record: of_record[record] for record in part}, store))
            progress.advance(_size(of_record, part))
    except StoreError as error:
        return StoreUndo(states, error.message)
    return StoreUndo(states, "")


def changes_back(entries: Sequence[JournalEntry], store: InPlaceWriter) -> list[ValueChange]:
    """The changes that would put values back, as the store is now.

    Raises:
        StoreError: it cannot be read.
    """
    of_record = _by_record(entries)
    there = store.present(list(of_record))
    return [
        ValueChange(record, now, entry.old)
        for record, now in there.items()
        if (entry := _that_wrote(now, of_record[record])) is not None
    ]


def _size(of_record: dict[str, list[JournalEntry]], records: Iterable[str]) -> int:
    """Bytes, as everything whose progress is shown is counted."""
    return sum(len(of_record[record][0].old.value) for record in records)


def _by_record(entries: Sequence[JournalEntry]) -> dict[str, list[JournalEntry]]:
    of_record: dict[str, list[JournalEntry]] = {}
    for entry in entries:
        of_record.setdefault(entry.record, []).append(entry)
    return of_record


def _put_back(part: dict[str, list[JournalEntry]], store: InPlaceWriter) -> dict[str, UndoState]:
    there = store.present(list(part))
    states: dict[str, UndoState] = {}
    changes: list[ValueChange] = []
    for record, entries in part.items():
        now = there.get(record)
        if now is None:
            states[record] = UndoState.GONE
        elif now.digest == entries[0].old.digest:
            states[record] = UndoState.NOT_WRITTEN
        elif entry := _that_wrote(now, entries):
            changes.append(ValueChange(record, now, entry.old))
        elif any(now.digest == entry.old.digest for entry in entries):  # put back before
            states[record] = UndoState.NOT_WRITTEN
        else:
            states[record] = UndoState.CHANGED
    outcomes = replace_with_retry(changes, store) if changes else []
    states.update(
        (change.record, _OF_OUTCOME[outcome]) for change, outcome in zip(changes, outcomes, strict=True)
    )
    return states


def _that_wrote(now: StoredCiphertext, entries: Iterable[JournalEntry]) -> JournalEntry | None:
    """The entry by which the value got there; the oldest of them knows what stood there first."""
    return next((each for each in entries if each.new_digest == now.digest), None)
