"""One stream → everything the logs room knows of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from parsers.archives.interface import EntryStream, LeftOut
from parsers.logs.finding import Finding, Interpreter, as_text
from parsers.logs.milestones import MILESTONES, Milestone, milestone
from parsers.logs.phrase import Phrases
from parsers.logs.search import DEFAULT_BOUNDS, Bounds, Matcher, RawEntry, SearchResult, search
from parsers.logs.span import FileSpan, covered_by
from parsers.logs.text_marks import as_lines_of_utf8, is_text
from parsers.unread import Unread

_NO_TEXT: Final = (
    "no text, nor packed in a known way: searched as it is, which shows nothing of what it may hold"
)


@dataclass(frozen=True, slots=True)
class LeafReading:
    """What one stream gave.

    Attributes:
        source: its name in positions.
        lines: lines read.
        findings: in order of position.
        milestones: in order of position.
        covered: the time that it covers, if its entries have times.
        content: the same for streams of the same content; "" for an empty one.
        unread: why it was not read to its end or not in full.
        notes: what else is worth saying.
    """

    source: str
    lines: int
    findings: tuple[Finding, ...]
    milestones: tuple[Milestone, ...]
    covered: FileSpan | None
    content: str
    unread: tuple[Unread, ...]
    notes: tuple[str, ...]


class LeafReader:
    """Reads streams by one table of phrases; any number of threads may use it."""

    def __init__(self, phrases: Phrases, bounds: Bounds = DEFAULT_BOUNDS) -> None:
        self._matcher = Matcher([*MILESTONES, *(phrase.text for phrase in phrases.table)])
        self._interpreter = Interpreter(phrases)
        self._bounds = bounds

    def read(self, leaf: EntryStream) -> LeafReading:
        """Read the stream to its end, or to its fault: what came before counts."""
        source = leaf.source
        findings: list[Finding] = []
        milestones: list[Milestone] = []

        def found(entries: Sequence[RawEntry]) -> None:
            for entry in entries:
                if finding := self._interpreter.finding(entry, source):
                    findings.append(finding)
                elif step := milestone(as_text(entry)):
                    milestones.append(step)

        searched = search(as_lines_of_utf8(leaf.stream), self._matcher, found, self._bounds)
        unread = []
        if searched.fault:
            unread.append(
                Unread(leaf.path, leaf.member, searched.fault, searched.size, partial=searched.size > 0)
            )
        if searched.skipped:
            reason = f"{searched.skipped} bytes of lines longer than {self._bounds.line} were skipped"
            unread.append(Unread(leaf.path, leaf.member, reason, partial=True))
        left_out = [note for note in leaf.notes if isinstance(note, LeftOut)]
        unread += [Unread(leaf.path, leaf.member, str(note), partial=True) for note in left_out]
        return LeafReading(
            source,
            searched.lines,
            tuple(findings),
            tuple(milestones),
            covered_by(source, searched),
            _content(searched) if searched.size else "",
            tuple(unread),
            (
                *(note for note in leaf.notes if note not in left_out),
                *([] if is_text(searched.head) else [_NO_TEXT]),
            ),
        )


def _content(searched: SearchResult) -> str:
    """The same for streams of the same content; judged by size, lines, and both ends."""
    digest = blake2b(digest_size=16)
    digest.update(f"{searched.size} {searched.lines} {len(searched.head)}".encode())
    digest.update(searched.head)
    digest.update(searched.tail)
    return digest.hexdigest()
