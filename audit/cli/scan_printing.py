"""What `scan` says beside its table: which time the logs cover, upgrades, copies."""

from collections.abc import Iterator
from typing import Final

from parsers.logs.joining import LogReading

_HOLES: Final = 10
"""Holes of a node that are named one by one; the rest is counted."""


def remarks(reading: LogReading) -> Iterator[str]:
    """One line each, not yet made visible."""
    for span in reading.spans:
        node = span.node or "logs"
        yield f"{node} cover {span.first} to {span.last}, holes: {len(span.gaps)}"
        for begin, end in span.gaps[:_HOLES]:
            yield f"  nothing from {begin} to {end}"
        if len(span.gaps) > _HOLES:
            yield f"  and {len(span.gaps) - _HOLES} holes more"
    for upgrade in reading.upgrades:
        end = f"to {upgrade.end}" if upgrade.end else "with no start after it"
        where = f" on {upgrade.node}" if upgrade.node else ""
        version = f" from database version {upgrade.version}" if upgrade.version else ""
        yield f"upgrade{where}: {upgrade.begin} {end}{version}"
    for copy in reading.duplicates:
        yield f"counted once: {copy.findings} findings of {copy.source} are also elsewhere"
    for source, note in reading.notes:
        yield f"{source}: {note}"
