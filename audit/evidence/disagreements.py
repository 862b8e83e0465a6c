"""Where logs and store contradict each other: results of their own, neither side is simply right."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl

from audit.evidence.log_references import LogReferences, has_id, is_id
from audit.keys.key_dates import iso_date
from audit.verdict import Verdict
from reports.schema import NOT_STORED
from reports.summary import Disagreements


class Disagreement(StrEnum):
    """What the store says of a credential against what the logs say of it.

    `logged-but-opens`: an entry says that it cannot be decrypted, and it opens under the current key today:
    entered again since, or its key was restored; or the store that was read is older than the entry.
    `lost-but-not-logged`: its product's logs were read, none of their entries names it, and no key opens it:
    its loss may have gone unnoticed, and its next use will fail.
    """

    LOGGED_BUT_OPENS = "logged-but-opens"
    LOST_BUT_NOT_LOGGED = "lost-but-not-logged"


@dataclass(frozen=True, slots=True, eq=False)
class LogComparison:
    """Logs against store.

    Attributes:
        credentials: as given, with `disagreement`, and of those that open today a `reason` that says so.
        not_stored: the `NOT_STORED` schema.
        counts: how many of each.
    """

    credentials: pl.DataFrame
    not_stored: pl.DataFrame
    counts: Disagreements


UNREADABLE: Final = (
    "skipped-update",
    "corrupted-credentials",
    "undecryptable-user",
    "decrypt-failure",
    "unreadable-document",
)
"""Kinds of entries that say of what they name that it cannot be decrypted. A stale session is not among them:
it says nothing of a stored credential."""

_MAY_NAME_NOTHING: Final = (*UNREADABLE, "crypto-exception")
_STORED_KINDS: Final = (
    "credential",
    "directory-provider",
    "devops-insight",
    "email-config",
    "user",
    "document",
)
_NOT_OPENED: Final = (Verdict.LOST, Verdict.DAMAGED)
_OBJECT: Final = ("system", "kind", "project", "name")


def compare_logs(
    credentials: pl.DataFrame, mentions: LogReferences, findings: pl.DataFrame, logged: Collection[str]
) -> LogComparison:
    """Compare what logs report with what the store holds.

    An entry without a project can mean every credential of its name: it contradicts the store only if all of
    these open. Where one is lost, damaged, empty, external or opens under an older key, that one explains it.

    Args:
        credentials: the credentials of a run, with `modified`; `findings` and `last_seen` are of the logs.
        mentions: what the entries name among them.
        findings: the entries.
        logged: the products whose logs were read: of the others, silence means nothing.
    """
    reported = mentions.named.filter(
        pl.col("finding").is_in(UNREADABLE) & pl.col("kind").is_in(_STORED_KINDS)
    )
    marked = _marked(credentials, _contradicted(credentials, reported, mentions.meant), logged)
    missing = reported.join(mentions.meant, on="mention", how="anti")
    comparable = missing.filter(_comparable(credentials)) if missing.height else missing
    not_stored = _not_stored(credentials, comparable)
    counts = marked["disagreement"]
    return LogComparison(
        marked,
        not_stored,
        Disagreements(
            logged_but_opens=int((counts == Disagreement.LOGGED_BUT_OPENS).sum()),
            lost_but_not_logged=int((counts == Disagreement.LOST_BUT_NOT_LOGGED).sum()),
            logged_but_not_stored=not_stored.height,
            not_comparable=missing.select(_OBJECT).n_unique() - not_stored.height,
            unnamed=_count_unnamed(findings, mentions),
        ),
    )


def _contradicted(credentials: pl.DataFrame, reported: pl.DataFrame, meant: pl.DataFrame) -> pl.Series:
    """The rows that an entry reports, where all that it can mean opens."""
    verdicts = credentials.select("verdict").with_row_index("row")
    judged = reported.select("mention").join(meant, on="mention").join(verdicts, on="row")
    all_open = (pl.col("verdict") == Verdict.CURRENT).all().over("mention")
    return judged.filter(all_open)["row"].unique()


def _marked(credentials: pl.DataFrame, contradicted: pl.Series, logged: Collection[str]) -> pl.DataFrame:
    silent = pl.col("system").is_in(list(logged)) & (pl.col("findings") == 0)
    unnoticed = pl.col("verdict").is_in(_NOT_OPENED) & silent
    compared = credentials.with_columns(
        disagreement=pl.when(unnoticed)
        .then(pl.lit(Disagreement.LOST_BUT_NOT_LOGGED.value))
        .otherwise(pl.lit(""))
    )
    if contradicted.is_empty():
        return compared
    opens = compared.with_row_index("row").select("row", "reason", "modified", "last_seen")
    reasons = opens.filter(pl.col("row").is_in(contradicted.implode())).select("row", told=_reason())
    return (
        compared.with_row_index("row")
        .join(reasons, on="row", how="left", maintain_order="left")
        .with_columns(
            reason=pl.coalesce("told", "reason"),
            disagreement=pl.when(pl.col("told").is_null())
            .then("disagreement")
            .otherwise(pl.lit(Disagreement.LOGGED_BUT_OPENS.value)),
        )
        .drop("row", "told")
    )


def _reason() -> pl.Expr:
    """Whole days: the store's times may be of another zone than the logs'."""
    changed = pl.col("modified").map_elements(iso_date, pl.String).str.extract(r"^(\d{4}-\d\d-\d\d)")
    reported = pl.col("last_seen").str.slice(0, 10)
    since = (
        pl.when(changed > reported)
        .then(pl.format("its record was changed on {}", changed))
        .otherwise(
            pl.lit("entered again or its key restored since, unless this store is older than the logs")
        )
    )
    return pl.format("{}; logs report it up to {}: {}", "reason", reported, since)


def _comparable(credentials: pl.DataFrame) -> pl.Expr:
    """Whether a store holds anything of the mention's kind, and ids where it gives nothing else."""
    held = credentials["kind"].unique().implode()
    with_ids = credentials.filter(has_id())["kind"].unique().implode()
    return pl.col("kind").is_in(held) & (~is_id("name") | pl.col("kind").is_in(with_ids))


