"""The product's own rotation report: compared with what the store holds, and imitated without the key."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from audit.keys.key_ring import Key, KeyRing
from audit.octopus.documents import DocumentCounts
from parsers.logs.rotation_report import RotationReport
from parsers.logs.schema import FINDINGS
from parsers.octopus import ID
from reports.terminal import visible

_CLEAR_TEXT: Final = (
    "the report holds the new master key in clear text: delete it, or keep it as the key itself is kept"
)


@dataclass(frozen=True, slots=True)
class ReportComparison:
    """What a report gives rise to.

    Attributes:
        findings: the `FINDINGS` schema: what needs attention.
        remarks: how its counts compare with the store's, one sentence each.
    """

    findings: pl.DataFrame
    remarks: tuple[str, ...]


def key_of_report(report: RotationReport, keys: tuple[Key, ...]) -> Key | None:
    """The candidate that is the report's new master key."""
    return next((key for key in keys if report.new_key and key.master_key == report.new_key), None)


def check_report(report: RotationReport, counts: DocumentCounts, ring: KeyRing) -> ReportComparison:
    """Compare; the key itself is in nothing that comes out."""
    blank = dict.fromkeys(FINDINGS.names(), "")
    rows = [
        {
            **blank,
            "system": ID,
            "kind": kind,
            "subject_kind": "server",
            "level": "WARN",
            "source": report.path,
            "line": line,
            "message": message,
        }
        for kind, line, message in _faults(report, counts)
    ]
    return ReportComparison(pl.DataFrame(rows, schema=FINDINGS), tuple(_remarks(report, counts, ring)))


def _faults(report: RotationReport, counts: DocumentCounts) -> Iterator[tuple[str, int, str]]:
    """Kind, line and message."""
    if report.new_key:
        yield "clear-text-key", report.key_line, _CLEAR_TEXT
    if report.failed:
        yield "rotation-error", 1, f"{report.failed} documents were left unchanged because of errors"
    for contradiction in report.contradictions:
        yield "rotation-error", 1, f"the report contradicts itself: {contradiction}"
    if counts.left > report.failed:
        message = (
            f"{counts.left} documents hold values that do not open under the current key "
            f"({counts.older} of them under an older one), and the report counts {report.failed} in error"
        )
        yield "rotation-error", 1, message
    if (passed_over := report.unexplained - counts.without) > 0:
        message = (
            f"{report.unexplained} documents are neither updated nor in error, and only {counts.without} in "
            f"the store hold no encrypted value: {passed_over} were passed over"
        )
        yield "rotation-error", 1, message


def _remarks(report: RotationReport, counts: DocumentCounts, ring: KeyRing) -> Iterator[str]:
    where = "rotation report"
    if report.new_key is None:
        yield f"{where}: it shows no key"
    elif key := key_of_report(report, ring.keys):
        current = ", current" if key.current else ""
        yield f"{where}: its new master key is the candidate {key.label!r}{current}"
    else:
        yield f"{where}: its new master key is none of the candidates"
    if report.processed == counts.total:
        yield f"{where}: {report.processed} documents processed, as many as the store holds"
    else:
        yield f"{where}: {report.processed} documents processed; the store holds {counts.total}"
    yield (
        f"{where}: {report.updated} updated and {report.failed} in error; "
        f"in the store {counts.current} open under the current key, {counts.older} under an older one, "
        f"{counts.unopened} do not open"
    )
    yield (
        f"{where}: {report.unexplained} documents that it does not account for; "
        f"{counts.without} in the store hold no encrypted value"
    )


_BANNER: Final = "=" * 80
_RULE: Final = "-" * 80
_LISTED: Final = 1_000


def product_report(counts: DocumentCounts, documents: pl.DataFrame, *, current: str) -> str:
    """The report; its counts add up, which the product's do not.

    Args:
        counts: of all documents.
        documents: as `judged_documents` gives them.
        current: the current key's label, or "".
    """
    total = counts.total
    lines = [
        _BANNER,
        "ROTATE MASTER KEY REPORT",
        _BANNER,
        visible(f"New Master Key (not shown): {current or 'not known'}"),
        f"Processed {total} documents.",
        f"{counts.current}/{total} documents were updated",
        f"{counts.left}/{total} documents were left unchanged due to errors",
        f"{counts.without}/{total} documents hold no encrypted value",
        "",
    ]
    for title, state, count in (
        ("Still under an older master key", "older", counts.older),
        ("Opened by no key, damaged or not encrypted", "unopened", counts.unopened),
    ):
        lines += [_RULE, title, f"{count}/{total} documents", _RULE, *_document_lines(documents, state), ""]
    return "\n".join(lines)


def _document_lines(documents: pl.DataFrame, state: str) -> list[str]:
    of_state = documents.filter(pl.col("state") == state)
    named = [visible(f"{table}: {document}") for table, document, _ in of_state.head(_LISTED).rows()]
    more = of_state.height - len(named)
    return [*named, f"… and {more} more"] if more else named
