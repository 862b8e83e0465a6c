"""The nodes of an Octopus cluster, by the master keys in their configuration files.

A rotation runs on one node; the others get the new key with `set-master-key`, which changes their
configuration alone (docs, "Rotating the Master Key"). A node that was forgotten reads nothing any more.
"""

from collections.abc import Iterable

from audit.key_ring import KeyRing
from parsers.keys.key_file import KeyFile
from parsers.keys.octopus_config import is_octopus_config


def about_nodes(files: Iterable[KeyFile], ring: KeyRing) -> list[str]:
    """A sentence for each node that has fallen behind, or one that says that all agree; none for no nodes."""
    nodes = [file for file in files if is_octopus_config(file.content) and file.master_key]
    current = ring.current
    if len(nodes) < 2 and (current is None or not nodes):
        return []
    if current is None:
        return [] if len({node.master_key for node in nodes}) == 1 else [_undecided(nodes)]
    behind = [node.label for node in nodes if node.master_key != current.master_key]
    if not behind:
        return [f"all {len(nodes)} nodes have the current master key"] if len(nodes) > 1 else []
    return [
        f"node {label!r} has fallen behind: its master key is not the current one ({current.label!r}); "
        "run set-master-key there"
        for label in behind
    ]


def _undecided(nodes: list[KeyFile]) -> str:
    labels = ", ".join(repr(node.label) for node in nodes)
    return f"the nodes {labels} have different master keys, and which is current is not known: say --current"
