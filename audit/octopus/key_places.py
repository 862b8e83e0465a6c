"""Where Octopus Deploy keeps its master key."""

from collections.abc import Iterator

from audit.readiness.estate import Estate
from parsers.keys.key_file import KeyFile


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
