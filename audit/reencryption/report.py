"""The report of a re-encryption, in numbers that add up: for people, and as `reencryption.json`."""

from collections.abc import Iterator
from typing import Final

import polars as pl
from pydantic import BaseModel, ConfigDict

from audit.errors import InconsistentCountsError
from audit.exit_codes import ExitCode, exit_code
from audit.reencryption.plan import Plan
from audit.reencryption.reaudit import Reaudit
from audit.reencryption.state import SETTLED, State

REPORT: Final = "reencryption.json"
"""In the run folder, after something was written."""

PRODUCT_REPORT: Final = "reencryption-report.txt"
"""Next to it, for products that report a rotation: the result in the form of that report."""

_WORDS: Final = {
    State.RE_ENCRYPT: "to re-encrypt",
    State.RE_ENCRYPTED: "re-encrypted",
    State.ALREADY: "open under {target} already",
    State.NOTHING: "hold nothing, or are kept elsewhere",
    State.UNSURE: "left: several keys fit, or one only weakly",
    State.LEFT: "left: no candidate key opens them",
    State.CHANGED: "left: the value there is not the one that was judged",
    State.REFUSED: "left: they open, but may not or cannot be written",
    State.PUT_BACK: "put back as they were",
}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreProof(_Frozen):
    """What reading a store again showed.

    Attributes:
        store: its label.
        proven: values written that open under the target key to the text that they held before.
        untouched: values not written that are the same as before, byte for byte.
        added: values that others put there meanwhile.
    """

    store: str
    proven: int
    untouched: int
    added: int


class ReencryptionReport(_Frozen):
    """`reencryption.json`. `states` adds up to `total`.

    `still_needed` counts, by label, the values that open under another key than `target` alone: with none
    there, no value needs an old key any more.
    """

    target: str
    fingerprint: str
    total: int
    states: dict[str, int]
    stores: list[StoreProof]
    still_needed: dict[str, int]
    faults: list[str]
    exit_code: int


def make_report(reaudited: Reaudit) -> ReencryptionReport:
    """The report.

    Raises:
        InconsistentCountsError: the states do not add up to the values read.
    """
    done = reaudited.done
    plan, counts = done.plan, done.plan.counts()
    if sum(counts.values()) != plan.table.height:
        raise InconsistentCountsError(f"{sum(counts.values())} states for {plan.table.height} values")
    return ReencryptionReport(
        target=plan.target.label,
        fingerprint=plan.target.fingerprint,
        total=plan.table.height,
        states={str(state): count for state, count in counts.items()},
        stores=[
            StoreProof(store=store, proven=each.proven, untouched=each.untouched, added=each.added)
            for store, each in done.proofs.items()
        ],
        still_needed=reaudited.still_needed,
        faults=list(done.faults),
        exit_code=_exit_code(reaudited),
    )


def _exit_code(reaudited: Reaudit) -> ExitCode:
    if reaudited.done.faults:
        return ExitCode.FAILED
    return exit_code(complete=reaudited.complete, attention=needs_attention(reaudited.done.plan))


def needs_attention(plan: Plan) -> bool:
    """Whether a value is in a state that calls for action."""
    return bool((~plan.table["state"].is_in(SETTLED)).any())


def counts_in_words(plan: Plan) -> Iterator[str]:
    """The counts, a line each, and what they add up to."""
    for state, count in plan.counts().items():
        yield f"{count:>9,}  {_WORDS[state].format(target=plan.target.label)}"
    yield f"{plan.table.height:>9,}  values in all"


def by_reason(plan: Plan) -> pl.DataFrame:
    """The values that call for action: a row for each state and reason, with the first as an example."""
    same = ["state", "opened_by", "new_layout", "reason"]
    return (
        plan.table.filter(~pl.col("state").is_in(SETTLED))
        .group_by(same, maintain_order=True)
        .agg(pl.len().alias("values"), pl.col("location").first().alias("such_as"))
        .select("state", "values", "opened_by", "new_layout", "reason", "such_as")
    )


def proof_in_words(report: ReencryptionReport) -> Iterator[str]:
    """What reading again proved."""
    for each in report.stores:
        added = f", and {each.added:,} were added by others meanwhile" if each.added else ""
        yield (
            f"read again: {each.store}: {each.proven:,} open under {report.target} to the text that they "
            f"held before, {each.untouched:,} others are the same byte for byte{added}"
        )
    for label, count in report.still_needed.items():
        yield f"{count:,} values still need {label}"
    if left := report.states.get(State.LEFT, 0):
        yield f"{left:,} values open under no candidate key, whichever is used"
    if unsure := report.states.get(State.UNSURE, 0):
        yield f"{unsure:,} values fit several keys, or one only weakly: which of them they need is not known"
    elif not report.still_needed and not report.faults:
        yield f"of the values read none needs any other candidate key than {report.target}"
