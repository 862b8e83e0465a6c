"""The passkey that is missing, named by its fingerprint, and the candidates that open nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from audit.fingerprint_dates import comparable, is_export, is_history
from audit.key_ring import Key, KeyRing
from parsers.stores.interface import FingerprintSeen


@dataclass(frozen=True, slots=True)
class MissingKey:
    """A passkey that was in use once and that no candidate is.

    Attributes:
        fingerprint: SHA-1 of the file to look for, 40 lower-case hex digits.
        seen: where and when it was met, in order of date.
        last_used: the newest of these dates, or "" if none is known.
        after: when the passkey before it in the history was last used, or "".
        advice: one sentence: which copy to look for.
    """

    fingerprint: str
    seen: tuple[FingerprintSeen, ...]
    last_used: str
    after: str
    advice: str


@dataclass(frozen=True, slots=True)
class IdleKey:
    """A candidate that opens none of the values on which it was tried.

    Attributes:
        label: the candidate's.
        reason: one sentence.
    """

    label: str
    reason: str


def missing_keys(ring: KeyRing, seen: Iterable[FingerprintSeen]) -> tuple[MissingKey, ...]:
    """The fingerprints in `seen` that no candidate has, the one used last first.

    Args:
        ring: the candidates.
        seen: what stores name, and what logs do (`seen_in_logs`).
    """
    sightings = comparable(seen)
    known = {key.fingerprint for key in ring.keys}
    fingerprints = sorted({each.fingerprint for each in sightings} - known)
    missing = [_missing(fingerprint, sightings) for fingerprint in fingerprints]
    return tuple(sorted(missing, key=lambda key: key.last_used, reverse=True))


def _missing(fingerprint: str, sightings: Sequence[FingerprintSeen]) -> MissingKey:
    own = tuple(each for each in sightings if each.fingerprint == fingerprint)
    last_used = own[-1].when
    after = ""
    if any(is_history(each) for each in own):
        others = (each.when for each in sightings if is_history(each) and each.fingerprint != fingerprint)
        after = max((when for when in others if when < last_used), default="")
    return MissingKey(fingerprint, own, last_used, after, _advice(own, last_used, after))


def _advice(own: Sequence[FingerprintSeen], last_used: str, after: str) -> str:
    """Which copy to look for. Days, not times: a backup is seldom dated better."""
    day, day_after = last_used[:10], after[:10]
    if all(is_export(each) for each in own):
        date = f", as it was on {day}" if day else ""
        return f"probably conf/passkey of the server that {own[-1].where!r} names{date}, or a backup of it"
    if not day:
        return "probably in an old backup of conf/passkey; no date is known"
    if day_after and day_after != day:
        return f"probably in a backup of conf/passkey made between {day_after} and {day}"
    return f"probably in a backup of conf/passkey from {day} or before"


def seen_in_logs(findings: pl.DataFrame) -> list[FingerprintSeen]:
    """The fingerprints that the `passkey-mismatch` rows of a findings frame name.

    For each node and fingerprint the latest entry counts: a server that cannot start repeats itself.
    """
    mismatches = findings.filter(pl.col("kind") == "passkey-mismatch")
    log = pl.when(pl.col("node") == "").then(pl.lit("log")).otherwise("log of " + pl.col("node"))
    sides = {"database_fingerprint": ": the database's", "file_fingerprint": ": the passkey file's"}
    latest = pl.concat(
        mismatches.group_by((log + side).alias("where"), pl.col(column).alias("fingerprint")).agg(
            pl.col("time").max()
        )
        for column, side in sides.items()
    )
    return comparable(FingerprintSeen(*row) for row in latest.rows())


def idle_keys(ring: KeyRing, opened: Mapping[str, int], *, tried: int) -> tuple[IdleKey, ...]:
    """The candidates without a value that they open.

    Args:
        ring: the candidates.
        opened: values opened, by the key's label; a label that is absent opened none.
        tried: values on which every key was tried; with 0 nothing can be said of any key.
    """
    if tried == 0:
        return ()
    return tuple(
        IdleKey(key.label, _why_idle(key, tried)) for key in ring.keys if not opened.get(key.label, 0)
    )


def _why_idle(key: Key, tried: int) -> str:
    opens = f"opens none of {tried} values"
    if key.current:
        return f"{opens}, though it is the current key: check that it is the server's own file"
    if key.bits == 0:
        return f"{opens}: its file is no AES key as it stands, probably not a passkey at all"
    return f"{opens}: probably the key of another server, or of a time from which no value is left"
