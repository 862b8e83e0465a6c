"""The files of the Octopus estate."""

import json
from collections.abc import Sequence
from typing import Final

from sample_logs.generator.octopus.documents import Document, documents
from sample_logs.generator.octopus.logs import LogFile, log_files
from sample_logs.generator.octopus.store_files import script, sqlite_file
from sample_logs.generator.octopus.story import BEFORE, CURRENT, FIRST, MACHINE_IDS, SECOND
from sample_logs.generator.octopus.values import linux_config

_NODES: Final = {FIRST: CURRENT, SECOND: BEFORE}


def octopus_files() -> dict[str, bytes]:
    """Path below the estate → content."""
    rows = documents()
    logs = log_files()
    configs = {f"keys/{node}/Server.linux.config": linux_config(node, key) for node, key in _NODES.items()}
    return {
        **{log.path: log.content for log in logs},
        "store/octopus.sqlite": sqlite_file(rows),
        "store/octopus.sql": script(rows),
        **configs,
        **{f"keys/{node}/machine-id": f"{text}\n".encode() for node, text in MACHINE_IDS.items()},
        # As PowerShell's Out-File writes what show-master-key prints.
        "keys/before.txt": f"\ufeffOctopus Master Key:\r\n{BEFORE.text}\r\n".encode("utf-16-le"),
        "rotation-report.txt": rotation_report(rows),
        "owners.csv": b"pattern,team,contact\nvariableset-Projects-3*,Kiosk,kiosk@example.com\n"
        b"*Projects-*,Delivery,delivery@example.com\n",
        "truth.json": _truth(rows, logs),
    }


def rotation_report(rows: Sequence[Document]) -> bytes:
    """What the product printed: errors where it could not open a document; what it forgot it passes over."""
    verdicts = [{value.verdict for value in row.values.values()} for row in rows]
    updated = sum(verdict == {"current"} for verdict in verdicts)
    failed = sum(bool(verdict & {"lost", "damaged", "plain-text"}) for verdict in verdicts)
    counts = (
        f"{updated}/{len(rows)} documents were updated\n"
        f"{failed}/{len(rows)} documents were left unchanged due to errors\n"
    )
    banner, rule = "=" * 80, "-" * 80
    return (
        f"{banner}\nROTATE MASTER KEY REPORT\n{banner}\nNew Master Key: {CURRENT.text}\n"
        f"Processed {len(rows)} documents.\n{counts}{rule}\nReplaced Master Key\n{counts}{rule}\n"
    ).encode()


def _truth(rows: Sequence[Document], logs: Sequence[LogFile]) -> bytes:
    """Verdicts by record, since two variables may share a location; findings by source and line."""
    truth = {
        "system": "octopus",
        "documents": len(rows),
        "current": CURRENT.label,
        "node_behind": SECOND,
        "credentials": {
            f"{row.table}:{row.id}#{place}": {"verdict": value.verdict, "opened_by": value.opened_by}
            for row in rows
            for place, value in row.values.items()
        },
        "findings": [
            {
                "kind": each.finding.kind,
                "subject_kind": each.finding.subject_kind,
                "subject": each.finding.subject,
                "time": each.time,
                "level": each.level,
                "source": each.source,
                "line": each.line,
            }
            for log in logs
            for each in log.positions
        ],
    }
    return (json.dumps(truth, indent=1) + "\n").encode()
