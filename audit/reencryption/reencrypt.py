"""A plan carried out where the values lie, proven, and put back where the proof fails."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from audit.reencryption.apply import Applied, apply_in_place
from audit.reencryption.certain_replace import by_transaction, replace_for_certain
from audit.reencryption.journal import Journal
from audit.reencryption.plan import Plan, Planned, with_outcomes
from audit.reencryption.proof import Proof, prove
from audit.reencryption.state import State
from audit.stores_reading import read_stores
from parsers.errors import StoreError
from parsers.progress import Progress
from parsers.stores.change import Change, InPlace, Outcome
from parsers.stores.interface import Store
from parsers.stores.schema import STORED
from parsers.unread import Unread

_NOT_PROVEN = "it could not be read again, so nothing is proven; audit it, then run again or undo"
_NOT_BEGUN = "not written, since something went wrong with a store before it"
_RESTORED = "put back, since the proof failed for this store"
_NOT_RESTORED = "not put back: somebody changed it meanwhile"


@dataclass(frozen=True, slots=True)
class Reencrypted:
    """What came of a plan.

    Attributes:
        plan: with the states that values have now.
        proofs: by the store's label in the plan; of a store that was put back, that of what stands there now.
        faults: a sentence each for what went wrong; where there is none, everything is proven.
        after: batches of the schema `STORED`: what the stores hold now.
    """

    plan: Plan
    proofs: Mapping[str, Proof]
    faults: tuple[str, ...]
    after: Sequence[pl.DataFrame] = field(repr=False)


def reencrypt_in_place(
    plan: Plan,
    stores: Sequence[tuple[Store, InPlace]],
    journal: Journal,
    progress: Progress,
    unread_before: Collection[Unread] = (),
) -> Reencrypted:
    """Write what is planned, then read it again over new connections and prove it.

    A store for which the proof fails is put back as a whole. One that cannot be read again stays as it is:
    nothing is known of it, and the journal can undo it.

    Args:
        plan: what is to be written.
        stores: those with something planned, each as it is read and as it is written; the caller holds them.
        journal: takes every value before it is written.
        progress: told of every value.
        unread_before: what could not be read before either.
    """
    states: dict[int, State] = {}
    reasons: dict[int, str] = {}
    proofs: dict[str, Proof] = {}
    faults: list[str] = []
    after: list[pl.DataFrame] = []
    for store, writer in stores:
        planned = plan.planned.get(store.label, ())
        if faults:  # one store is enough to look into
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
    return Reencrypted(now, proofs, tuple(faults), after)


def _whole(batches: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([STORED.to_frame(), *batches])


def _put_back(applied: Applied, written: Sequence[Planned], store: InPlace, proof: Proof) -> list[str]:
    """Restore everything that was written to this store; what went wrong, a sentence each."""
    why = ", ".join(sorted(set(proof.faults.values())))
    faults = [f"{store.label}: {len(proof.faults)} values are not what they should be: {why}"]
    try:
        for part in by_transaction(written):
            back = [Change(each.change.record, each.change.new, each.change.old) for each in part]
            for each, outcome in zip(part, replace_for_certain(back, store), strict=True):
                restored = outcome in {Outcome.CHANGED, Outcome.ALREADY}
                applied.states[each.row] = State.PUT_BACK if restored else State.CHANGED
                applied.reasons[each.row] = _RESTORED if restored else _NOT_RESTORED
    except StoreError as error:
        faults.append(f"{store.label}: not everything could be put back: {error.message}; use undo")
    return faults
