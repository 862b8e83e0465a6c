"""What single streams gave, as one whole."""

from collections.abc import Sequence

import polars as pl

from parsers.logs.duplicates import Duplicate, count_once
from parsers.logs.leaf_reading import LeafReading
from parsers.logs.milestones import upgrades
from parsers.logs.period import Period
from parsers.logs.reading import Gathered, InputRead, LogReading
from parsers.logs.span import spans
from parsers.unread import Unread


def joined(searched: Gathered, period: Period) -> LogReading:
    """The answer: the findings of the period in order, copies counted once, and what the logs cover."""
    readings = searched.readings
    found = _within(period, searched.findings.frame())
    findings, duplicates = count_once(
        # Members of an archive may have the same name: what stands in them decides then.
        found.sort("source", "line", "message"),
        {reading.source: reading.content for reading in readings if reading.content},
    )
    covered = [reading.covered for reading in readings if reading.covered is not None]
    steps = [step for reading in readings for step in reading.milestones]
    return LogReading(
        findings,
        _inputs(readings, searched.unread, duplicates),
        searched.unread,
        spans(covered, period.zone),
        upgrades(steps, period.zone),
        duplicates,
        frozenset({each.system for each in covered} | set(findings["system"])),
    )


def _within(period: Period, findings: pl.DataFrame) -> pl.DataFrame:
    if not period.is_bounded:
        return findings
    return findings.filter(pl.Series([period.holds(time) for time in findings["time"]], dtype=pl.Boolean))


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
