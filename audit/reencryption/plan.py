"""What is to be re-encrypted: the run held against the stores, new values made, nothing written."""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from audit.errors import ReencryptionError
from audit.examine import Examined
from audit.key_ring import Key, KeyRing
from audit.layouts.known import OCTOPUS
from audit.layouts.user_supplied import Supplied
from audit.reencryption.one_value import open_value
from audit.reencryption.state import PLAN, State
from audit.reencryption.states import with_states
from audit.reencryption.target import Layouts, NewLayout, NotEstablished, layouts_for
from audit.stores_reading import StoresReading
from audit.trial.hypothesis import Hypothesis
from audit.verdict import Verdict
from parsers.secret import Secret
from parsers.stores.change import Change, Obstacle, Sealed
from reports.run import Run

_ZERO_VECTOR: Final = b"|AAAAAAAAAAAAAAAAAAAAAA=="
"""What ends every value that Octopus.Migrator exports: there the key is new each time, not the vector."""

_HIDDEN: Final = "its whole plain text is not known in this layout: one known plain text would solve it"
_TWO_TEXTS: Final = (
    "it opens to different texts in layouts that the store cannot tell apart, and nothing says which is "
    "right: prove one with `layouts --known LOCATION --save FILE`, then --layouts FILE"
)
_TWO_WAYS: Final = (
    "the layouts that the data cannot tell apart would write different values: prove one with "
    "`layouts --known LOCATION --save FILE`, then --layouts FILE"
)


class Marks:
    """Tells whether plain texts are equal, without keeping any."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def of(self, plain: Secret) -> bytes:
        """HMAC-SHA-256 under a key that lives as long as this object."""
        return hmac.digest(self._key, plain.reveal(), hashlib.sha256)


@dataclass(frozen=True, slots=True, repr=False)
class Planned:
    """A value that is to be written.

    Attributes:
        row: its place in the plan's table.
        change: from what to what.
        opener: the key in the layout that opens the new value.
        mark: of its plain text.
    """

    row: int
    change: Change
    opener: Hypothesis
    mark: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a plan is made from.

    Attributes:
        run: the audit that it rests on.
        target: the key of the ring under which everything is to open.
        ring: the candidate keys.
        supplied: layouts that known plain texts have proven.
        also: locations of values that are taken though their opening is not sure.
        layouts: by product and kind, where other stores show how values under `target` are written.
    """

    run: Run
    target: Key
    ring: KeyRing
    supplied: Supplied
    also: Collection[str] = ()
    layouts: Mapping[str, Layouts] = field(default_factory=dict)


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

    def without(self, store: str, obstacles: Iterable[Obstacle]) -> "Plan":
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


def make_plan(wanted: Wanted, stores: StoresReading, examined: Sequence[Examined]) -> Plan:
    """Hold the run against the stores as they were just read and examined.

    Args:
        wanted: what is wanted.
        stores: the stores, with their values.
        examined: their values judged under the ring's keys, one for each product.

    Raises:
        ReencryptionError: the stores are not those of the run.
    """
    judged = pl.concat([each.frame for each in examined])
    values = pl.concat([values_of(each, stores) for each in examined])
    stated = with_states(judged, wanted.run.credentials, wanted.target, wanted.also)
    _refuse_another_store(stated, wanted.run.credentials)
    _refuse_unknown_locations(stated["location"], wanted.also)
    making = _Making(_with_zero_vectors(values, stated))
    start = 0
    for each in examined:
        rows = stated.slice(start, each.frame.height)
        making.product(each, rows, values.slice(start, rows.height), start, wanted)
        start += rows.height
    table = with_outcomes(stated, dict.fromkeys(making.refused, State.REFUSED), making.refused)
    new_layouts = pl.Series("new_layout", [making.layouts.get(row, "") for row in range(table.height)])
    table = table.with_columns(new_layouts.cast(pl.String)).match_to_schema(PLAN, extra_columns="ignore")
    return Plan(wanted.target, table, values, making.planned, tuple(making.basis), making.marks)


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


