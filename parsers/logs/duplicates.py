"""The same log met twice: an archive kept aside, a live log beside its rotated copy."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


def count_once(
    findings: Sequence[Finding], contents: Mapping[str, str]
) -> tuple[Sequence[Finding], tuple[Duplicate, ...]]:
    """The findings without those of copies, and what the copies were.

    An entry counts as often as in the stream that has it most often: a message that is truly logged again
    stays, one that is met again in an overlapping copy does not. Entries are the same if everything but their
    position is, to the millisecond; those without a time only if the streams' whole content is the same.

    Args:
        findings: sorted by source and line; the first source keeps the entry.
        contents: `LeafReading.content` by source.
    """
    if len({(finding.time, finding.message) for finding in findings}) == len(findings):  # as nearly always
        return findings, _duplicates({}, contents)
    entries = [_entry(finding, contents) for finding in findings]
    met = Counter(entries)
    kept = []
    copies: dict[str, Counter[str]] = {}
    repetitions: Counter[tuple[str, Entry]] = Counter()
    counted_in: dict[tuple[int, Entry], str] = {}
    for finding, entry in zip(findings, entries, strict=True):
        if met[entry] > 1:
            repetitions[finding.source, entry] += 1
            repetition = repetitions[finding.source, entry]
            source = counted_in.setdefault((repetition, entry), finding.source)
            if source != finding.source:
                copies.setdefault(finding.source, Counter())[source] += 1
                continue
        kept.append(finding)
    return kept, _duplicates(copies, contents)


Entry = tuple[object, ...]
"""A finding without its position."""


def _entry(finding: Finding, contents: Mapping[str, str]) -> Entry:
    *said, time, node, level, source, _line, message = finding
    return (*said, time or (contents.get(source, ""),), node, level, message)


def _duplicates(copies: Mapping[str, Counter[str]], contents: Mapping[str, str]) -> tuple[Duplicate, ...]:
    """`copies`: how many findings of a source count in which others."""
    first_with: dict[str, str] = {}
    for source in sorted(contents):
        first_with.setdefault(contents[source], source)
    found = []
    for source in sorted(contents):
        original = first_with[contents[source]]
        elsewhere = copies.get(source, Counter())
        count = elsewhere.total()
        if original != source:
            found.append(Duplicate(source, original, count, whole=True))
        elif count:
            [counted_in] = elsewhere if len(elsewhere) == 1 else [""]
            found.append(Duplicate(source, counted_in, count, whole=False))
    return tuple(found)
