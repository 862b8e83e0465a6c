"""What reports are given: frames without any place for a secret."""

from typing import Final

import polars as pl

CREDENTIALS: Final = pl.Schema(
    {
        "system": pl.String,
        "kind": pl.String,
        "project": pl.String,
        "name": pl.String,
        "user_name": pl.String,
        "location": pl.String,
        "verdict": pl.String,
        "opened_by": pl.String,
        "fingerprint": pl.String,
        "confidence": pl.String,
        "text_confidence": pl.String,
        "false_positive": pl.Float64,
        "layout": pl.String,
        "action": pl.String,
        "reason": pl.String,
        "owner": pl.String,
        "contact": pl.String,
        "group": pl.String,
        "value_digest": pl.String,
        "findings": pl.Int64,
        "first_seen": pl.String,
        "last_seen": pl.String,
        "evidence": pl.String,
        "store": pl.String,
        "record": pl.String,
        "disagreement": pl.String,
    }
)
"""One row a stored value, judged. Absent text is ""; `false_positive` is null where nothing opened.

`confidence` is that in the key, `text_confidence` that every byte of the text is known: two things.
`disagreement` says where logs and store contradict each other: `logged-but-opens`, `lost-but-not-logged`.
"""

NOT_STORED: Final = pl.Schema(
    {
        "system": pl.String,
        "kind": pl.String,
        "project": pl.String,
        "subject": pl.String,
        "findings": pl.Int64,
        "first_seen": pl.String,
        "last_seen": pl.String,
        "evidence": pl.String,
        "reason": pl.String,
    }
)
"""One row an object whose secret the logs report, and that no store holds: `kind` and `subject` as in
`FINDINGS`' `subject_kind` and `subject`; `evidence` is `source:line` of the latest entry."""

FINDINGS: Final = pl.Schema(
    {
        "system": pl.String,
        "kind": pl.String,
        "subject_kind": pl.String,
        "subject": pl.String,
        "project": pl.String,
        "database_fingerprint": pl.String,
        "file_fingerprint": pl.String,
        "time": pl.String,
        "node": pl.String,
        "level": pl.String,
        "source": pl.String,
        "line": pl.Int64,
        "message": pl.String,
    }
)
"""One row a log entry that matters; `message` is already capped and masked."""

UNREAD: Final = pl.Schema(
    {"path": pl.String, "member": pl.String, "offset": pl.Int64, "reason": pl.String, "partial": pl.Boolean}
)
"""One row an input, member or record that could not be read, and why."""

CHECKS: Final = pl.Schema(
    {
        "id": pl.String,
        "title": pl.String,
        "state": pl.String,
        "evidence": pl.String,
        "what_to_do": pl.String,
    }
)
"""One row a check of readiness; `state` is pass, fail or unknown."""

REENTRY: Final = pl.Schema(
    {
        "team": pl.String,
        "contact": pl.String,
        "system": pl.String,
        "kind": pl.String,
        "project": pl.String,
        "name": pl.String,
        "user_name": pl.String,
        "location": pl.String,
        "reason": pl.String,
        "last_seen": pl.String,
        "how_to_reenter": pl.String,
        "done": pl.String,
    }
)
"""A team's list of secrets to enter again. There is no column for the secret."""
