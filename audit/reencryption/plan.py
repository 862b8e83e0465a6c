"""The plan: the state of every stored value, and the changes to write."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from audit.keys.key_ring import Key
from audit.reencryption.state import State
from audit.trial.hypothesis import Hypothesis
from parsers.secret import Secret
from parsers.stores.store_writer import Blocker, ValueChange


class PlaintextMac:
    """Tells whether plain texts are equal, without keeping any.

    The proof has to know that a value opens to the same text as before. A plain hash of short passwords could
    be guessed, and the texts themselves would lie in memory for the whole run; so what is kept is a MAC under
    a key that is drawn anew for each run and written nowhere.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def mac(self, plain: Secret) -> bytes:
        """HMAC-SHA-256 under a key that lives as long as this object."""
        return hmac.digest(self._key, plain.reveal(), hashlib.sha256)


@dataclass(frozen=True, slots=True, repr=False)
class PlannedChange:
    """A change to write.

    Attributes:
        row: its place in the plan's table.
        change: from what to what.
        openers: the target key in the layout that is written, and in those that the data cannot tell from
            it: each must open the new value.
        mac: of its plain text (`PlaintextMac`).
    """

    row: int
    change: ValueChange
    openers: tuple[Hypothesis, ...]
    mac: bytes


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of every value.

    Attributes:
        target: the key under which everything is to open.
        table: of the schema `PLAN`, one row a value.
        values: `value` and `iv` as they were read, in the order of the table.
        planned: what is to be written, by store, in the order of the table.
        basis: the evidence for the new layouts, a sentence each.
        text_mac: compares plain texts of this run.
    """

    target: Key
    table: pl.DataFrame
    values: pl.DataFrame = field(repr=False)
    planned: Mapping[str, Sequence[PlannedChange]] = field(repr=False)
    basis: tuple[str, ...]
    text_mac: PlaintextMac = field(repr=False)

    def counts(self) -> dict[State, int]:
        """How many values are in each state; they add up to all that were read."""
        found = dict(self.table["state"].value_counts().iter_rows())
        return {state: found[state] for state in State if state in found}

    def without(self, store: str, obstacles: Iterable[Blocker]) -> "Plan":
        """The same without the records that obstacles rule out."""
        why = {record: each.what for each in obstacles for record in each.records}
        kept, refused = [], {}
        for each in self.planned.get(store, ()):
            if each.change.record in why:
                refused[each.row] = why[each.change.record]
            else:
                kept.append(each)
        if not refused:
            return self
        table = with_outcomes(self.table, dict.fromkeys(refused, State.REFUSED), refused)
        return replace(self, table=table, planned={**self.planned, store: kept})


def with_outcomes(
    table: pl.DataFrame, states: Mapping[int, State], reasons: Mapping[int, str]
) -> pl.DataFrame:
    """The table with another state and reason in these rows."""
    if not states:
        return table
    rows = pl.Series(list(states), dtype=pl.UInt32)
    state = table["state"].scatter(rows, pl.Series([str(each) for each in states.values()]))
    explained = [row for row in states if row in reasons]
    reason = table["reason"].scatter(
        pl.Series(explained, dtype=pl.UInt32), pl.Series([reasons[row] for row in explained])
    )
    return table.with_columns(state, reason)
