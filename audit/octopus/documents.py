"""Octopus' documents: which one a record or a log entry means, and how a rotation left each of them."""

import re
from dataclasses import dataclass
from typing import Final

import polars as pl

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


_SUFFIX: Final = re.compile(r"(?:Configuration|Settings|Document|Resource)$")
# AzureDevOpsConfiguration is the type of issuetracker-azuredevops-v2
_SHORTEST: Final = 3
_NAMED_OTHERWISE: Final = {"azuread": "authentication-aad", "okta": "authentication-od"}
"""Types whose extension goes by another name (OctopusDeploy/Issues #9019)."""


def is_meant(name: str) -> pl.Expr:
    """True for values, identified by their `record`, whose document has this id, or is of this type.

    `AzureDevOpsConfiguration` is what an extension with `azuredevops` in its id is configured by;
    `AzureAccount` ends with the name of the table `Account`.
    """
    document = DOCUMENT.str.to_lowercase()
    stem = _SUFFIX.sub("", name).lower()
    by_id = document.is_in([name.lower(), _NAMED_OTHERWISE.get(stem, "")])
    configured = TABLE.str.to_lowercase().str.ends_with("configuration")
    bare = document.str.replace_all("-", "", literal=True)
    by_extension = configured & bare.str.contains(stem, literal=True)
    by_table = ~configured & pl.lit(name.lower()).str.ends_with(TABLE.str.to_lowercase())
    typed = by_extension | by_table if len(stem) >= _SHORTEST else pl.lit(value=False)
    return (by_id | typed).fill_null(value=False)
