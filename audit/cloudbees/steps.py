"""The vendor's order of an upgrade of CloudBees CD, and the steps after a re-encryption."""

from collections.abc import Iterator
from typing import Final

from audit.keys.key_dates import comparable
from audit.product import KeyChange
from audit.readiness.estate import Estate, database_place

_CORRECTED: Final = (
    "(The article appends ACCEPT instead: useless after the DROP, since the first match counts.)"
)
_AFTERWARDS: Final = (
    "Keep the old one until nothing needs it. After 10.8 or earlier, delete .old files in conf."
)


def upgrade_steps(estate: Estate) -> list[str]:
    """The steps in their order.

    The order is that of KBEC-00441, for clusters too. Its undo of the firewall rule is wrong: it appends an
    ACCEPT after the DROP, but iptables takes the first rule that matches. Here the DROP is deleted.
    """
    nodes = [folder.label for folder in estate.conf]
    primary = nodes[0] if nodes else "the primary node"
    others = ", ".join(nodes[1:]) or "every other node"
    named = f": {', '.join(nodes)}" if nodes else ""
    where, port = database_place(estate)
    rule = f"OUTPUT -p tcp --destination-port {port} -j DROP"
    return [
        f"Stop the server on every node{named}. Keep a copy of each conf folder and of the database.",
        f"On {primary}, block {where}: iptables -A {rule}. Check that it cannot be reached.",
        f"Install the new version on {primary}. It cannot reach the database yet, and must not.",
        f"Stop the server on {primary} again: /etc/init.d/commanderServer stop",
        "Apply the hotfix of KBEC-00441 for your version, which skips what it cannot decrypt and logs it.",
        f"Unblock {where}: iptables -D {rule}. {_CORRECTED}",
        f"Start the server on {primary}, and wait until its log says that it is running.",
        "Log in, and run a job that uses a credential.",
        f"Copy passkey and database.properties from ZooKeeper into conf on {others}.",
        f"Upgrade {others}.",
        f"Audit again with the old and the new passkey. {_AFTERWARDS}",
    ]


def steps_after(change: KeyChange) -> Iterator[str]:
    """The steps in their order; KBEC-00497 names the four places where the fingerprint must agree."""
    target, history, current = change.target, change.history, change.ring.current
    yield "Leave the server stopped on every node."
    yield (
        f"Put the file of {target.label} (SHA-1 {target.fingerprint}) into conf/passkey on every node, with "
        "the rights of the one before, and in a cluster into ZooKeeper, /commander/conf/passkey."
    )
    yield (
        "Put the database.properties that --out wrote, if you gave one, into conf on every node, and into "
        "ZooKeeper."
    )
    dated = [each for each in comparable(change.seen) if each.where.lower().endswith(history.table.lower())]
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