def _not_stored(credentials: pl.DataFrame, missing: pl.DataFrame) -> pl.DataFrame:
    if missing.is_empty():
        return NOT_STORED.to_frame()
    objects = (
        missing.sort("time", "source", "line")
        .group_by(_OBJECT, maintain_order=True)
        .agg(
            pl.col("entry").n_unique().cast(pl.Int64).alias("findings"),
            pl.col("time").first().alias("first_seen"),
            pl.col("time").last().alias("last_seen"),
            pl.format("{}:{}", pl.col("source").last(), pl.col("line").last())
            .fill_null("")
            .alias("evidence"),
        )
    )
    elsewhere = (
        credentials.filter(pl.col("name").is_in(objects["name"].implode()) & (pl.col("project") != ""))
        .group_by("kind", "name")
        .agg(pl.col("project").min().alias("elsewhere"))
    )
    return (
        objects.join(elsewhere, on=("kind", "name"), how="left")
        .with_columns(
            reason=pl.when(pl.col("kind") == "document")
            .then(pl.lit("no encrypted value is stored in it: deleted, or in another server's database"))
            .when((pl.col("project") != "") & pl.col("elsewhere").is_not_null())
            .then(pl.format("project {} has one of this name: moved, or of another server", "elsewhere"))
            .otherwise(pl.lit("deleted, renamed, or stored by another server"))
        )
        .rename({"name": "subject"})
        .sort("system", "kind", "project", "subject")
        .select(NOT_STORED.names())
    )


def _count_unnamed(findings: pl.DataFrame, mentions: LogReferences) -> int:
    """Entries of failed decryption that do not say of what."""
    numbers = findings.with_row_index("entry").filter(pl.col("kind").is_in(_MAY_NAME_NOTHING))["entry"]
    return numbers.filter(~numbers.is_in(mentions.named["entry"].implode())).len()
