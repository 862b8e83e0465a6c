"""`truth.json`: what an audit of the estate must say."""

import json
from collections.abc import Iterable, Sequence

from sample_logs.generator.cloudbees.credentials import StoredCredential
from sample_logs.generator.cloudbees.log_files import Position
from sample_logs.generator.cloudbees.story import KEPT, LABS


def truth_json(rows: Sequence[StoredCredential], positions: Iterable[Position]) -> bytes:
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
