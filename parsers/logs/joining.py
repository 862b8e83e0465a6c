"""What single streams gave, as one whole."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from parsers.logs.finding import Finding
from parsers.logs.leaf_reading import LeafReading
from parsers.logs.milestones import Upgrade, upgrades
from parsers.logs.period import Period
from parsers.logs.span import Span, spans
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A stream, findings of which were met in another one too.

    Attributes:
        source: the stream whose findings do not count.
        of: the stream that they count in, or "" if they lie in several.
        findings: how many.
        whole: whether the two are the same from the first byte to the last.
    """

    source: str
    of: str
    findings: int
    whole: bool

    def in_words(self) -> str:
        """One line for people."""
        if self.whole:
            return f"the same as {self.of!r}: counted once"
        elsewhere = repr(self.of) if self.of else "other logs"
        return f"{self.findings} findings are in {elsewhere} too: counted there"


class Stream(NamedTuple):
    """What a stream gave; several may have one name, as members of an archive do that was added to.

    Attributes:
        source: its name.
        content: `LeafReading.content`.
        findings: in order of position.
    """

    source: str
    content: str
    findings: Sequence[Finding]


def count_once(streams: Sequence[Stream]) -> tuple[list[Finding], tuple[Duplicate, ...]]:
    """The findings without those of copies, and what the copies were.

    An entry counts as often as in the stream that has it most often: a message that is truly logged again
    stays, one that is met again in an overlapping copy does not. Entries are the same if everything but their
    position is, to the millisecond; those without a time only if the streams' whole content is the same.

    Args:
        streams: sorted by source; the first one keeps the entry.
    """
    findings = list(chain.from_iterable(stream.findings for stream in streams))
    if len({(finding.time, finding.message) for finding in findings}) == len(findings):  # as nearly always
        return findings, _duplicates(streams, {})
    entries = [[_entry(finding, stream.content) for finding in stream.findings] for stream in streams]
    met = Counter(chain.from_iterable(entries))
    kept = []
    copies: dict[int, Counter[int]] = {}
    counted_in: dict[tuple[int, Entry], int] = {}
    for index, stream in enumerate(streams):
        repetitions: Counter[Entry] = Counter()
        for finding, entry in zip(stream.findings, entries[index], strict=True):
            if met[entry] > 1:
                repetitions[entry] += 1
                original = counted_in.setdefault((repetitions[entry], entry), index)
                if original != index:
                    copies.setdefault(index, Counter())[original] += 1
                    continue
            kept.append(finding)
    return kept, _duplicates(streams, copies)


Entry = tuple[object, ...]
"""A finding without its position."""


def _entry(finding: Finding, content: str) -> Entry:
    *said, time, node, level, _source, _line, message = finding
    return (*said, time or (content,), node, level, message)


def _duplicates(streams: Sequence[Stream], copies: Mapping[int, Counter[int]]) -> tuple[Duplicate, ...]:
    """`copies`: how many findings of a stream count in which others."""
    first_with: dict[str, int] = {}
    found = []
    for index, (source, content, _) in enumerate(streams):
        original = first_with.setdefault(content, index) if content else index
        elsewhere = copies.get(index, Counter())
        count = elsewhere.total()
        if original != index:
            found.append(Duplicate(source, streams[original].source, count, whole=True))
        elif count:
            counted_in = [streams[other].source for other in elsewhere]
            found.append(Duplicate(source, counted_in[0] if len(counted_in) == 1 else "", count, whole=False))
    return tuple(found)


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
        findings: sorted by source and line, copies counted once; `finding_frame` makes columns of them.
        inputs: every log met, sorted.
        unread: what could not be read, sorted; an empty `inputs` means that nothing was found at all.
        spans: the time covered, one a node.
        upgrades: the windows of the upgrades that the logs show.
        duplicates: logs that were met more than once.
        systems: the products that wrote them, so far as entries show it.
        notes: what is worth saying of logs that were read: their names, and what.
    """

    findings: tuple[Finding, ...]
    inputs: tuple[InputRead, ...]
    unread: tuple[Unread, ...]
    spans: tuple[Span, ...]
    upgrades: tuple[Upgrade, ...]
    duplicates: tuple[Duplicate, ...]
    systems: frozenset[str] = frozenset()
    notes: tuple[tuple[str, str], ...] = ()


def joined(results: Iterable[LeafReading | Unread], period: Period) -> LogReading:
    """The findings of the period in order, and what the logs cover.

    Results are taken as they come, in any order; a file that was given twice, or by two ways, counts once.
    """
    by_content: dict[tuple[str, str], LeafReading] = {}
    unread: set[Unread] = set()
    for result in results:
        match result:
            case LeafReading():
                by_content.setdefault((result.source, result.content), result)
                unread.update(result.unread)
            case Unread():
                unread.add(result)
    readings = [by_content[key] for key in sorted(by_content)]
    return _as_one(readings, sorted(unread, key=_place), period)


def _as_one(readings: Sequence[LeafReading], unread: Sequence[Unread], period: Period) -> LogReading:
    streams = [
        Stream(reading.source, reading.content, tuple(period.only(reading.findings))) for reading in readings
    ]
    findings, duplicates = count_once(streams)
    if len({stream.source for stream in streams}) < len(streams):
        # Members of an archive may have the same name: what stands in them decides then.
        findings.sort(key=attrgetter("source", "line", "message"))
    covered = [reading.covered for reading in readings if reading.covered is not None]
    steps = [step for reading in readings for step in reading.milestones]
    return LogReading(
        tuple(findings),
        _inputs(readings, unread, duplicates),
        tuple(unread),
        spans(covered, period.zone),
        upgrades(steps, period.zone),
        duplicates,
        frozenset({each.system for each in covered} | {finding.system for finding in findings}),
        tuple((reading.source, note) for reading in readings for note in reading.notes),
    )


def _place(row: Unread) -> tuple[str, str, int, str]:
    return row.path, row.member, row.offset or 0, row.reason


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
