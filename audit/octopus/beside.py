"""What an audit says of Octopus Deploy beside its verdicts: nodes, passwords, and what a rotation left."""

from collections.abc import Sequence

import polars as pl

from audit.octopus.documents import count_documents, judged_documents
from audit.octopus.left_behind import about_left_behind
from audit.octopus.nodes import compare_nodes
from audit.octopus.passwords import about_passwords
from audit.octopus.product_report import product_report
from audit.octopus.rotation_report import check_report
from audit.product import AuditedValues, SaidBeside
from parsers.keys.key_file import KeyFile
from parsers.logs.rotation_report import RotationReport


def named_by_report(files: Sequence[KeyFile], report: RotationReport | None) -> str | None:
    """The candidate that a rotation report names as the new master key: what the server uses now."""
    key = report.new_key if report else None
    return next((file.label for file in files if key and file.master_key == key), None)


def said_beside(audited: AuditedValues) -> SaidBeside:
    """Everything; of nodes alone where no value was read."""
    nodes = compare_nodes(audited.files, audited.ring)
    if not audited.values.height:
        return SaidBeside(nodes.findings, tuple(nodes.remarks))
    ring, stores = audited.ring, audited.stores
    documents = judged_documents(audited.values)
    counts = count_documents(documents, total=stores.documents)
    checked = check_report(audited.report, counts, ring) if audited.report else None
    remarks = (
        *nodes.remarks,
        *about_passwords(stores.checks, ring.keys),
        *(about_left_behind(audited.values) if ring.current else ()),
        *(checked.remarks if checked else ()),
    )
    current = ring.current.label if ring.current else ""
    return SaidBeside(
        findings=pl.concat([nodes.findings, *([checked.findings] if checked else [])]),
        remarks=remarks,
        report=product_report(counts, documents, current=current) if stores.documents else "",
    )
