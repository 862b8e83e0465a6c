"""What the logs say of each credential: how often they name it, when, and where."""

import polars as pl

from audit.evidence.log_references import Mentions


def evidence_in_logs(mentions: Mentions, credentials: int) -> pl.DataFrame:
    """How many entries name each credential, when first and last, and where the latest entry stands.

    Args:
        mentions: what entries name.
        credentials: how many there are, n.

    Returns:
        `findings`, `first_seen`, `last_seen`, `evidence`, in the order of the credentials; shape [n].
    """
    rows = pl.int_range(credentials, dtype=pl.UInt32, eager=True).alias("row").to_frame()
    if mentions.meant.is_empty():  # constant columns take no memory, however many rows there are
        none = [pl.lit("").alias(name) for name in ("first_seen", "last_seen", "evidence")]
        return rows.with_columns(pl.lit(0, pl.Int64).alias("findings"), *none).drop("row")
    entries = mentions.meant.join(mentions.named, on="mention").unique(("row", "entry"))
    seen = (
        entries.sort("row", "time", "source", "line")
        .group_by("row", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("findings"),
            pl.col("time").first().alias("first_seen"),
            pl.col("time").last().alias("last_seen"),
            pl.format("{}:{}", pl.col("source").last(), pl.col("line").last()).alias("evidence"),
        )
    )
    return rows.join(seen, on="row", how="left", maintain_order="left").select(
        pl.col("findings").fill_null(0),
        pl.col("first_seen", "last_seen", "evidence").fill_null(""),
    )
