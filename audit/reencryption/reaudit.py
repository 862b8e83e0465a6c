"""Judge all stores once more, as they are now: which values still need an old key."""

from dataclasses import dataclass, replace

import polars as pl

from audit.keys.key_ring import Key
from audit.keys.key_rings import KeyRings
from audit.product import AuditedValues
from audit.reencryption.session import Session, SessionRequest
from audit.reencryption.write_and_prove import PlanOutcome
from audit.run.run_audit import examine_each_product
from audit.run.stores_reading import StoresReading


@dataclass(frozen=True, slots=True)
class Reaudit:
    """What is known once everything was written and read again.

    Attributes:
        done: the outcome of the plan.
        still_needed: values that open under another key than the target, by its label.
        complete: whether all of the stores was read.
        product_report: Octopus' documents in the form of the product's own report, or "".
    """

    done: PlanOutcome
    still_needed: dict[str, int]
    complete: bool
    product_report: str = ""


def still_needed(judged: pl.DataFrame, target: Key) -> dict[str, int]:
    """How many values open under another key than the target, by its label; the most needed first."""
    others = judged.filter(pl.col("opened_by") != "", pl.col("opened_by") != target.label)
    return dict(
        others["opened_by"].value_counts().sort("count", "opened_by", descending=[True, False]).rows()
    )


def reaudit(done: PlanOutcome, session: Session, request: SessionRequest, *, complete: bool) -> Reaudit:
    """Examine what was read again, and what was not written, under the same keys with the target as current.

    Args:
        done: the outcome of the plan.
        session: what was known before.
        request: of the session.
        complete: whether everything that was named could be read.
    """
    target = session.plan.target
    keys = tuple(replace(key, current=key.label == target.label) for key in session.ring.keys)
    ring = replace(session.ring, keys=keys, chosen=target.label)
    rings = KeyRings({ring.product.id: ring})
    written = {*done.proofs, *(batch.store for batch in done.after)}
    others = [batch for batch in session.reading.batches if batch.store not in written]
    now = StoresReading(batches=[*others, *done.after], documents=session.reading.documents)
    examined = examine_each_product(now, rings, request.supplied)
    if not examined:  # nothing can be read any longer
        return Reaudit(done=done, still_needed={}, complete=False)
    judged = pl.concat([each.frame for each in examined])
    supplement = ring.product.supplement(AuditedValues(now, judged, request.files, ring, None))
    return Reaudit(
        done=done,
        still_needed=still_needed(judged, target),
        complete=complete,
        product_report=supplement.report,
    )
