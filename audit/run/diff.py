"""What has become of credentials from run to run: fixed, still, new, regressed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

import polars as pl

from audit.errors import RequestError
from audit.exit_codes import ExitCode, exit_code
from audit.verdict import Action, Verdict
from reports.run import Run
from reports.run_folder import read_run_folder


class Change(StrEnum):
    """What has become of a credential in the last of several runs.

    A credential is the same in all runs if system, kind and location are; in which store it was read does
    not count. It is *troubled* where its verdict calls for an action (older-key, lost, unknown, damaged,
    ambiguous, plain-text), and *needs attention* where it is troubled and no ignore rule says otherwise.
    "Before" is the latest earlier run that has it.

    `regressed`: needs attention now, and was not troubled before, or a key opened it then and none does now.
    `new`: needs attention now, and no earlier run has it. `still`: needs attention now, and was troubled
    before. `ignored`: troubled now, and an ignore rule holds. `gone`: troubled before, and not in the last
    run: deleted, or not read this time. `fixed`: not troubled now, and troubled in some earlier run.
    """

    REGRESSED = "regressed"
    NEW = "new"
    STILL = "still"
    IGNORED = "ignored"
    GONE = "gone"
    FIXED = "fixed"


REGRESSIONS: Final = (Change.REGRESSED, Change.NEW)
NEED_ATTENTION: Final = (*REGRESSIONS, Change.STILL)

_SAME: Final = ("system", "kind", "location")
_TOLD: Final = ("project", "name", "owner", "contact", "verdict", "action", "reason")
_OPENED: Final = (Verdict.CURRENT, Verdict.OLDER_KEY)
_FINE: Final = tuple(verdict.value for verdict in Verdict if verdict.action is Action.NONE)
_URGENT_FIRST: Final = (Action.RE_ENTER, Action.INVESTIGATE, Action.RE_ENCRYPT, Action.NONE)

CHANGES: Final = pl.Schema(
    {
        "change": pl.String,
        "owner": pl.String,
        "contact": pl.String,
        "system": pl.String,
        "kind": pl.String,
        "project": pl.String,
        "name": pl.String,
        "location": pl.String,
        "verdict_before": pl.String,
        "verdict": pl.String,
        "action": pl.String,
        "reason": pl.String,
    }
)
"""One row a credential that changed or needs attention.

`verdict_before` is that of the run before; of what was fixed, that of the latest run in which it was
troubled. Of what is gone, `verdict` is "", and owner, action and reason are those of the run before.
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """What has become of credentials.

    Attributes:
        changes: in the `CHANGES` schema, the most urgent first.
        folders: the run folders, in the order of time.
        runs: what they hold.
    """

    changes: pl.DataFrame
    folders: Sequence[Path]
    runs: Sequence[Run] = field(repr=False)

    def counts(self) -> dict[Change, int]:
        """How many credentials each change has happened to."""
        return {change: self.changes.filter(change=change).height for change in Change}

    def incomplete(self) -> list[Path]:
        """The folders of runs that could not read everything: what they did not read is not compared."""
        return [folder for folder, run in zip(self.folders, self.runs, strict=True) if _is_incomplete(run)]

    def exit_code(self, failing: Collection[Change] = NEED_ATTENTION) -> ExitCode:
        """10: a credential has changed in one of these ways; 3: the last run is incomplete; else 0."""
        counts = self.counts()
        attention = any(counts[change] for change in failing)
        return exit_code(complete=not _is_incomplete(self.runs[-1]), attention=attention)


def diff(folders: Sequence[Path]) -> Difference:
    """Compare run folders: what is fixed, what still needs attention, what is new, what has regressed.

    Args:
        folders: in the order of time; two at least.

    Raises:
        RequestError: there are fewer.
        ReportsError: one is not a run folder.
    """
    if len(folders) < 2:
        raise RequestError("name two run folders at least", field="folders")
    runs = [read_run_folder(folder) for folder in folders]
    return Difference(compare([run.credentials for run in runs]), folders, runs)


