"""Logs → findings, and what the logs cover: the room's public entry point."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import polars as pl

from parsers.archives.limits import DEFAULT as LIMITS
from parsers.archives.limits import Limits
from parsers.archives.walk import each_leaf
from parsers.logs.duplicates import Duplicate, count_once
from parsers.logs.leaf_reading import LeafReader, LeafReading
from parsers.logs.milestones import Upgrade, upgrades
from parsers.logs.period import Period
from parsers.logs.phrases import DEFAULT, Phrases
from parsers.logs.schema import FINDINGS
from parsers.logs.span import Span, spans
from parsers.progress import Progress
from parsers.secret import Secret
from parsers.unread import Unread


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
    """

    findings: pl.DataFrame
    inputs: tuple[InputRead, ...]
    unread: tuple[Unread, ...]
    spans: tuple[Span, ...]
    upgrades: tuple[Upgrade, ...]
    duplicates: tuple[Duplicate, ...]


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
        inputs: files, folders, `-`; containers and compression are recognised by content.
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
    """
    reader = LeafReader(phrases.of_system(system))
    results = each_leaf(inputs, reader.read, jobs=jobs, passwords=passwords, limits=limits, progress=progress)
    return joined(results, Period(since, until, zone))


def joined(results: Iterable[LeafReading | Unread], period: Period) -> LogReading:
    """What single streams gave, in any order, as one whole."""
    readings: dict[tuple[str, str], LeafReading] = {}
    unread: list[Unread] = []
    for result in results:
        match result:
            case LeafReading():  # a file that was given twice, or by two ways, is read as one
                readings[result.source, result.content] = result
                unread += result.unread
            case Unread():
                unread.append(result)
    return _whole([readings[key] for key in sorted(readings)], sorted(set(unread), key=_position), period)


def _whole(readings: Sequence[LeafReading], unread: Sequence[Unread], period: Period) -> LogReading:
    found = pl.concat([FINDINGS.to_frame(), *(reading.findings for reading in readings)])
    findings, duplicates = count_once(
        period.within(found).sort("source", "line", maintain_order=True),
        {reading.source: reading.content for reading in readings if reading.content},
    )
    covered = [reading.covered for reading in readings if reading.covered is not None]
    steps = [step for reading in readings for step in reading.milestones]
    return LogReading(
        findings,
        _inputs(readings, unread, duplicates),
        tuple(unread),
        spans(covered, period.zone),
        upgrades(steps, period.zone),
        duplicates,
    )


def _inputs(
    readings: Sequence[LeafReading], unread: Sequence[Unread], duplicates: Sequence[Duplicate]
) -> tuple[InputRead, ...]:
    copies = {duplicate.source: duplicate.in_words() for duplicate in duplicates}
    read = []
    for reading in readings:
        remarks = [*(row.reason for row in reading.unread), *reading.notes, copies.get(reading.source)]
        why = "; ".join(filter(None, remarks))
        read.append(InputRead(reading.source, read=True, lines=reading.lines, why=why))
    known = {reading.source for reading in readings}
    missed = [InputRead(_source(row), read=False, lines=None, why=row.reason) for row in unread]
    return tuple(sorted([*read, *(row for row in missed if row.path not in known)], key=lambda row: row.path))


def _source(row: Unread) -> str:
    return f"{row.path}!/{row.member}" if row.member else row.path


def _position(row: Unread) -> tuple[str, str, int, str]:
    return row.path, row.member, row.offset or 0, row.reason
