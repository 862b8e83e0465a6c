"""Advice: the options before anything is written, with their counts, and the steps once it is."""

from collections.abc import Collection, Iterator

import polars as pl

from audit.keys.key_ring import Key, KeyRing
from audit.product import KeyChange
from audit.reencryption.new_layout import SURE
from audit.verdict import Verdict


def options_summary(
    judged: pl.DataFrame, ring: KeyRing, target: Key, *, planned: int, elsewhere: Collection[str] = ()
) -> Iterator[str]:
    """A sentence for each option: what restoring a key opens, discarding loses, and re-encrypting saves.

    Args:
        judged: the product's values with `verdict`, `opened_by`, `confidence` and `text_confidence`.
        ring: its keys.
        target: the key under which everything is to open.
        planned: how many values the re-encryption would write.
        elsewhere: labels of keys that belong to another product: restoring one that opens nothing here
            would solve nothing.
    """
    secrets = judged.filter(~pl.col("verdict").is_in([Verdict.EMPTY, Verdict.EXTERNAL]))
    # Where the text alone is not settled, the server with that key opens it all the same.
    text_open = ~pl.col("text_confidence").is_in(SURE)
    sure = secrets.filter(
        pl.col("confidence").is_in(SURE), (pl.col("verdict") != Verdict.AMBIGUOUS) | text_open
    )
    opens = dict(sure["opened_by"].value_counts().iter_rows())
    total = secrets.height
    for key in ring.keys:
        count = opens.get(key.label, 0)
        if key is target or (not count and key.label in elsewhere):
            continue
        yield f"restoring {key.label} would open {count} of {total} stored secrets, and no others"
    under_target = opens.get(target.label, 0)
    if discarding := ring.product.rekeying.discarding:
        yield f"{discarding} would lose {total - under_target} of {total}: what {target.label} does not open"
    in_all = f"{under_target + planned} of {total} in all"
    yield f"re-encrypting makes {planned} more open under {target.label}: {in_all}"


def steps_after(change: KeyChange) -> Iterator[str]:
    """The product's steps in their order, and the last one; none where the server uses the key already."""
    if change.ring.current is change.target:
        return
    yield from change.ring.product.rekeying.steps_after(change)
    yield (
        "Audit again with the old and the new key. Keep the old key, the journal and the backup until no "
        "backup needs them any more."
    )
