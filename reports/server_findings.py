"""Findings about no stored credential, but about a server, a node, or an unexpected place."""

from typing import Final

import polars as pl

LISTED: Final = 50
_MESSAGE_LENGTH: Final = 400
_ABOUT: Final = (
    "passkey-mismatch",
    "wrong-master-key",
    "rotation-error",
    "key-generated",
    "clear-text-key",
    "uncovered",
)
_ALIKE: Final = ("kind", "node", "database_fingerprint", "file_fingerprint", "said")


def server_findings(findings: pl.DataFrame) -> pl.DataFrame:
    """Alike findings as one, in the order of their kinds and times.

    Entries of a log are alike if kind, node and fingerprints are: a server that cannot start repeats itself.
    What was found without a log counts by its words.

    Returns:
        `kind`, `node`, `number`, `first`, `last`, and of the latest `place` and the first line of `message`.
    """
    place = pl.format("{}:{}", "source", "line").fill_null(pl.col("source"))
    said = pl.when(pl.col("time") == "").then("message").otherwise(pl.lit(""))
    about = findings.filter(pl.col("kind").is_in(_ABOUT)).with_columns(place=place, said=said)
    latest = [pl.col(name).last() for name in ("place", "message")]
    order = {kind: number for number, kind in enumerate(_ABOUT)}
    return (
        about.sort("time", "source", "line")
        .group_by(_ALIKE, maintain_order=True)
        .agg(
            pl.len().alias("number"),
            pl.col("time").first().alias("first"),
            pl.col("time").last().alias("last"),
            *latest,
        )
        .sort(pl.col("kind").replace_strict(order), maintain_order=True)
        .with_columns(message=_capped(pl.col("message").str.extract(r"^([^\n]*)")))
        .select("kind", "node", "number", "first", "last", "place", "message")
    )


def _capped(text: pl.Expr) -> pl.Expr:
    """Columns of blanks, with which logs fill their fields, as one."""
    line = text.str.replace_all(r"\s+", " ")
    long = line.str.len_chars() > _MESSAGE_LENGTH
    return pl.when(long).then(line.str.slice(0, _MESSAGE_LENGTH) + "…").otherwise(line)
