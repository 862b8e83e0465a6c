"""The passkey that is missing, named by its fingerprint, and what it would save."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from audit.keys.key_dates import comparable, export_path, is_export, is_history, iso_date
from audit.keys.key_ring import KeyRing
from audit.keys.node_mismatch import NodeMismatch, where_to_look
from audit.verdict import Verdict
from parsers.stores.interface import FingerprintSeen
from reports.summary import MissingKeySummary

_SEALED: Final = (Verdict.LOST, Verdict.UNKNOWN)
"""What probably needs a key that is not there."""

_SAFE: Final = (Verdict.CURRENT, Verdict.OLDER_KEY, Verdict.EMPTY, Verdict.EXTERNAL)
"""What needs no other key. Nothing else is excluded: a value that looks damaged, typed or opened by chance
may be whole under a layout that only the missing key shows."""

_NODES_FILE: Final = ": the passkey file's"
_DATABASE: Final = ": the database's"


@dataclass(frozen=True, slots=True)
class MissingKey:
    """A passkey that was in use once and that no candidate is.

    Attributes:
        fingerprint: SHA-1 of the file to look for, 40 lower-case hex digits.
        seen: where and when it was met, in order of date.
        last_used: its last use by the server's history, else the newest of these dates, or "".
        after: when the passkey before it in the history was last used, or "".
        advice: one sentence: which copy to look for.
        system: the product whose stores name it; "" of a run over none that names keys so.
    """

    fingerprint: str
    seen: tuple[FingerprintSeen, ...]
    last_used: str
    after: str
    advice: str
    system: str


def missing_keys(
    ring: KeyRing, seen: Iterable[FingerprintSeen], mismatches: Sequence[NodeMismatch] = ()
) -> tuple[MissingKey, ...]:
    """The fingerprints in `seen` that no candidate has or had before it was changed; the last used first.

    Args:
        ring: the candidates.
        seen: what stores name, and what logs do (`seen_in_logs`).
        mismatches: nodes with a file that their database does not want, by their logs.
    """
    sightings = comparable(seen)
    fingerprints = sorted({each.fingerprint for each in sightings})
    missing = [
        _missing(fingerprint, sightings, mismatches, ring)
        for fingerprint in fingerprints
        if ring.by_fingerprint(fingerprint) is None
    ]
    return tuple(sorted(missing, key=lambda key: key.last_used, reverse=True))


def _missing(
    fingerprint: str,
    sightings: Sequence[FingerprintSeen],
    mismatches: Sequence[NodeMismatch],
    ring: KeyRing,
) -> MissingKey:
    """The server's history dates a use; a node or an export may name a passkey long after it."""
    own = tuple(each for each in sightings if each.fingerprint == fingerprint)
    history = [each for each in sightings if is_history(each)]
    dated = [each.when for each in history if each.fingerprint == fingerprint and each.when]
    last_used = dated[-1] if dated else own[-1].when
    others = (each.when for each in history if each.fingerprint != fingerprint)
    after = max((when for when in others if when < last_used), default="") if dated else ""
    if logged := where_to_look(fingerprint, mismatches, ring):
        advice = logged
    elif dated and history[-1].fingerprint == fingerprint:
        advice = f"the server's own conf/passkey: its history names it last, on {last_used[:10]}"
    else:
        advice = _advice(own, last_used, after)
    system = ring.product.id if ring.product.keys.named_by_fingerprint else ""
    return MissingKey(fingerprint, own, last_used, after, advice, system)


def _advice(own: Sequence[FingerprintSeen], last_used: str, after: str) -> str:
    """Which copy to look for. Days, not times: a backup is seldom dated better."""
    day, day_after = last_used[:10], after[:10]
    if all(is_export(each) for each in own):
        date = f", as it was on {day}" if day else ""
        path = export_path(own[-1])
        return f"probably conf/passkey of the server that wrote {path!r}{date}, or a backup of it"
    if _only_on_a_node(own):
        return "only a node's file had it, while the database named another: values under it are unlikely"
    if not day:
        return "probably in an old backup of conf/passkey; no date is known"
    if day_after and day_after != day:
        return f"probably in a backup of conf/passkey made between {day_after} and {day}"
    return f"probably in a backup of conf/passkey from {day} or before"


def _only_on_a_node(own: Sequence[FingerprintSeen]) -> bool:
    """A server refuses to start with such a file, so that it encrypts nothing under it."""
    return all(each.where.endswith(_NODES_FILE) for each in own)


def what_they_save(missing: Iterable[MissingKey], credentials: pl.DataFrame) -> list[MissingKeySummary]:
    """The missing passkeys with how many credentials each could open, those that surely open most first.

    Only the key itself can show whether it opens a value. So the upper bound is all that no key opens
    for sure, whatever its verdict; likely are those of the lost and unknown that stand in an export which
    names this passkey, and those that were changed last while the server's history has it in use.

    Args:
        missing: what `missing_keys` found.
        credentials: with `system`, `verdict`, `store`, `modified`.
    """
    unopened = credentials.filter(~pl.col("verdict").is_in(_SAFE))
    sealed = unopened.filter(pl.col("verdict").is_in(_SEALED)).select(
        "system", "store", changed=pl.col("modified").map_elements(iso_date, pl.String)
    )
    summaries = [
        MissingKeySummary(
            fingerprint=key.fingerprint,
            last_used=key.last_used,
            after=key.after,
            advice=key.advice,
            places=sorted({each.where for each in key.seen}),
            saves_up_to=0 if _only_on_a_node(key.seen) else unopened.filter(system=key.system).height,
            saves_likely=sealed.filter(_likely_under(key), system=key.system).height,
            system=key.system,
        )
        for key in missing
    ]
    return sorted(summaries, key=lambda key: (-key.saves_likely, -key.saves_up_to))


def _likely_under(key: MissingKey) -> pl.Expr:
    exports = [export_path(each) for each in key.seen if is_export(each)]
    likely = pl.col("store").str.split("; ").list.eval(pl.element().is_in(exports)).list.any()
    if key.last_used and any(is_history(each) for each in key.seen):
        dated = pl.col("changed").str.contains(r"^\d{4}-\d\d-\d\d")
        likely |= dated & (pl.col("changed") > key.after) & (pl.col("changed") <= key.last_used)
    return likely


def seen_in_logs(findings: pl.DataFrame) -> list[FingerprintSeen]:
    """The fingerprints that the `passkey-mismatch` rows of a findings frame name.

    For each node and fingerprint the latest entry counts: a server that cannot start repeats itself.
    """
    mismatches = findings.filter(pl.col("kind") == "passkey-mismatch")
    log = pl.when(pl.col("node") == "").then(pl.lit("log")).otherwise("log of " + pl.col("node"))
    sides = {"database_fingerprint": _DATABASE, "file_fingerprint": _NODES_FILE}
    latest = pl.concat(
        mismatches.group_by((log + side).alias("where"), pl.col(column).alias("fingerprint")).agg(
            pl.col("time").max()
        )
        for column, side in sides.items()
    )
    return comparable(FingerprintSeen(*row) for row in latest.rows())
