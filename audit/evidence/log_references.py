"""What log entries say of credentials: which ones they mean, how often, when, and over what time."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from audit.product import nothing_meant
from audit.products import every_product
from parsers.logs.span import Span
from reports.summary import SpanSummary

_UUID: Final = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_COMMA: Final = "\0"
_PLUGIN_PROJECT: Final = r"^(/plugins/[^/]+/project)/"

_ID_IN_RECORD: Final = pl.col("record").str.extract(r":id=([0-9a-fA-F-]{32,36})(?:;|$)")


@dataclass(frozen=True, slots=True, eq=False)
class LogReferences:
    """What entries name.

    Attributes:
        named: a row for each object that an entry names: `mention` (its number), `entry` (the finding's row),
            `finding` (the entry's kind), `system`, `kind`, `name`, `project`, `time`, `source`, `line`.
        meant: a row for each credential that a mention can mean: `mention`, `row`; none twice.
    """

    named: pl.DataFrame
    meant: pl.DataFrame


def mentions(credentials: pl.DataFrame, findings: pl.DataFrame) -> LogReferences:
    """Which credentials the log entries name.

    An entry names a credential by kind and name, and by project where it gives one; an entry without a
    project can mean every credential of that kind and name; one that gives an id alone means the record with
    it. A list of corrupted credentials names each of them.

    Args:
        credentials: with `kind`, `project`, `name`, `location`, `record`; shape [n].
        findings: the `FINDINGS` schema.
    """
    objects = _one_object_each(findings, credentials["name"]).filter(pl.col("kind") != "")
    named = objects.filter(pl.col("name") != "")
    by_id = named.filter(is_id("name")).with_columns(_hex("name").alias("id"))
    keys = _keys(_namable(credentials, named["name"], by_id["id"]))
    nameless = (pl.col("name") == "") & _is_single()
    pairs = [
        _pairs(keys, named.filter(pl.col("project") != ""), ["kind", "name", "project"]),
        _pairs(keys, named.filter(pl.col("project") == ""), ["kind", "name"]),
        _pairs(keys, by_id, ["kind", "id"]),
        _pairs(keys, objects.filter(nameless), ["kind"]),
        _of_documents(credentials, named.filter(pl.col("kind") == "document")),
    ]
    return LogReferences(
        objects.filter((pl.col("name") != "") | nameless), pl.concat(pairs).unique().sort("mention", "row")
    )


def _is_single() -> pl.Expr:
    """Whether a server holds one object of the kind, so that entries about it need no name."""
    return pl.col("kind").is_in([kind for product in every_product() for kind in product.guide.single_kinds])


def is_id(column: str) -> pl.Expr:
    """Whether a name is a UUID: entries may give an object's id instead of its name."""
    return pl.col(column).str.contains(_UUID)


def has_id() -> pl.Expr:
    """Whether a credential's `record` holds an id."""
    return _ID_IN_RECORD.is_not_null()


def _one_object_each(findings: pl.DataFrame, known: pl.Series) -> pl.DataFrame:
    """A row for each object that an entry names; `kind` and `name` are now the object's.

    A list is split at its commas, but for those in a known name.
    """
    entries = findings.with_row_index("entry").select(
        "entry",
        pl.col("kind").alias("finding"),
        "system",
        pl.col("subject_kind").alias("kind"),
        pl.col("subject").alias("name"),
        "project",
        "time",
        "source",
        "line",
    )
    listed = pl.col("finding") == "corrupted-credentials"
    lists = entries.filter(listed)
    if lists.height and (whole := known.filter(known.str.contains(", ", literal=True)).unique().to_list()):
        kept = [name.replace(", ", _COMMA) for name in whole]
        lists = lists.with_columns(pl.col("name").str.replace_many(whole, kept, leftmost=True))
    several = lists.with_columns(pl.col("name").str.split(", ")).explode("name")
    restored = several.with_columns(pl.col("name").str.replace_all(_COMMA, ", ", literal=True))
    return pl.concat([entries.filter(~listed), restored]).with_row_index("mention")


def _namable(credentials: pl.DataFrame, names: pl.Series, ids: pl.Series) -> pl.DataFrame:
    """The rows that entries can mean at all: few of millions, and what follows costs memory for each."""
    can_be = pl.col("name").is_in(names.unique().implode()) | _is_single()
    if len(ids):
        can_be |= _hex(_ID_IN_RECORD).is_in(ids.unique().implode())
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


def _of_documents(credentials: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """An entry names a document by its id, or in its product's own way: both mean all of its values."""
    meaning = {product.id: product.document_meant for product in every_product()}
    values = credentials.with_row_index("row").filter(pl.col("kind") == "document")
    found = [named.select("mention", pl.lit(0, pl.UInt32).alias("row")).head(0)]
    for (system, name), of_name in named.group_by("system", "name", maintain_order=True):
        is_meant = meaning.get(str(system), nothing_meant)
        meant = values.filter(is_meant(str(name))).select("row")
        found.append(of_name.select("mention").join(meant, how="cross"))
    return pl.concat(found)


def _hex(column: str | pl.Expr) -> pl.Expr:
    expression = pl.col(column) if isinstance(column, str) else column
    return expression.str.replace_all("-", "").str.to_lowercase()


def _pairs(keys: pl.DataFrame, named: pl.DataFrame, on: list[str]) -> pl.DataFrame:
    return named.select("mention", *on).join(keys, on=on, how="inner").select("mention", "row")


def evidence_in_logs(mentions: LogReferences, credentials: int) -> pl.DataFrame:
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


def coverage(spans: Iterable[Span]) -> SpanSummary:
    """First and last entry of all, and the holes in which no node has anything."""
    covered = sorted(stretch for span in spans for stretch in _stretches(span))
    if not covered:
        return SpanSummary(first="", last="", gaps=[])
    gaps: list[tuple[str, str]] = []
    first, reached = covered[0]
    for start, end in covered[1:]:
        if start > reached:
            gaps.append((reached, start))
        reached = max(reached, end)
    return SpanSummary(first=first, last=reached, gaps=gaps)


def _stretches(span: Span) -> Iterable[tuple[str, str]]:
    """The times between the holes of one node."""
    start = span.first
    for before, after in span.gaps:
        yield start, before
        start = after
    yield start, span.last
