"""The run held against the stores as they are now: which values may be written at all."""

from collections.abc import Collection

import polars as pl

from audit.keys.key_ring import Key
from audit.reencryption.state import OF_VERDICT, State
from audit.reencryption.target import SURE
from audit.verdict import Verdict
from reports.settling import ONE_KNOWN_TEXT, TEXT_NOT_SETTLED

_SAME_VALUE = ("system", "location", "value_digest")
_NOT_WHOLE = f"{TEXT_NOT_SETTLED}; {ONE_KNOWN_TEXT}"
_OPENED = (Verdict.CURRENT, Verdict.OLDER_KEY)


def with_states(judged: pl.DataFrame, run: pl.DataFrame, target: Key, also: Collection[str]) -> pl.DataFrame:
    """The values with `state` and `reason`, in their order.

    Args:
        judged: the values as they are now, judged.
        run: the credentials of the run.
        target: the key under which everything is to open.
        also: locations that are taken though their opening is not sure.
    """
    before = run.select(*_SAME_VALUE, pl.col("verdict").alias("judged_then")).unique(
        _SAME_VALUE, keep="first", maintain_order=True
    )
    known = judged.join(before, on=_SAME_VALUE, how="left", maintain_order="left")
    asked_for = pl.col("location").is_in(list(also)) & (pl.col("opened_by") != "")
    sure = pl.col("verdict").is_in(_OPENED) & pl.col("confidence").is_in(SURE)
    twice = pl.col("layout").str.contains(" > ", literal=True)
    whole = pl.col("text_confidence").is_in(SURE)
    unlike = ~pl.col("judged_then").is_in([*_OPENED]) & ~asked_for
    state = (
        pl.when((sure | asked_for) & (pl.col("opened_by") == target.label) & ~twice)
        .then(pl.lit(State.ALREADY))
        .when(~(sure | ((pl.col("verdict") == Verdict.AMBIGUOUS) & asked_for)))
        .then(pl.col("verdict").replace_strict({str(each): str(state) for each, state in OF_VERDICT.items()}))
        .when(pl.col("judged_then").is_null())
        .then(pl.lit(State.CHANGED))
        .when(unlike | ~whole)
        .then(pl.lit(State.REFUSED))
        .otherwise(pl.lit(State.RE_ENCRYPT))
    )
    stated = known.with_columns(state.alias("state"))
    reason = (
        pl.when(pl.col("state") == State.CHANGED)
        .then(pl.lit("the run judged another value here, or none: audit again"))
        .when((pl.col("state") == State.REFUSED) & ~whole)
        .then(pl.lit(_NOT_WHOLE))
        .when(pl.col("state") == State.REFUSED)
        .then(pl.format("the run called it {}: audit again with the keys of now", "judged_then"))
        .otherwise("reason")
    )
    return stated.with_columns(reason.alias("reason")).drop("judged_then")
