"""What people have to do, on every node, once the values lie under another master key."""

from collections.abc import Iterator

from audit.product import Rekeyed


def steps_after(rekeyed: Rekeyed) -> Iterator[str]:
    """The steps in their order (docs, "Rotating the Master Key"): the command changes one node alone."""
    target = rekeyed.target
    yield "Leave Octopus Server stopped on every node."
    yield (
        f"On every node give it the key {target.label}: Octopus.Server set-master-key --masterKey=… , then "
        "compare with Octopus.Server show-master-key. Type it where no history keeps it."
    )
    yield "Start the nodes one after the other, and run a deployment that uses a sensitive variable."
