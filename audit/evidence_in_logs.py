"""Log entries joined to the credentials that they name."""

import polars as pl


def name_credentials(credentials: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """How often logs name each credential, when first and last, and where the latest entry stands.

    An entry names a credential by kind and name, and by project where it tells one; an entry without a
    project names every credential of that kind and name. A list of corrupted credentials names each of them.

    Args:
        credentials: with `kind`, `project`, `name`; shape [n].
        findings: the `FINDINGS` schema.

    Returns:
        `findings`, `first_seen`, `last_seen`, `evidence`, in the order of `credentials`; shape [n].
    """
    keys = credentials.select("kind", "project", "name").with_row_index("row")
    entries = _one_subject_each(findings).filter(pl.col("kind") != "")
    with_name = entries.filter(pl.col("subject") != "").rename({"subject": "name"})
    pairs = pl.concat(
        [
            _pairs(keys, with_name.filter(pl.col("project") != ""), ["kind", "name", "project"]),
            _pairs(keys, with_name.filter(pl.col("project") == ""), ["kind", "name"]),
            # The DevOps Insight server is one: entries about it need no name.
            _pairs(
                keys,
                entries.filter((pl.col("subject") == "") & (pl.col("kind") == "devops-insight")),
                ["kind"],
            ),
        ]
    )
    seen = (
        pairs.sort("row", "time", "source", "line")
        .group_by("row", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("findings"),
            pl.col("time").first().alias("first_seen"),
            pl.col("time").last().alias("last_seen"),
            pl.format("{}:{}", pl.col("source").last(), pl.col("line").last()).alias("evidence"),
        )
    )
    return (
        keys.select("row")
        .join(seen, on="row", how="left", maintain_order="left")
        .select(
            pl.col("findings").fill_null(0),
            pl.col("first_seen", "last_seen", "evidence").fill_null(""),
        )
    )


def _one_subject_each(findings: pl.DataFrame) -> pl.DataFrame:
    """A row for each object that an entry names; `kind` is now the object's."""
    listed = pl.col("kind") == "corrupted-credentials"
    one = findings.filter(~listed)
    several = findings.filter(listed).with_columns(pl.col("subject").str.split(", ")).explode("subject")
    return pl.concat([one, several]).drop("kind").rename({"subject_kind": "kind"})


def _pairs(keys: pl.DataFrame, entries: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    entries = entries.select(*on, "time", "source", "line")
    return keys.join(entries, on=on, how="inner").select("row", "time", "source", "line")
