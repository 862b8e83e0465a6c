"""What people have to do, on every node, once the values lie under another key."""

from collections.abc import Iterator, Sequence

from audit.fingerprint_dates import comparable
from audit.key_ring import Key, KeyRing
from audit.layouts.known import OCTOPUS
from parsers.stores.interface import FingerprintSeen
from parsers.stores.mapping import HistoryTable


def steps_after(
    ring: KeyRing, target: Key, systems: Sequence[str], seen: Sequence[FingerprintSeen], history: HistoryTable
) -> Iterator[str]:
    """The steps in their order; none where the server uses the target key already.

    Args:
        ring: the candidate keys.
        target: the key under which everything opens now.
        systems: the products in the stores.
        seen: the fingerprints that the stores name.
        history: the table in which CloudBees CD dates its passkeys.
    """
    if ring.current is target:
        return
    if OCTOPUS in systems:
        yield from _octopus(target)
    if set(systems) - {OCTOPUS}:
        yield from _cloudbees(ring, target, seen, history)
    yield (
        "Audit again with the old and the new key. Keep the old key, the journal and the backup until no "
        "backup needs them any more."
    )


def _cloudbees(
    ring: KeyRing, target: Key, seen: Sequence[FingerprintSeen], history: HistoryTable
) -> Iterator[str]:
    """KBEC-00497 names the four places where the fingerprint must agree."""
    yield "Leave the server stopped on every node."
    yield (
        f"Put the file of {target.label} (SHA-1 {target.fingerprint}) into conf/passkey on every node, with "
        "the rights of the one before, and in a cluster into ZooKeeper, /commander/conf/passkey."
    )
    yield (
        "Put the database.properties that --out wrote, if you gave one, into conf on every node, and into "
        "ZooKeeper."
    )
    dated = [each for each in comparable(seen) if each.where.lower().endswith(history.table.lower())]
    old = dated[-1].fingerprint if dated else ""
    old = old or (ring.current.fingerprint if ring.current else "")
    if old and old != target.fingerprint:
        column = history.fingerprints[0]
        yield (
            f"The table {history.table} still names {old}, and the server would not start (InvalidPasskey): "
            f"in its newest row set the column {column} to {target.fingerprint}"
        )
    yield "Start one node. Look for InvalidPasskey in its log, log in, and run a job that uses a credential."
    yield "Start the other nodes."


def _octopus(target: Key) -> Iterator[str]:
    """Docs, "Rotating the Master Key": the command changes a node's configuration alone."""
    yield "Leave Octopus Server stopped on every node."
    yield (
        f"On every node give it the key {target.label}: Octopus.Server set-master-key --masterKey=… , then "
        "compare with Octopus.Server show-master-key. Type it where no history keeps it."
    )
    yield "Start the nodes one after the other, and run a deployment that uses a sensitive variable."
