"""The vendor's order of an upgrade to CloudBees CD 9.2, with the names and ports of this estate."""

from typing import Final

from audit.readiness.database_place import database_place
from audit.readiness.estate import Estate

_MENDED: Final = "(The article appends ACCEPT instead: no use behind the DROP, since the first match counts.)"
_AFTERWARDS: Final = (
    "Keep the old one until nothing needs it. After 10.8 or earlier, delete .old files in conf."
)


def upgrade_steps(estate: Estate) -> list[str]:
    """The steps in their order.

    The order is that of KBEC-00441, for clusters too. Its undo of the firewall rule is wrong: it appends an
    ACCEPT behind the DROP, and iptables takes the first rule that matches. Here the DROP is deleted.
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
        f"Install the new version on {primary}. It cannot reach the database yet, and is meant not to.",
        f"Stop the server on {primary} again: /etc/init.d/commanderServer stop",
        "Apply the hotfix of KBEC-00441 for your version, which skips what it cannot decrypt and logs it.",
        f"Unblock {where}: iptables -D {rule}. {_MENDED}",
        f"Start the server on {primary}, and wait until its log says that it is running.",
        "Log in, and run a job that uses a credential.",
        f"Copy passkey and database.properties from ZooKeeper into conf on {others}.",
        f"Upgrade {others}.",
        f"Audit again with the old and the new passkey. {_AFTERWARDS}",
    ]
