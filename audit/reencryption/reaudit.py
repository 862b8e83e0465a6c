"""All stores judged once more, as they are now: what still needs an old key."""

from dataclasses import replace

import polars as pl

from audit.keys.key_rings import KeyRings
from audit.product import AuditedValues
from audit.reencryption.report import Afterwards, still_needed
from audit.reencryption.session import Session, SessionRequest
from audit.reencryption.write_and_prove import Reencrypted
from audit.run.run_audit import examine_each_product
from audit.run.stores_reading import StoresReading


def verified(done: Reencrypted, session: Session, request: SessionRequest, *, complete: bool) -> Afterwards:
    """Examine what was read again, and what was not written, under the same keys with the target as current.

    Args:
        done: what came of the plan.
        session: what was known before.
        request: what was wanted.
        complete: whether everything that was named could be read.
    """
    target = session.plan.target
    keys = tuple(replace(key, current=key.label == target.label) for key in session.ring.keys)
    ring = replace(session.ring, keys=keys, chosen=target.label)
    rings = KeyRings({ring.product.id: ring})
    written = {*done.proofs, *(batch["store"][0] for batch in done.after if batch.height)}
    others = [batch for batch in session.reading.batches if batch.height and batch["store"][0] not in written]
    now = StoresReading(batches=[*others, *done.after], documents=session.reading.documents)
    examined = examine_each_product(now, rings, request.supplied)
    if not examined:  # nothing could be read any more
        return Afterwards(done=done, still_needed={}, complete=False)
    judged = pl.concat([each.frame for each in examined])
    supplement = ring.product.supplement(AuditedValues(now, judged, request.files, ring, None))
    return Afterwards(
        done=done,
        still_needed=still_needed(judged, target),
        complete=complete,
        product_report=supplement.report,
    )
