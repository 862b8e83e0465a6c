"""The files of the CloudBees CD estate, and what an audit of it must say (`truth.json`)."""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Sequence
from typing import Final

from sample_logs.generator.cloudbees.credentials import StoredCredential, stored_credentials
from sample_logs.generator.cloudbees.export_xml import export_xml, project_export_xml
from sample_logs.generator.cloudbees.log_files import Position, log_files
from sample_logs.generator.cloudbees.store_tables import csv_table, sqlite_file
from sample_logs.generator.cloudbees.story import CURRENT, KEPT, LABS

_IMPORTED: Final = "Firmware Lab"

_OWNERS: Final = (
    ("/projects/Payments/*", "Payments", "payments@example.com"),
    ("/projects/Legacy Billing/*", "Payments", "payments@example.com"),
    ("/projects/Web Shop/credentials/db-*", "Databases", "dba@example.com"),
    ("/projects/Web Shop/*", "Shop", "shop@example.com"),
    ("/projects/Data Warehouse/*", "Databases", "dba@example.com"),
    ("/projects/Mainframe Batch/*", "Host, Batch & Print", "host@example.com"),
    ("/projects/Müller Logistik/*", "Müller", "leitstelle@mueller.example"),
    ("/projects/Firmware Lab/*", "Firmware", "firmware@example.com"),
    ("/projects/Build Farm/*", "Build", "build@example.com"),
    ("/projects/Toolchain/*", "Build", "build@example.com"),
    ("/plugins/EC-SQLServer/*", "Databases", "dba@example.com"),
    ("/plugins/*", "Release engineering", "release@example.com"),
    ("/directoryProviders/*", "Identity", "identity@example.com"),
    ("/users/*", "Identity", "identity@example.com"),
)


def cloudbees_files() -> dict[str, bytes]:
    """Path below the estate → content."""
    rows = stored_credentials()
    logs = list(log_files(rows))
    export = export_xml(rows, CURRENT)
    imported = [row for row in rows if row.place.project == _IMPORTED]
    return {
        **{log.path: log.content for log in logs},
        "store/export.xml": export,
        "store/export.xml.gz": gzip.compress(export, mtime=0),
        "store/credentials.csv": csv_table(rows),
        "store/commander.sqlite": sqlite_file(rows),
        "store/imported-2017.xml": project_export_xml(_IMPORTED, imported, LABS),
        **{f"keys/{key.label}": key.content for key in KEPT},
        "owners.csv": _owners(),
        "truth.json": _truth(rows, (position for log in logs for position in log.positions)),
    }


def _owners() -> bytes:
    """The first pattern that fits wins; R&D Tools, Network Edge, mail and DevOps Insight belong to nobody."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("pattern", "team", "contact"))
    writer.writerows(_OWNERS)
    return text.getvalue().encode()


def _truth(rows: Sequence[StoredCredential], positions: Iterable[Position]) -> bytes:
    """Verdicts by location, findings by source and line, and the fingerprints of all keys."""
    truth = {
        "system": "cloudbees-cd",
        "keys": {key.label: {"bits": len(key.content) * 8, "fingerprint": key.fingerprint} for key in KEPT},
        "missing_key": LABS.fingerprint,
        "credentials": {row.place.location: _credential(row) for row in rows},
        "findings": [_finding(position) for position in sorted(positions, key=_order)],
    }
    return (json.dumps(truth, ensure_ascii=False, indent=1) + "\n").encode()


def _credential(row: StoredCredential) -> dict[str, str]:
    return {
        "kind": row.place.kind,
        "project": row.place.project,
        "name": row.place.name,
        "user_name": row.place.user_name,
        "verdict": row.sealed.verdict,
        "opened_by": row.opened_by,
        "group": row.group,
    }


def _order(position: Position) -> tuple[str, int]:
    return position.source, position.mark.line


def _finding(position: Position) -> dict[str, str | int | list[str]]:
    mark, finding = position.mark, position.mark.finding
    return {
        "kind": finding.kind,
        "subject_kind": finding.subject_kind,
        "subject": finding.subject,
        "project": finding.project,
        "database_fingerprint": finding.database_fingerprint,
        "file_fingerprint": finding.file_fingerprint,
        "time": mark.time,
        "node": mark.node,
        "level": mark.level,
        "source": position.source,
        "line": mark.line,
        "also_at": list(position.also_at),
    }
