"""Logs → findings, and what the logs cover: the room's public entry point."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from parsers.archives.limits import DEFAULT as LIMITS
from parsers.archives.limits import Limits
from parsers.archives.remote.reference import check_urls
from parsers.archives.walk import each_leaf
from parsers.logs.finding_rows import FindingRows
from parsers.logs.leaf_reading import LeafReader, LeafReading
from parsers.logs.milestones import Upgrade
from parsers.logs.period import Period
from parsers.logs.phrases import DEFAULT, Phrases
from parsers.logs.span import Span
from parsers.progress import Progress
from parsers.secret import Secret
from parsers.unread import Unread

if TYPE_CHECKING:  # nothing up to the end of the search needs polars, which takes long to import
    import polars as pl

    from parsers.logs.duplicates import Duplicate


@dataclass(frozen=True, slots=True)
class InputRead:
    """A log, whether it was read, how much of it, and what is worth saying of that.

    Attributes:
        path: its source: the path, and the way inside archives.
        read: whether anything of it was read.
        lines: lines read; None if it was not.
        why: what is missing or peculiar, or "".
    """

    path: str
    read: bool
    lines: int | None
    why: str


@dataclass(frozen=True, slots=True)
class LogReading:
    """Everything that the logs say. Depends neither on the order of the inputs nor on the number of workers.

    Attributes:
        findings: the `FINDINGS` schema, sorted by source and line, copies counted once.
        inputs: every log met, sorted.
        unread: what could not be read, sorted; an empty `inputs` means that nothing was found at all.
        spans: the time covered, one a node.
        upgrades: the windows of the upgrades that the logs show.
        duplicates: logs that were met more than once.
        systems: the products that wrote them, so far as entries show it.
    """

    findings: "pl.DataFrame"
    inputs: tuple[InputRead, ...]
    unread: tuple[Unread, ...]
    spans: tuple[Span, ...]
    upgrades: tuple[Upgrade, ...]
    duplicates: "tuple[Duplicate, ...]"
    systems: frozenset[str] = frozenset()


def read_logs(
    inputs: Sequence[str],
    *,
    jobs: int = 1,
    phrases: Phrases = DEFAULT,
    system: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    zone: tzinfo | None = None,
    passwords: Sequence[Secret] = (),
    limits: Limits = LIMITS,
    progress: Progress | None = None,
) -> LogReading:
    """Search logs for the phrases.

    Args:
        inputs: files, folders, URLs, `-`; containers and compression are recognised by content.
        jobs: threads.
        phrases: the table, `read_phrases` for one with additions.
        system: only this product's phrases.
        since: leave out findings before.
        until: leave out findings at that time and after.
        zone: of times that have none, in logs as in `since` and `until`.
        passwords: candidates for encrypted archives.
        limits: the guards against hostile archives.
        progress: is told about bytes on disk.

    Whatever cannot be read becomes a row of `unread`, never an exception.

    Raises:
        ArchiveError: a URL holds a password, or the library that reads it is not installed.
    """
    check_urls(inputs)
    reader = LeafReader(phrases.of_system(system))
    results = each_leaf(inputs, reader.read, jobs=jobs, passwords=passwords, limits=limits, progress=progress)
    searched = gathered(results)
    from parsers.logs.joining import joined

    return joined(searched, Period(since, until, zone))


@dataclass(frozen=True, slots=True)
class Gathered:
    """What single streams gave.

    Attributes:
        readings: sorted by source; their findings are in `findings`.
        findings: of all, in no order.
        unread: sorted.
    """

    readings: tuple[LeafReading, ...]
    findings: FindingRows
    unread: tuple[Unread, ...]


def gathered(results: Iterable[LeafReading | Unread]) -> Gathered:
    """Take results as they come, in any order; a file that was given twice, or by two ways, counts once."""
    readings: dict[tuple[str, str], LeafReading] = {}
    findings = FindingRows()
    unread: set[Unread] = set()
    for result in results:
        match result:
            case LeafReading():
                if readings.setdefault((result.source, result.content), result) is result:
                    findings.take(result.findings)
                unread.update(result.unread)
            case Unread():
                unread.add(result)
    return Gathered(
        tuple(readings[key] for key in sorted(readings)), findings, tuple(sorted(unread, key=_position))
    )


def _position(row: Unread) -> tuple[str, str, int, str]:
    return row.path, row.member, row.offset or 0, row.reason
