"""The same credential met in several stores: a database and an export of it."""

from dataclasses import dataclass
from typing import Final

import polars as pl

_SAME_CREDENTIAL: Final = ("system", "kind", "location")
_SAME_VALUE: Final = (*_SAME_CREDENTIAL, "value_digest", "occurrence")


@dataclass(frozen=True, slots=True)
class Copies:
    """What stores have in common.

    Attributes:
        joined: how many values were met again, equal, in another store, and count once.
        differing: how many credentials hold different values in different stores.
    """

    joined: int
    differing: int


@dataclass(frozen=True, slots=True)
class JoinedCredentials:
    """Credentials without their copies.

    Attributes:
        frame: one row for each value of a credential; `store` and `record` name all places, as read.
        kept: which rows of the frame that was given these are, as a mask; shape [n].
        copies: how many others there were.
    """

    frame: pl.DataFrame
    kept: pl.Series
    copies: Copies


def join_copies(judged: pl.DataFrame) -> JoinedCredentials:
    """Join rows of different stores that hold the same value of the same credential.

    Rows of one store are never joined, and neither are values that differ: those stay, each with a reason
    that says so.
    """
    everything = pl.repeat(value=True, n=judged.height, dtype=pl.Boolean, eager=True)
    if judged["store"].n_unique() < 2:
        return JoinedCredentials(judged, everything, Copies(0, 0))
    numbered = judged.with_columns(
        pl.int_range(pl.len()).over("store", *_SAME_CREDENTIAL, "value_digest").alias("occurrence")
    ).with_row_index("row")
    first = pl.col("row") == pl.col("row").min().over(_SAME_VALUE)
    places = numbered.group_by(_SAME_VALUE).agg(
        pl.col("row").min(),
        pl.col("store").sort_by("row").str.join("; "),
        pl.col("record").sort_by("row").str.join("; "),
    )
    kept = numbered.select(first.alias("kept"))["kept"]
    frame = (
        numbered.filter(kept)
        .drop("store", "record", "occurrence")
        .join(places.select("row", "store", "record"), on="row", how="left", maintain_order="left")
        .drop("row")
    )
    differs = (pl.col("value_digest").n_unique() > 1).over(_SAME_CREDENTIAL) & (
        pl.col("store").n_unique() > 1
    ).over(_SAME_CREDENTIAL)
    marked = frame.with_columns(differs.alias("differs"))
    differing = marked.filter("differs").select(_SAME_CREDENTIAL).n_unique()
    explained = marked.with_columns(
        pl.when("differs")
        .then(pl.format("{}; another store holds a different value of this credential", "reason"))
        .otherwise("reason")
        .alias("reason")
    )
    return JoinedCredentials(
        explained.select(judged.columns), kept, Copies(judged.height - frame.height, differing)
    )
