"""The findings frame: one row an entry that matters."""

from collections.abc import Iterable
from typing import Final

import polars as pl

from parsers.logs.finding import Finding

FINDINGS: Final = pl.Schema({name: pl.Int64 if name == "line" else pl.String for name in Finding._fields})
"""Contract columns, as `Finding` describes them; text that is absent is "", never null."""


def finding_frame(findings: Iterable[Finding]) -> pl.DataFrame:
    """Findings as columns, with the `FINDINGS` schema."""
    return pl.DataFrame(list(findings), schema=FINDINGS, orient="row")