def compare(runs: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The last of the runs against the others, in the `CHANGES` schema.

    The most urgent changes come first; within one, rows are sorted by team and location.

    Args:
        runs: frames with the columns of a run's credentials, in the order of time; two at least.
    """
    now = _by_credential(runs[-1])
    earlier = pl.concat(_by_credential(run) for run in runs[:-1])
    before = earlier.unique(_SAME, keep="last", maintain_order=True)
    trouble = earlier.filter("troubled").unique(_SAME, keep="last", maintain_order=True)
    joined = now.join(before, on=_SAME, how="full", coalesce=True, suffix="_before").join(
        trouble.select(*_SAME, verdict_of_trouble="verdict"), on=_SAME, how="left"
    )
    return _in_order(_told(joined.with_columns(change=_change())))


def by_team(changes: pl.DataFrame) -> pl.DataFrame:
    """How many of each change each team has: `team`, then a column for each; the most urgent teams first."""
    counts = [(pl.col("change") == change).sum().cast(pl.Int64).alias(change) for change in Change]
    order = [*(change.value for change in Change), "team"]
    descending = [*(True for _ in Change), False]
    return changes.group_by(pl.col("owner").alias("team")).agg(counts).sort(order, descending=descending)


def _is_incomplete(run: Run) -> bool:
    return run.summary.exit_code == ExitCode.INCOMPLETE


def _by_credential(run: pl.DataFrame) -> pl.DataFrame:
    """A row a credential: of several values in one place the most urgent one."""
    ranks = {action.value: rank for rank, action in enumerate(_URGENT_FIRST)}
    urgency = pl.col("action").replace_strict(ranks, default=0, return_dtype=pl.Int8)
    needed = pl.col("action") != Action.NONE
    return (
        run.select(
            *_SAME,
            *_TOLD,
            needed.alias("needed"),
            (needed | ~pl.col("verdict").is_in(_FINE)).alias("troubled"),
        )
        .with_columns(urgency=urgency)
        .sort("urgency", pl.col("troubled").not_(), maintain_order=True)
        .unique(_SAME, keep="first", maintain_order=True)
        .drop("urgency")
    )


def _change() -> pl.Expr:
    """Null for what was and is in order."""
    now, before = pl.col("verdict").is_not_null(), pl.col("verdict_before").is_not_null()
    closed = pl.col("verdict_before").is_in(_OPENED) & ~pl.col("verdict").is_in(_OPENED)
    return (
        pl.when(~now & pl.col("troubled_before"))
        .then(pl.lit(Change.GONE))
        .when(pl.col("needed") & ~before)
        .then(pl.lit(Change.NEW))
        .when(pl.col("needed") & pl.col("troubled_before") & ~closed)
        .then(pl.lit(Change.STILL))
        .when(pl.col("needed"))
        .then(pl.lit(Change.REGRESSED))
        .when(pl.col("troubled"))
        .then(pl.lit(Change.IGNORED))
        .when(now & pl.col("verdict_of_trouble").is_not_null())
        .then(pl.lit(Change.FIXED))
    )


def _told(joined: pl.DataFrame) -> pl.DataFrame:
    gone = pl.col("change") == Change.GONE
    fixed = pl.col("change") == Change.FIXED
    kept = [
        pl.when(gone).then(f"{name}_before").otherwise(name).alias(name)
        for name in _TOLD
        if name != "verdict"
    ]
    return joined.filter(pl.col("change").is_not_null()).select(
        "change",
        *_SAME,
        *kept,
        pl.when(fixed).then("verdict_of_trouble").otherwise("verdict_before").alias("verdict_before"),
        "verdict",
    )


def _in_order(changes: pl.DataFrame) -> pl.DataFrame:
    ranks = {change.value: rank for rank, change in enumerate(Change)}
    rank = pl.col("change").replace_strict(ranks, return_dtype=pl.Int8)
    ordered = changes.sort(rank, "owner", "location", "kind", "system")
    return ordered.select(CHANGES.names()).cast(CHANGES).with_columns(pl.all().fill_null(""))
