"""The vendor's order of a rotation of Octopus' master key, and the steps after a re-encryption."""

from collections.abc import Iterator
from typing import Final

import polars as pl

from audit.product import KeyChange
from audit.readiness.check import listed
from audit.readiness.estate import Estate, KeyPlace, database_place
from audit.verdict import Verdict

_KEEP: Final = "Keep what it prints where secrets are kept: without it a backup is of no use."
_REPORT: Final = "Its report holds the new key in clear: keep it where secrets are kept."
_ERRORS: Final = (
    "What it left unchanged due to errors is under the old key. If it failed, restore the backup."
)
_ALONE: Final = "It changes that node's configuration alone; a node that is forgotten opens nothing."
_SAME: Final = "All must print the same: readiness --copy NODE=FILE, one for each, compares them."
_GAPS: Final = (
    "Rotations left issue trackers (#8111) and client secrets of sign-in providers (#9019) under the old key "
    "without a word: enter these again."
)

_FINE: Final = (Verdict.CURRENT, Verdict.EMPTY, Verdict.EXTERNAL)


def rotation_steps(estate: Estate) -> list[str]:
    """The steps in their order.

    The order is that of the guide "Rotating the Master Key" (rotate-master-key came with 2022.4). What it
    leaves out is added: a rotation can only encrypt again what the old key opens, so that comes first;
    rotations left issue trackers (OctopusDeploy/Issues #8111) and client secrets (#9019) under the old key
    without a word, so the audit comes last; and each node's key is compared, since `set-master-key` changes
    the configuration of one node alone.
    """
    nodes = _nodes(estate)
    first, others = _first_and_others(estate, nodes)
    every = f" ({listed([first, *others])})" if nodes else ""
    remaining = listed(others) if others else "every other node"
    where, _ = database_place(estate)
    return [
        _closed(estate),
        f"Back up {where}, and OctopusServer.config of every node{every}: it holds the old key.",
        f"On {first}: Octopus.Server show-master-key. {_KEEP}",
        "Turn on maintenance mode, and wait until no task runs.",
        f"Stop Octopus on every node{every}: Octopus.Server service --stop",
        f"On {first} alone: Octopus.Server rotate-master-key. {_REPORT}",
        f"Read the report. {_ERRORS}",
        f"On {remaining}: Octopus.Server set-master-key --masterKey=NEW. {_ALONE}",
        f"On every node: Octopus.Server show-master-key. {_SAME}",
        f"Start {first}: Octopus.Server service --start. Log in, and deploy with a sensitive variable.",
        f"Start {remaining}, and turn off maintenance mode.",
        f"Audit again with the old and the new key, and with --rotation-report. {_GAPS}",
        "Destroy the old key only when nothing opens under it any more.",
    ]


def _closed(estate: Estate) -> str:
    """What the current key does not open cannot be rotated."""
    closed = estate.stores.credentials.filter(~pl.col("verdict").is_in(_FINE))
    if closed.is_empty():
        return "Check that every value opens under the key in use: a rotation leaves the others behind."
    documents = closed["location"].str.extract(r"^([^/]*)").unique(maintain_order=True).to_list()
    values = f"{closed.height} values in {len(documents)} documents ({listed(documents)})"
    return f"Enter again what the key in use does not open: {values}. A rotation leaves them behind."


def _nodes(estate: Estate) -> list[KeyPlace]:
    """Places of a master key: nodes' configurations, or what show-master-key printed there."""
    return [place for place in estate.key_places if place.file.master_key]


def _first_and_others(estate: Estate, nodes: list[KeyPlace]) -> tuple[str, list[str]]:
    """The node to rotate on, one whose key is in use, and the others."""
    current = estate.current
    names = [node.where for node in nodes]
    sound = (
        node.where for node in nodes if current and current.master_key == node.file.master_key is not None
    )
    first = next(sound, names[0] if names else "one node")
    return first, [name for name in names if name != first]


def steps_after(change: KeyChange) -> Iterator[str]:
    """The steps in their order (docs, "Rotating the Master Key"): the command changes one node alone."""
    target = change.target
    yield "Leave Octopus Server stopped on every node."
    yield (
        f"On every node give it the key {target.label}: Octopus.Server set-master-key --masterKey=… , then "
        "compare with Octopus.Server show-master-key. Type it where no history keeps it."
    )
    yield "Start the nodes one after the other, and run a deployment that uses a sensitive variable."
