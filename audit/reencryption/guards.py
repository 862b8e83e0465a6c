"""Safety checks before anything is written; some can be overridden with --despite."""

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from audit.errors import ReencryptionError
from audit.keys.key_ring import KeyRing
from audit.reencryption.overrides import Despite
from audit.reencryption.plan import Plan
from audit.reencryption.state import State
from audit.run.stores_reading import StoresReading
from audit.verdict import Verdict
from parsers.stores.store_writer import Blocker, BlockerKind


@dataclass(frozen=True, slots=True)
class StoreObstacles:
    """The obstacles to changing one store."""

    store: str
    obstacles: Sequence[Blocker]


_HINTS = {
    BlockerKind.SESSIONS: "stop the product's server on every node; --despite sessions if these are harmless",
    BlockerKind.NO_TRANSACTIONS: "take a backup, then --despite no-transactions",
}


_NOT_KNOWN = "it is not known which key the server uses"


def refuse_obstacles(found: Sequence[StoreObstacles], despite: Collection[Despite]) -> list[str]:
    """Stop at an obstacle that rules out writing; the others are returned, a sentence each.

    Raises:
        ReencryptionError: sessions of others, or a table without transactions.
    """
    remarks = []
    for each in found:
        for obstacle in each.obstacles:
            if obstacle.kind not in {*_HINTS, BlockerKind.SESSIONS_UNSEEN}:
                continue  # it rules out single records only, and the plan lists those
            message = f"{each.store}: {obstacle.what}"
            if obstacle.kind in _HINTS and obstacle.kind not in {str(one) for one in despite}:
                raise ReencryptionError(message, hint=_HINTS[obstacle.kind])
            remarks.append(message)
    return remarks


def refuse_rotation(plan: Plan, ring: KeyRing, stores: StoresReading, despite: Collection[Despite]) -> None:
    """Refuse a rotation to a key that the server does not use yet, unless every value is readable.

    After a rotation the old key is discarded, and whatever was left under it is lost for good.

    Raises:
        ReencryptionError: something could not be opened, or not all was read.
    """
    if ring.current is plan.target or Despite.UNREADABLE in despite:
        return
    unread = [f"{len(stores.unread)} places that could not be read"] if stores.unread else []
    uncovered = sum(each.count for each in stores.uncovered)
    counted = {
        "lost": _count(plan.table, "verdict", Verdict.LOST),
        "unknown": _count(plan.table, "verdict", Verdict.UNKNOWN),
        "ambiguous": _count(plan.table, "state", State.UNSURE),
        "refused": _count(plan.table, "state", State.REFUSED),
        "changed since the run": _count(plan.table, "state", State.CHANGED),
        "uncovered": uncovered,
    }
    bad = [f"{count} {what}" for what, count in counted.items() if count] + unread
    if bad:
        label = plan.target.label
        why = f"{label} is not the key that the server uses" if ring.current else _NOT_KNOWN
        raise ReencryptionError(
            f"{why}: a rotation would leave behind what it cannot re-encrypt ({', '.join(bad)})",
            hint="re-enter or settle these first; --despite unreadable to go on without them"
            + _or_say(ring, label),
        )


def refuse_places(written: Collection[Path], needed: Collection[str | Path]) -> None:
    """Check that every report can be written: once values have changed it would be too late to say so.

    Args:
        written: files that are written once the stores are changed.
        needed: what must stay as it is: stores, keys, the journal; a label that is not a path is harmless.

    Raises:
        ReencryptionError: one of `written` is among `needed`, or cannot be written.
    """
    kept = {Path(each).resolve() for each in needed}
    for path in written:
        if path.resolve() in kept:
            raise ReencryptionError(
                f"{str(path)!r} is an input, and must not be overwritten: nothing was changed",
                hint="name another file to write to",
            )
        if path.is_dir():
            raise ReencryptionError(f"{str(path)!r} is a folder: nothing was changed", hint="name a file")
        if not path.exists() or path.is_file():
            _try(path)


def _or_say(ring: KeyRing, label: str) -> str:
    return "" if ring.current else f"; if the server uses {label} already, say --current {label}"


def _count(table: pl.DataFrame, column: str, word: str) -> int:
    return int((table[column] == word).sum())


def _try(path: Path) -> None:
    """Files are written under a temporary name and renamed, so it is the folder that must be writable."""
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ReencryptionError(
            f"cannot write {str(path)!r}: {reason}",
            hint="nothing was changed: choose a place that you may write to",
        ) from error
