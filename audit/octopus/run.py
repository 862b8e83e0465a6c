"""What an audit says of Octopus Deploy beside its verdicts: nodes, passwords, and what a rotation left."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from audit.examine import Examined
from audit.key_ring import KeyRing
from audit.layouts.known import OCTOPUS
from audit.octopus.documents import count_documents, judged_documents
from audit.octopus.left_behind import about_left_behind
from audit.octopus.nodes import compare_nodes
from audit.octopus.passwords import about_passwords
from audit.octopus.product_report import product_report
from audit.octopus.report_check import check_report
from audit.stores_reading import StoresReading
from parsers.keys.key_file import KeyFile
from parsers.logs.rotation_report import RotationReport


@dataclass(frozen=True, slots=True)
class OctopusSaid:
    """What there is to say.

    Attributes:
        findings: the `FINDINGS` schema: nodes that fell behind, faults of the rotation report.
        remarks: one sentence each.
        report: the audit in the form of the product's rotation report; "" without documents of Octopus.
    """

    findings: pl.DataFrame
    remarks: tuple[str, ...] = ()
    report: str = ""


def current_label(files: Sequence[KeyFile], report: RotationReport | None) -> str | None:
    """The candidate that a rotation report names as the new master key: what the server uses now."""
    key = report.new_key if report else None
    return next((file.label for file in files if key and file.master_key == key), None)


def about_octopus(
    stores: StoresReading,
    examined: Sequence[Examined],
    files: Sequence[KeyFile],
    ring: KeyRing,
    report: RotationReport | None,
) -> OctopusSaid:
    """Everything; nothing where no store is Octopus'."""
    nodes = compare_nodes(files, ring)
    frames = [each.frame for each in examined if each.frame["system"][0] == OCTOPUS]
    if not frames:
        return OctopusSaid(nodes.findings, tuple(nodes.remarks))
    values = pl.concat(frames)
    documents = judged_documents(values)
    counts = count_documents(documents, total=stores.documents)
    checked = check_report(report, counts, ring) if report else None
    remarks = (
        *nodes.remarks,
        *about_passwords(stores.checks, ring.keys),
        *(about_left_behind(values) if ring.current else ()),
        *(checked.remarks if checked else ()),
    )
    current = ring.current.label if ring.current else ""
    return OctopusSaid(
        findings=pl.concat([nodes.findings, *([checked.findings] if checked else [])]),
        remarks=remarks,
        report=product_report(counts, documents, current=current) if stores.documents else "",
    )
