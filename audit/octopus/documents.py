"""Octopus' documents, each judged by the worst of its values: what a rotation counts."""

from dataclasses import dataclass

import polars as pl

from audit.octopus.left_behind import DOCUMENT, TABLE
from audit.verdict import Verdict


@dataclass(frozen=True, slots=True)
class DocumentCounts:
    """How many documents are how; the four add up to `total`.

    Attributes:
        total: all that were read.
        current: every value opens under the current key.
        older: some value opens under an older key only, and none is worse.
        unopened: some value opens under no key, or is damaged, ambiguous or not encrypted.
        without: no encrypted value in it.
    """

    total: int
    current: int
    older: int
    unopened: int
    without: int

    @property
    def left(self) -> int:
        """Documents that a rotation has not brought to the current key."""
        return self.older + self.unopened


def judged_documents(values: pl.DataFrame) -> pl.DataFrame:
    """`table`, `document`, `state` (current, older, unopened) of those with a value that is not empty.

    Args:
        values: `record`, `verdict`; a document that several stores hold counts once.
    """
    state = (
        pl.when(pl.col("verdict") == Verdict.CURRENT)
        .then(pl.lit(0))
        .when(pl.col("verdict") == Verdict.OLDER_KEY)
        .then(pl.lit(1))
        .otherwise(pl.lit(2))
    )
    return (
        values.filter(pl.col("verdict") != Verdict.EMPTY)
        .select(TABLE, DOCUMENT, state.alias("rank"))
        .group_by("table", "document", maintain_order=True)
        .agg(pl.col("rank").max())
        .drop_nulls()
        .select(
            "table",
            "document",
            pl.col("rank").replace_strict([0, 1, 2], ["current", "older", "unopened"]).alias("state"),
        )
        .sort("table", "document")
    )


def count_documents(documents: pl.DataFrame, *, total: int) -> DocumentCounts:
    """How many of them are how, of `total` that were read."""
    counts = dict(documents["state"].value_counts().iter_rows())
    total = max(total, documents.height)
    return DocumentCounts(
        total=total,
        current=counts.get("current", 0),
        older=counts.get("older", 0),
        unopened=counts.get("unopened", 0),
        without=total - documents.height,
    )
