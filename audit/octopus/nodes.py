"""The nodes of an Octopus cluster, by the master keys in their configuration files.

A rotation runs on one node; the others get the new key with `set-master-key`, which changes their
configuration alone (docs, "Rotating the Master Key"). A node that was forgotten reads nothing any more.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from audit.keys.key_ring import KeyRing
from audit.readiness.estate import Estate
from parsers.keys.key_file import KeyFile
from parsers.logs.schema import FINDINGS
from parsers.octopus import ID as OCTOPUS
from parsers.octopus.keys.config import is_octopus_config


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes whose configuration files are among the candidates.

    Attributes:
        all: each with the key in it.
        behind: those whose key is not the current one; none where no current key is known.
    """

    all: tuple[KeyFile, ...]
    behind: tuple[KeyFile, ...]

    @property
    def findings(self) -> pl.DataFrame:
        """A row of the `FINDINGS` schema for each that has fallen behind."""
        blank = dict.fromkeys(FINDINGS.names(), "")
        rows = [
            {
                **blank,
                "system": OCTOPUS,
                "kind": "wrong-master-key",
                "subject_kind": "server",
                "subject": node.label,
                "node": node.label,
                "level": "ERROR",
                "source": node.reference,
                "line": None,
                "message": "the node's configuration file has another master key than the current one",
            }
            for node in self.behind
        ]
        return pl.DataFrame(rows, schema=FINDINGS)

    @property
    def remarks(self) -> list[str]:
        """A sentence for each that has fallen behind, or one that says that all agree, or differ."""
        if self.behind:
            return [
                f"node {node.label!r} has fallen behind: its master key is not the current one; "
                "run set-master-key there"
                for node in self.behind
            ]
        if len(self.all) < 2:
            return []
        labels = ", ".join(repr(node.label) for node in self.all)
        if len({node.master_key for node in self.all}) == 1:
            return [f"the nodes {labels} have the same master key"]
        return [
            f"the nodes {labels} have different master keys; which is current is not known: say --current"
        ]


def compare_nodes(files: Iterable[KeyFile], ring: KeyRing) -> Nodes:
    """Each node's key against the current one of the ring."""
    nodes = tuple(file for file in files if file.master_key and is_octopus_config(file.content))
    current = ring.current
    return Nodes(nodes, tuple(node for node in nodes if current and node.master_key != current.master_key))


def key_places(estate: Estate) -> Iterator[tuple[str, str]]:
    """Which key stands where: each node's configuration, by the master key in it.

    `set-master-key` changes that of one node alone (docs, "Rotating the Master Key").
    """
    for place in estate.key_places:
        yield _name(estate, place.file), place.where


def _name(estate: Estate, file: KeyFile) -> str:
    """The ring's name for the master key that a file holds."""
    held = file.master_key or file.content
    same = (key.label for key in estate.ring.keys if held == (key.master_key or key.content))
    return f"key {next(same, file.label)!r}"
