"""The time that logs cover, all nodes together."""

from collections.abc import Iterable

from parsers.logs.span import Span
from reports.summary import SpanSummary


def coverage(spans: Iterable[Span]) -> SpanSummary:
    """First and last entry of all, and the holes in which no node has anything."""
    covered = sorted(stretch for span in spans for stretch in _stretches(span))
    if not covered:
        return SpanSummary(first="", last="", gaps=[])
    gaps: list[tuple[str, str]] = []
    first, reached = covered[0]
    for start, end in covered[1:]:
        if start > reached:
            gaps.append((reached, start))
        reached = max(reached, end)
    return SpanSummary(first=first, last=reached, gaps=gaps)


def _stretches(span: Span) -> Iterable[tuple[str, str]]:
    """The times between the holes of one node."""
    start = span.first
    for before, after in span.gaps:
        yield start, before
        start = after
    yield start, span.last
