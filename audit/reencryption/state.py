"""The state of each stored value in a re-encryption: exactly one each, so that the counts add up."""

from enum import StrEnum
from typing import Final

import polars as pl

from audit.verdict import Verdict


class State(StrEnum):
    """What becomes of a stored value.

    `RE_ENCRYPT` before anything was written, `RE_ENCRYPTED` after. `ALREADY`: opens under the target key.
    `NOTHING`: empty, or kept elsewhere. `UNSURE`: several keys fit, or one only weakly. `LEFT`: no candidate
    opens it. `CHANGED`: the value there is not the one that the run judged or the plan read. `REFUSED`: it
    opens, but may not or cannot be written. `PUT_BACK`: it was written, and then restored.
    """

    RE_ENCRYPT = "re-encrypt"
    RE_ENCRYPTED = "re-encrypted"
    ALREADY = "already"
    NOTHING = "nothing"
    UNSURE = "unsure"
    LEFT = "left"
    CHANGED = "changed"
    REFUSED = "refused"
    PUT_BACK = "put-back"


SETTLED: Final = (State.RE_ENCRYPTED, State.ALREADY, State.NOTHING)
"""States that need no attention."""

OF_VERDICT: Final = {
    Verdict.CURRENT: State.UNSURE,
    Verdict.OLDER_KEY: State.UNSURE,
    Verdict.LOST: State.LEFT,
    Verdict.UNKNOWN: State.LEFT,
    Verdict.DAMAGED: State.LEFT,
    Verdict.PLAIN_TEXT: State.LEFT,
    Verdict.AMBIGUOUS: State.UNSURE,
    Verdict.EMPTY: State.NOTHING,
    Verdict.EXTERNAL: State.NOTHING,
}
"""Of a value that does not open for certain: none of these is ever written."""

PLAN: Final = pl.Schema(
    {
        "system": pl.String,
        "kind": pl.String,
        "project": pl.String,
        "name": pl.String,
        "user_name": pl.String,
        "location": pl.String,
        "verdict": pl.String,
        "state": pl.String,
        "reason": pl.String,
        "opened_by": pl.String,
        "layout": pl.String,
        "new_layout": pl.String,
        "store": pl.String,
        "record": pl.String,
    }
)
"""One row a stored value. `verdict`, `opened_by` and `layout` are those of the value as it was read."""
