"""The credentials of a run: judged, joined, owned, and held against the logs."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from audit.evidence.disagreements import compare_logs
from audit.evidence.log_references import evidence_in_logs, mentions
from audit.keys.missing_key import MissingKey, what_they_save
from audit.ownership.owners import Owners
from audit.run.copies import Copies, join_copies
from audit.run.examine import Examined
from audit.run.groups import group_letters
from reports.schema import CREDENTIALS, NOT_STORED
from reports.summary import Disagreements, MissingKeySummary


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
    examined: Sequence[Examined],
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
        missing: the passkeys that are no candidates.
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