class _Making:
    """Makes the new values, and remembers why some are not made."""

    def __init__(self, zero_vectors: Collection[str]) -> None:
        self._zero_vectors = zero_vectors
        self.marks = Marks()
        self.planned: dict[str, list[Planned]] = {}
        self.refused: dict[int, str] = {}
        self.layouts: dict[int, str] = {}
        self.basis: dict[str, None] = {}

    def product(
        self, examined: Examined, stated: pl.DataFrame, values: pl.DataFrame, start: int, wanted: Wanted
    ) -> None:
        """All values of one product that are to be re-encrypted; `start` is its first row in the table."""
        own = layouts_for(wanted.target, examined, wanted.ring, values, wanted.supplied)
        layouts = {**own, **wanted.layouts.get(examined.frame["system"][0], {})}
        openers = {
            (wanted.ring.keys[each.key].label, name): each for each in examined.tried for name in each.names
        }
        chosen = (stated["state"] == State.RE_ENCRYPT).arg_true()
        columns = ("kind", "opened_by", "layout", "store", "record", "verdict")
        rows = stated.select(columns)[chosen].rows()
        sealed = values[chosen].rows()
        for place, (kind, key, layout, store, record, verdict), (value, iv) in zip(
            chosen, rows, sealed, strict=True
        ):
            row = start + place
            old, opener = Sealed(value, iv), openers[key, layout]
            if verdict == Verdict.AMBIGUOUS and _texts(old, opener.key, examined.tried) > 1:
                self.refused[row] = _TWO_TEXTS
                continue
            made = self._make(row, old, opener, layouts[kind], store)
            if made is not None:
                new, opener, mark = made
                change = Change(record, old, new)
                self.planned.setdefault(store, []).append(Planned(row, change, opener, mark))

    def _make(
        self, row: int, old: Sealed, opener: Hypothesis, layout: NewLayout | NotEstablished, store: str
    ) -> tuple[Sealed, Hypothesis, bytes] | None:
        if isinstance(layout, NotEstablished):
            self.refused[row] = f"{layout.reason}; {layout.hint}"
            return None
        plain = open_value(old, opener)
        if plain is None:
            self.refused[row] = _HIDDEN
            return None
        new = layout.encrypt(plain, zero_vector=store in self._zero_vectors)
        if new is None:
            self.refused[row] = _TWO_WAYS
            return None
        if old.iv is not None and new.iv is None:
            self.refused[row] = "its vector stands in a column of its own, which the new layout does not have"
            return None
        if open_value(new, layout.hypothesis) != plain:
            raise ReencryptionError(
                "a new value does not open to the text of the old one: nothing was written"
            )
        self.layouts[row] = layout.hypothesis.layout.name
        self.basis[f"new values are written in {layout.hypothesis.layout.name}: {layout.basis}"] = None
        return new, layout.hypothesis, self.marks.of(plain)


def _texts(sealed: Sealed, key: int, tried: Iterable[Hypothesis]) -> int:
    """How many different texts one key makes of a value, over the layouts."""
    return len({open_value(sealed, each) for each in tried if each.key == key} - {None})


def values_of(examined: Examined, stores: StoresReading) -> pl.DataFrame:
    """`value` and `iv` of what was examined, in the same order."""
    system = examined.frame["system"][0]
    batches = (batch for batch in stores.batches if batch.height and batch["system"][0] == system)
    return pl.concat([batch.select("value", "iv") for batch in batches])


def _with_zero_vectors(values: pl.DataFrame, stated: pl.DataFrame) -> frozenset[str]:
    """The stores of Octopus in which every value has the vector of zeros.

    Nowhere else: a single odd value would make every vector of its store the same, and in GCM give away
    all that is in it.
    """
    text = pl.concat([values.select("value"), stated.select("system", "store")], how="horizontal")
    barred = text.filter(pl.col("system") == OCTOPUS, pl.col("value").bin.contains(b"|"))
    zero = pl.col("value").bin.ends_with(_ZERO_VECTOR).all()
    return frozenset(barred.group_by("store").agg(zero.alias("zero")).filter("zero")["store"])


def _refuse_unknown_locations(there: pl.Series, also: Collection[str]) -> None:
    if unknown := sorted(set(also) - set(there)):
        raise ReencryptionError(
            f"no credential in these stores is at {unknown[0]!r}",
            hint="name it as the column `location` of the run has it",
        )


def _refuse_another_store(stated: pl.DataFrame, run: pl.DataFrame) -> None:
    """Not one credential of these stores in the run: one of the two is not the one that was meant."""
    if (
        run.height
        and not stated.select("system", "location")
        .join(run.select("system", "location"), on=["system", "location"], how="semi")
        .height
    ):
        raise ReencryptionError(
            "none of the credentials in these stores is in the run",
            hint="name the stores that were audited, or audit these first",
        )
