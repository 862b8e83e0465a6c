"""The credentials of a run: judged, joined, owned, and compared with the logs."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.evidence.disagreements import compare_logs
from audit.evidence.log_references import evidence_in_logs, mentions
from audit.keys.missing_key import MissingKey, what_they_save
from audit.ownership.owners import Owners
from audit.run.copies import Copies, join_copies
from audit.run.examine import ExaminedProduct
from reports.schema import CREDENTIALS, NOT_STORED
from reports.summary import Disagreements, MissingKeySummary


def group_letters(tags: npt.NDArray[np.uint64]) -> pl.Series:
    """A letter for each value whose secret another one shares, else "".

    Letters go by first appearance, so that the same store gives the same letters though tags change each run.

    Args:
        tags: equal for equal secrets, zeros where nothing was opened; shape [n, 2].
    """
    rows = _suspects(tags)
    frame = pl.DataFrame({"row": rows, "high": tags[rows, 0], "low": tags[rows, 1]})
    shared = (
        frame.group_by("high", "low", maintain_order=True)
        .agg(pl.col("row"))
        .filter(pl.col("row").list.len() > 1)
        .sort(pl.col("row").list.first())
        .with_row_index("group", offset=1)
        .explode("row")
    )
    groups = np.zeros(len(tags), dtype=np.uint32)
    groups[shared["row"].to_numpy()] = shared["group"].to_numpy()
    letters = ["", *(_letters(number) for number in range(groups.max(initial=0)))]
    return pl.Series("group", letters, pl.String).gather(pl.Series(groups))


def _suspects(tags: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Rows whose second half of the tag comes again; with these few the exact work is done."""
    opened = np.flatnonzero(tags.any(axis=1))
    low = tags[opened, 1]
    ordered = np.sort(low)
    again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return opened[np.isin(low, again)]


def _letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


@dataclass(frozen=True, slots=True, eq=False)
class RunCredentials:
    """The credentials, and what only the way to them shows.

    Attributes:
        frame: the `CREDENTIALS` schema.
        copies: what the stores have in common.
        not_stored: the `NOT_STORED` schema.
        disagreements: how logs and store differ; None where one of them is not there.
        missing_keys: with what they would save.
    """

    frame: pl.DataFrame
    copies: Copies
    not_stored: pl.DataFrame
    disagreements: Disagreements | None
    missing_keys: list[MissingKeySummary]


def run_credentials(
    examined: Sequence[ExaminedProduct],
    findings: pl.DataFrame,
    owners: Owners,
    missing: Iterable[MissingKey],
    *,
    logged: Collection[str],
) -> RunCredentials:
    """Put them together.

    Args:
        examined: the verdicts, one for each product.
        findings: the log entries.
        owners: who owns which credential.
        missing: the passkeys that are not candidates.
        logged: the products whose logs were read: of the others, silence means nothing.
    """
    if not examined:
        nothing = CREDENTIALS.to_frame().with_columns(modified=pl.lit(""))
        saves = what_they_save(missing, nothing)
        return RunCredentials(nothing.drop("modified"), Copies(0, 0), NOT_STORED.to_frame(), None, saves)
    joined = join_copies(pl.concat([each.frame for each in examined]))
    tags = np.concatenate([each.tags for each in examined])[joined.kept.to_numpy()]
    named = mentions(joined.frame, findings)
    credentials = pl.concat(
        [
            joined.frame,
            owners.assign(joined.frame["location"]),
            evidence_in_logs(named, joined.frame.height),
            group_letters(tags).alias("group").to_frame(),
        ],
        how="horizontal",
    )
    saves = what_they_save(missing, credentials)
    if not logged:
        silent = credentials.with_columns(disagreement=pl.lit("")).select(CREDENTIALS.names())
        return RunCredentials(silent, joined.copies, NOT_STORED.to_frame(), None, saves)
    compared = compare_logs(credentials, named, findings, logged)
    return RunCredentials(
        compared.credentials.select(CREDENTIALS.names()),
        joined.copies,
        compared.not_stored,
        compared.counts,
        saves,
    )
