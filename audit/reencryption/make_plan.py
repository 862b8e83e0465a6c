"""The plan made: the run held against the stores as they are now, new values made, nothing written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from audit.errors import ReencryptionError
from audit.examine import Examined
from audit.key_ring import Key, KeyRing
from audit.layouts.known import OCTOPUS
from audit.layouts.user_supplied import Supplied
from audit.reencryption.marks import Marks
from audit.reencryption.new_value import new_value
from audit.reencryption.plan import Plan, Planned, with_outcomes
from audit.reencryption.state import PLAN, State
from audit.reencryption.states import with_states
from audit.reencryption.target import Layouts, layouts_for
from audit.stores_reading import StoresReading
from parsers.stores.change import Change, Sealed
from reports.run import Run

_ZERO_VECTOR: Final = b"|AAAAAAAAAAAAAAAAAAAAAA=="
"""What ends every value that Octopus.Migrator exports: there the key is new each time, not the vector."""


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
    making = _Making(wanted, _with_zero_vectors(values, stated))
    start = 0
    for each in examined:
        making.product(
            each, stated.slice(start, each.frame.height), values.slice(start, each.frame.height), start
        )
        start += each.frame.height
    table = with_outcomes(stated, dict.fromkeys(making.refused, State.REFUSED), making.refused)
    written = {
        each.row: each.openers[0].layout.name for of_store in making.planned.values() for each in of_store
    }
    names = pl.Series("new_layout", [written.get(row, "") for row in range(table.height)], pl.String)
    table = table.with_columns(names).match_to_schema(PLAN, extra_columns="ignore")
    return Plan(wanted.target, table, values, making.planned, tuple(making.basis), making.marks)


class _Making:
    """Makes the new values, product by product, and remembers why some are not made."""

    def __init__(self, wanted: Wanted, zero_vectors: Collection[str]) -> None:
        self._wanted = wanted
        self._zero_vectors = zero_vectors
        self.marks = Marks()
        self.planned: dict[str, list[Planned]] = {}
        self.refused: dict[int, str] = {}
        self.basis: dict[str, None] = {}

    def product(self, examined: Examined, stated: pl.DataFrame, values: pl.DataFrame, start: int) -> None:
        """All values of one product that are to be re-encrypted; `start` is its first row in the table."""
        wanted = self._wanted
        own = layouts_for(wanted.target, examined, wanted.ring, values, wanted.supplied)
        layouts = {**own, **wanted.layouts.get(examined.frame["system"][0], {})}
        chosen = (stated["state"] == State.RE_ENCRYPT).arg_true()
        told = stated.select("kind", "store", "record")[chosen].rows()
        for place, (kind, store, record), sealed in zip(chosen, told, values[chosen].rows(), strict=True):
            old, opener = Sealed(*sealed), examined.opener(place)
            new = new_value(old, opener, layouts[kind], self.marks, zero_vector=store in self._zero_vectors)
            if isinstance(new, str):
                self.refused[start + place] = new
                continue
            change = Change(record, old, new.sealed)
            self.planned.setdefault(store, []).append(Planned(start + place, change, new.openers, new.mark))
            self.basis[new.basis] = None


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
