"""What becomes of every stored value, and what is to be written: the plan."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from audit.keys.key_ring import Key
from audit.reencryption.marks import Marks
from audit.reencryption.state import State
from audit.trial.hypothesis import Hypothesis
from parsers.stores.store_writer import Blocker, ValueChange


@dataclass(frozen=True, slots=True, repr=False)
class Planned:
    """A value that is to be written.

    Attributes:
        row: its place in the plan's table.
        change: from what to what.
        openers: the target key in the layout that is written, and in those that the data cannot tell from it:
            each
            must open the new value.
        mark: of its plain text.
    """

    row: int
    change: ValueChange
    openers: tuple[Hypothesis, ...]
    mark: bytes


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of every value.

    Attributes:
        target: the key under which everything is to open.
        table: of the schema `PLAN`, one row a value.
        values: `value` and `iv` as they were read, in the order of the table.
        planned: what is to be written, by store, in the order of the table.
        basis: what the new layouts rest on, a sentence each.
        marks: compares plain texts.
    """

    target: Key
    table: pl.DataFrame
    values: pl.DataFrame = field(repr=False)
    planned: Mapping[str, Sequence[Planned]] = field(repr=False)
    basis: tuple[str, ...]
    marks: Marks = field(repr=False)

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
    told = [row for row in states if row in reasons]
    reason = table["reason"].scatter(
        pl.Series(told, dtype=pl.UInt32), pl.Series([reasons[row] for row in told])
    )
    return table.with_columns(state, reason)
