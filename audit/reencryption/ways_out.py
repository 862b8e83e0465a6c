"""Both ways out of a mismatch, counted before anything is written."""

from collections.abc import Iterator

import polars as pl

from audit.key_ring import Key, KeyRing
from audit.layouts.known import OCTOPUS
from audit.reencryption.target import SURE
from audit.verdict import Verdict


def ways_out(judged: pl.DataFrame, ring: KeyRing, target: Key) -> Iterator[str]:
    """A sentence for each way: what restoring a key opens, what discarding loses, what re-encrypting saves.

    The server offers the first two: restore the passkey, or start with `ignorePasskeyMismatch`, which
    discards what it cannot open (its message InvalidPasskey; KBEC-00441).

    Args:
        judged: the values with `verdict`, `opened_by`, `confidence` and `text_confidence`.
        ring: the candidate keys.
        target: the key under which everything is to open.
    """
    secrets = judged.filter(~pl.col("verdict").is_in([Verdict.EMPTY, Verdict.EXTERNAL]))
    sure = secrets.filter(pl.col("confidence").is_in(SURE), pl.col("verdict") != Verdict.AMBIGUOUS)
    opens = dict(sure["opened_by"].value_counts().iter_rows())
    total = secrets.height
    for key in ring.keys:
        count = opens.get(key.label, 0)
        if key is target:
            continue
        yield f"restoring {key.label} would open {count} of {total} stored secrets, and no others"
    under_target = opens.get(target.label, 0)
    whole = sure.filter(pl.col("text_confidence").is_in(SURE), pl.col("opened_by") != target.label).height
    if OCTOPUS not in judged["system"]:
        lost = f"{total - under_target} of {total}"
        yield f"discarding with ignorePasskeyMismatch would lose {lost}: what {target.label} does not open"
    in_all = f"{under_target + whole} of {total} in all"
    yield f"re-encrypting makes {whole} more open under {target.label}: {in_all}"
