"""What people have to do, on every node, once the values lie under another passkey."""

from collections.abc import Iterator

from audit.keys.key_dates import comparable
from audit.product import Rekeyed


def steps_after(rekeyed: Rekeyed) -> Iterator[str]:
    """The steps in their order; KBEC-00497 names the four places where the fingerprint must agree."""
    target, history, current = rekeyed.target, rekeyed.history, rekeyed.ring.current
    yield "Leave the server stopped on every node."
    yield (
        f"Put the file of {target.label} (SHA-1 {target.fingerprint}) into conf/passkey on every node, with "
        "the rights of the one before, and in a cluster into ZooKeeper, /commander/conf/passkey."
    )
    yield (
        "Put the database.properties that --out wrote, if you gave one, into conf on every node, and into "
        "ZooKeeper."
    )
    dated = [each for each in comparable(rekeyed.seen) if each.where.lower().endswith(history.table.lower())]
    old = dated[-1].fingerprint if dated else ""
    old = old or (current.fingerprint if current else "")
    if old and old != target.fingerprint:
        column = history.fingerprints[0]
        yield (
            f"The table {history.table} still names {old}, and the server would not start (InvalidPasskey): "
            f"in its newest row set the column {column} to {target.fingerprint}"
        )
    yield "Start one node. Look for InvalidPasskey in its log, log in, and run a job that uses a credential."
    yield "Start the other nodes."
