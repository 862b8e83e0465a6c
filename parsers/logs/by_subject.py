"""How often, when and where each subject appears."""

from collections.abc import Iterable
from datetime import tzinfo
from typing import Final, NamedTuple

from parsers.logs.finding import Finding
from parsers.logs.period import is_moment, moment

NUMBERS: Final = frozenset({"findings"})
"""The columns that hold whole numbers."""


class Appearance(NamedTuple):
    """One subject under one kind of finding.

    Attributes:
        findings: how many entries name it.
        first_seen: time of the first, as the log has it; "" where no entry has a time.
        last_seen: time of the last.
        nodes: the cluster nodes that logged it, sorted, joined by ", ".
        evidence: `source:line` of the last; of the last in order of position where none has a time.
    """

    system: str
    kind: str
    subject_kind: str
    subject: str
    project: str
    findings: int
    first_seen: str
    last_seen: str
    nodes: str
    evidence: str


def by_subject(findings: Iterable[Finding], zone: tzinfo | None = None) -> list[Appearance]:
    """Each kind and subject once, the most frequent first; times without a zone are in `zone`.

    An entry that lists several subjects counts for each.
    """
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        for subject in _subjects(finding):
            alone = finding._replace(subject=subject)
            groups.setdefault(alone[:5], []).append(alone)
    return sorted(
        (_appearance(group, zone) for group in groups.values()), key=lambda row: (-row.findings, row[:5])
    )


def _subjects(finding: Finding) -> list[str]:
    """Of a list its members; a name with a comma counts as several: the entry does not show which it is."""
    return finding.subject.split(", ") if finding.kind == "corrupted-credentials" else [finding.subject]


def _appearance(group: list[Finding], zone: tzinfo | None) -> Appearance:
    timed = sorted(
        (finding for finding in group if is_moment(finding.time)),
        key=lambda finding: moment(finding.time, zone),
    )
    first, last = (
        (timed[0], timed[-1]) if timed else (group[0]._replace(time=""), group[-1]._replace(time=""))
    )
    return Appearance(
        *last[:5],
        len(group),
        first.time,
        last.time,
        ", ".join(sorted({finding.node for finding in group if finding.node})),
        f"{last.source}:{last.line}",
    )
