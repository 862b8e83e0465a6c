"""Log entries joined to the credentials that they name."""

from typing import Final

import polars as pl

from audit.octopus.document_types import is_meant

_UUID: Final = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_PLUGIN_PROJECT: Final = r"^(/plugins/[^/]+/project)/"

_ID_IN_RECORD: Final = pl.col("record").str.extract(r":id=([0-9a-fA-F-]{32,36})$")

_ENTRY: Final = ("time", "source", "line")


def name_credentials(credentials: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """How often logs name each credential, when first and last, and where the latest entry stands.

    An entry names a credential by kind and name, and by project where it tells one; an entry without a
    project names every credential of that kind and name; one that gives an id alone names the record with it.
    A list of corrupted credentials names each of them.

    Args:
        credentials: with `kind`, `project`, `name`, `location`, `record`; shape [n].
        findings: the `FINDINGS` schema.

    Returns:
        `findings`, `first_seen`, `last_seen`, `evidence`, in the order of `credentials`; shape [n].
    """
    entries = _one_subject_each(findings).filter(pl.col("kind") != "")
    named = entries.filter(pl.col("name") != "")
    by_id = named.filter(pl.col("name").str.contains(_UUID)).with_columns(_hex("name").alias("id"))
    keys = _keys(_namable(credentials, named["name"], by_id["id"]))
    pairs = pl.concat(
        [
            _pairs(keys, named.filter(pl.col("project") != ""), ["kind", "name", "project"]),
            _pairs(keys, named.filter(pl.col("project") == ""), ["kind", "name"]),
            _pairs(keys, by_id, ["kind", "id"]),
            # The DevOps Insight server is one: entries about it need no name.
            _pairs(
                keys, entries.filter((pl.col("name") == "") & (pl.col("kind") == "devops-insight")), ["kind"]
            ),
            _of_documents(credentials, named.filter(pl.col("kind") == "document")),
        ]
    )
    return _summed_up(credentials, pairs.unique())


def _namable(credentials: pl.DataFrame, names: pl.Series, ids: pl.Series) -> pl.DataFrame:
    """The rows that entries can mean at all: few of millions, and what follows costs memory for each."""
    can_be = pl.col("name").is_in(names.unique()) | (pl.col("kind") == "devops-insight")
    if len(ids):
        can_be |= _hex(_ID_IN_RECORD).is_in(ids.unique())
    return credentials.with_row_index("row").filter(can_be)


def _keys(credentials: pl.DataFrame) -> pl.DataFrame:
    """What entries can name a credential by; a plug-in's project goes by its path, as in logs."""
    return credentials.select(
        "row",
        "kind",
        pl.coalesce(pl.col("location").str.extract(_PLUGIN_PROJECT), "project").alias("project"),
        "name",
        _hex(_ID_IN_RECORD).alias("id"),
    )


def _of_documents(credentials: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Octopus' entries name a document by its id, or by its type: both name all of its values."""
    values = credentials.with_row_index("row").filter(pl.col("kind") == "document")
    found = [entries.head(0).with_columns(pl.lit(0, pl.UInt32).alias("row")).select("row", *_ENTRY)]
    for (name,), of_name in entries.group_by("name", maintain_order=True):
        meant = values.filter(is_meant(str(name))).select("row")
        found.append(meant.join(of_name.select(_ENTRY), how="cross"))
    return pl.concat(found)


def _hex(column: str | pl.Expr) -> pl.Expr:
    expression = pl.col(column) if isinstance(column, str) else column
    return expression.str.replace_all("-", "").str.to_lowercase()


def _one_subject_each(findings: pl.DataFrame) -> pl.DataFrame:
    """A row for each object that an entry names; `kind` and `name` are now the object's."""
    listed = pl.col("kind") == "corrupted-credentials"
    one = findings.filter(~listed)
    several = findings.filter(listed).with_columns(pl.col("subject").str.split(", ")).explode("subject")
    return pl.concat([one, several]).drop("kind").rename({"subject_kind": "kind", "subject": "name"})


def _pairs(keys: pl.DataFrame, entries: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    return keys.join(entries.select(*on, *_ENTRY), on=on, how="inner").select("row", *_ENTRY)


def _summed_up(credentials: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    rows = credentials.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"))
    if pairs.is_empty():  # constant columns take no memory, however many rows there are
        none = [pl.lit("").alias(name) for name in ("first_seen", "last_seen", "evidence")]
        return rows.with_columns(pl.lit(0, pl.Int64).alias("findings"), *none).drop("row")
    seen = (
        pairs.sort("row", *_ENTRY)
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
