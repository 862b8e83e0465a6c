"""Carry out a plan in place: write, prove, and put back where the proof fails.

The order within a transaction's worth of values: journal (flushed to disk), then the store. The other way
round, a power cut between the two would leave a new value whose old one is recorded nowhere. An entry without
a change is harmless: undo compares digests, and finds that nothing was written.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from audit.errors import ReencryptionError
from audit.reencryption.commit_retry import by_transaction, replace_with_retry
from audit.reencryption.journal import Journal, JournalEntry, canonical_store_path
from audit.reencryption.plan import Plan, PlannedChange, with_outcomes
from audit.reencryption.proof import Proof, prove
from audit.reencryption.state import State
from audit.run.stores_reading import read_stores
from parsers.errors import CommitUnknownError, StoreError
from parsers.progress import Progress
from parsers.stores.interface import Store, StoredValues
from parsers.stores.schema import STORED
from parsers.stores.store_writer import ChangeOutcome, InPlaceWriter, ValueChange
from parsers.unread import Unread

_NOT_PROVEN = "it could not be read again, so nothing is proven; audit it, then run again or undo"
_NOT_BEGUN = "not written, since an earlier store failed"
_RESTORED = "put back, since the proof failed for this store"
_NOT_RESTORED = "not put back: it was changed meanwhile"

_NOT_WRITTEN: Final = {
    ChangeOutcome.DIFFERS: "it was changed meanwhile: left as it is now",
    ChangeOutcome.GONE: "it was removed meanwhile",
}

_UNANSWERED: Final = "the answer to COMMIT never came: what reading again shows decides"


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """The outcome of a plan.

    Attributes:
        plan: with the states that values have now.
        proofs: by the store's label in the plan; of a store that was put back, that of what stands there now.
        faults: a sentence each for what went wrong; where there is none, everything is proven.
        after: what the stores hold now.
    """

    plan: Plan
    proofs: Mapping[str, Proof]
    faults: tuple[str, ...]
    after: Sequence[StoredValues] = field(repr=False)


@dataclass(slots=True)
class WriteOutcome:
    """The outcome of writing to one store.

    Attributes:
        states: of the values that were to be written, by row of the plan's table.
        reasons: why some were not.
        fault: why it ended before its end, or "".
    """

    states: dict[int, State] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    fault: str = ""

    def written(self, planned: Sequence[PlannedChange]) -> list[PlannedChange]:
        """Those of `planned` that stand in the store now."""
        return [each for each in planned if self.states.get(each.row) is State.RE_ENCRYPTED]

    def overtaken(self) -> set[int]:
        """Rows of the plan's table that others changed or removed before they could be written."""
        return {row for row, state in self.states.items() if state is State.CHANGED}


def reencrypt_in_place(
    plan: Plan,
    stores: Sequence[tuple[Store, InPlaceWriter]],
    journal: Journal,
    progress: Progress,
    unread_before: Collection[Unread] = (),
) -> PlanOutcome:
    """Write what is planned, then read it again over new connections and prove it.

    A store for which the proof fails is put back as a whole. One that cannot be read again stays as it is:
    its state is not known, and the journal can undo it.

    Args:
        plan: what is to be written.
        stores: those with something planned, each as it is read and as it is written; the caller holds them.
        journal: records every value before it is written.
        progress: advanced with every value.
        unread_before: what could not be read before either.
    """
    states: dict[int, State] = {}
    reasons: dict[int, str] = {}
    proofs: dict[str, Proof] = {}
    faults: list[str] = []
    after: list[StoredValues] = []
    for store, writer in stores:
        planned = plan.planned.get(store.label, ())
        if faults:  # after a failure nothing more is written: one store to look into is enough
            states |= {each.row: State.REFUSED for each in planned}
            reasons |= {each.row: _NOT_BEGUN for each in planned}
            continue
        applied = apply_in_place(planned, writer, journal, progress)
        if applied.fault:
            faults.append(f"{store.label}: {applied.fault}")
        written = applied.written(planned)
        overtaken = applied.overtaken()
        reading = read_stores([store], progress)
        if unread := [each for each in reading.unread if each not in unread_before]:
            faults += [f"{store.label}: {_NOT_PROVEN}: {each.reason}" for each in unread]
        else:
            whole = _whole(reading.batches)
            proof = prove(plan, store.label, written, whole, aligned=False, overtaken=overtaken)
            if proof.faults:
                faults += _put_back(applied, written, writer, proof)
                reading = read_stores([store], progress)
                faults += [f"{store.label}: after putting back: {each.reason}" for each in reading.unread]
                whole = _whole(reading.batches)
                proof = prove(plan, store.label, (), whole, aligned=False, overtaken=overtaken)
            proofs[store.label] = proof
        states |= applied.states
        reasons |= applied.reasons
        after += reading.batches
    now = replace(plan, table=with_outcomes(plan.table, states, reasons))
    return PlanOutcome(now, proofs, tuple(faults), after)


