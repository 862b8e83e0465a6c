"""A node whose passkey file is not the one that its database wants, according to its own log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from audit.keys.key_dates import comparable, is_history
from audit.keys.key_ring import Key, KeyRing
from parsers.stores.interface import FingerprintSeen


@dataclass(frozen=True, slots=True)
class NodeMismatch:
    """What `InvalidPasskey` says (KBEC-00441): the server does not start, and names both fingerprints.

    Attributes:
        node: the node's name, or "" where the log has none.
        database: SHA-1 of the passkey file that the database wants, 40 lower-case hex digits.
        file: SHA-1 of the file that the node has.
        time: of the latest such entry.
    """

    node: str
    database: str
    file: str
    time: str

    @property
    def place(self) -> str:
        """The node in a sentence."""
        return self.node or "the server"

    @property
    def day(self) -> str:
        """When it was logged, for a sentence."""
        return f" of {self.time[:10]}" if self.time else ""


def node_mismatches(findings: pl.DataFrame, seen: Iterable[FingerprintSeen]) -> tuple[NodeMismatch, ...]:
    """The latest mismatch of each node, in order of nodes.

    One that the database's history has left behind is not among them: a passkey that came into use since was
    taken over on purpose, and the old file must not be put back.

    Args:
        findings: the `FINDINGS` schema.
        seen: the fingerprints that stores name.
    """
    rows = (
        findings.filter(pl.col("kind") == "passkey-mismatch")
        .sort("time", maintain_order=True)
        .group_by("node", maintain_order=True)
        .last()
        .sort("node")
        .select("node", "database_fingerprint", "file_fingerprint", "time")
        .rows()
    )
    found = [NodeMismatch(node, database, file, time or "") for node, database, file, time in rows]
    history = [each for each in comparable(seen) if is_history(each)]
    wanted = {each.fingerprint for each in history if each.when == history[-1].when}
    return tuple(each for each in found if _sound(each) and (not wanted or each.database in wanted))


def _sound(mismatch: NodeMismatch) -> bool:
    sides = comparable(FingerprintSeen("", each, "") for each in (mismatch.database, mismatch.file))
    return len(sides) == 2


def to_put_back(key: Key, mismatches: Sequence[NodeMismatch], ring: KeyRing) -> str:
    """The cure, where `key` is what the database of some node wants; else ""."""
    cured = [each for each in mismatches if _is_it(key, each.database, ring)]
    if not cured:
        return ""
    nodes = ", ".join(dict.fromkeys(each.place for each in cured))
    files = ", ".join(dict.fromkeys(_file_label(each.file, ring) for each in cured))
    first = cured[0]
    changed = "" if key.fingerprint == first.database else ", changed so that it has the fingerprint"
    return (
        f"put {key.label} back as conf/passkey on {nodes}{changed}: the database wants SHA-1 "
        f"{first.database}, and by the log{cured[-1].day} the file there is {files}"
    )


def on_wrong_node(key: Key, mismatches: Sequence[NodeMismatch]) -> str:
    """What is wrong, where `key` is the file that some node has in place of the one its database wants."""
    wrong = [each for each in mismatches if each.file == key.fingerprint and each.database != key.fingerprint]
    if not wrong:
        return ""
    nodes = ", ".join(dict.fromkeys(each.place for each in wrong))
    return (
        f"by the log{wrong[-1].day} {nodes} has it as conf/passkey, while the database wants another "
        f"(SHA-1 {wrong[0].database})"
    )


def where_to_look(fingerprint: str, mismatches: Iterable[NodeMismatch], ring: KeyRing) -> str:
    """Which copy to look for of a passkey that a node's database wants and no candidate is; else ""."""
    wanted = [each for each in mismatches if each.database == fingerprint]
    if not wanted:
        return ""
    nodes = ", ".join(dict.fromkeys(each.place for each in wanted))
    files = ", ".join(dict.fromkeys(each.file for each in wanted))
    before = f" made before {wanted[0].time[:10]}" if wanted[0].time else ""
    copies = f", and in {' '.join(ring.product.keys.copies)}" if any(ring.product.keys.copies) else ""
    return (
        f"the server's database wants it: look in a backup of conf/passkey of {nodes}{before}, on the other "
        f"nodes{copies}; not in conf/passkey of {nodes} as it is, which "
        f"has SHA-1 {files}"
    )


def _is_it(key: Key, fingerprint: str, ring: KeyRing) -> bool:
    best = ring.by_fingerprint(fingerprint)
    return best is not None and best.label == key.label


def _file_label(fingerprint: str, ring: KeyRing) -> str:
    key = next((each for each in ring.keys if each.fingerprint == fingerprint), None)
    return f"{key.label!r} ({fingerprint})" if key else fingerprint
