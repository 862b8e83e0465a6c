"""The findings frame: one row an entry that matters."""

from typing import Final

import polars as pl

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
"""Contract columns. `time` is ISO 8601, `2021-03-04T05:06:07.089`, local, with an offset only if the log has
one; `line` is 1-based; text that is absent is "", never null; `line` is null for findings of a store."""
