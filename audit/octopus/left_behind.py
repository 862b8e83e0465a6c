"""After a rotation of Octopus' master key: which documents silently stayed under an older one."""

from typing import Final

import polars as pl

from audit.verdict import Verdict

TABLE: Final = pl.col("record").str.extract(r"^([^:]*):").alias("table")
DOCUMENT: Final = pl.col("record").str.extract(r"(?s)^[^:]*:(.*?)#(?:/|$)").alias("document")
"""Of a value of Octopus: what its `record` begins with."""

_NAMED: Final = 10


def about_left_behind(judged: pl.DataFrame) -> list[str]:
    """A sentence for each older key that still opens values, with the documents that hold them.

    Rotations leave types of documents out: issue trackers (OctopusDeploy/Issues #8111), client secrets of
    Google, Azure AD and Okta (#9019).

    Args:
        judged: `record`, `verdict`, `opened_by` of the values.
    """
    older = judged.filter(pl.col("verdict") == Verdict.OLDER_KEY)
    by_key = (
        older.with_columns(DOCUMENT)
        .group_by("opened_by", maintain_order=True)
        .agg(pl.len().alias("values"), pl.col("document").unique(maintain_order=True).sort())
    )
    return [_sentence(*row) for row in by_key.sort("opened_by").rows()]


def _sentence(label: str, values: int, documents: list[str]) -> str:
    named = ", ".join(documents[:_NAMED])
    more = f" and {len(documents) - _NAMED} more" if len(documents) > _NAMED else ""
    return f"{values} values in {len(documents)} documents stayed under {label!r}: {named}{more}"