def apply_in_place(
    planned: Sequence[PlannedChange], store: InPlaceWriter, journal: Journal, progress: Progress
) -> WriteOutcome:
    """Write the new values; after a fault the rest stays as it was.

    Args:
        planned: values of this store.
        store: where they lie; the caller holds it exclusively.
        journal: records every value before it is written.
        progress: advanced by the size of every value.
    """
    applied = WriteOutcome()
    name = canonical_store_path(store.label)
    progress.working_on(store.label)
    progress.expect(_size(planned))
    for part in by_transaction(planned):
        try:
            journal.append(
                JournalEntry(name, each.change.record, each.change.old, each.change.new.digest)
                for each in part
            )
            outcomes = replace_with_retry([each.change for each in part], store)
        except CommitUnknownError as error:
            applied.fault = error.message
            for each in part:  # they may have been committed: proof and putting back must include them
                applied.states[each.row] = State.RE_ENCRYPTED
                applied.reasons[each.row] = _UNANSWERED
            break
        except (ReencryptionError, StoreError) as error:
            applied.fault = error.message
            break
        for each, outcome in zip(part, outcomes, strict=True):
            done = outcome in {ChangeOutcome.CHANGED, ChangeOutcome.ALREADY}
            applied.states[each.row] = State.RE_ENCRYPTED if done else State.CHANGED
            if not done:
                applied.reasons[each.row] = _NOT_WRITTEN[outcome]
        progress.advance(_size(part))
    for each in planned:
        if each.row not in applied.states:
            applied.reasons[each.row] = f"not written: {applied.fault}"
            applied.states[each.row] = State.REFUSED
    return applied


def _size(planned: Sequence[PlannedChange]) -> int:
    """Bytes, as everything whose progress is shown is counted."""
    return sum(len(each.change.new.value) for each in planned)


def _whole(batches: Sequence[StoredValues]) -> pl.DataFrame:
    return pl.concat([STORED.to_frame(), *(batch.frame for batch in batches)])


def _put_back(
    applied: WriteOutcome, written: Sequence[PlannedChange], store: InPlaceWriter, proof: Proof
) -> list[str]:
    """Restore everything that was written to this store; what went wrong, a sentence each."""
    why = ", ".join(sorted(set(proof.faults.values())))
    faults = [f"{store.label}: {len(proof.faults)} values are not what they should be: {why}"]
    try:
        for part in by_transaction(written):
            back = [ValueChange(each.change.record, each.change.new, each.change.old) for each in part]
            for each, outcome in zip(part, replace_with_retry(back, store), strict=True):
                restored = outcome in {ChangeOutcome.CHANGED, ChangeOutcome.ALREADY}
                applied.states[each.row] = State.PUT_BACK if restored else State.CHANGED
                applied.reasons[each.row] = _RESTORED if restored else _NOT_RESTORED
    except StoreError as error:
        faults.append(f"{store.label}: not everything could be put back: {error.message}; use undo")
    return faults
