"""The same log met twice: an archive kept aside, a live log beside its rotated copy."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from parsers.logs.finding import Finding


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
