"""The plan made: the run held against the stores as they are now, new values made, nothing written."""

from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl

from audit.errors import ReencryptionError
from audit.keys.key_ring import Key, KeyRing
from audit.layouts.user_supplied import Supplied
from audit.reencryption.marks import Marks
from audit.reencryption.new_value import new_value
from audit.reencryption.plan import Plan, Planned, with_outcomes
from audit.reencryption.state import PLAN, State
from audit.reencryption.states import with_states
from audit.reencryption.target import Layouts, layouts_for
from audit.run.examine import Examined
from audit.run.stores_reading import StoresReading
from parsers.stores.store_writer import StoredCiphertext, ValueChange
from reports.run import Run


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a plan is made from.

    Attributes:
        run: the audit that it rests on.
        target: the key of the ring under which everything is to open.
        ring: the candidate keys.
        supplied: layouts that known plain texts have proven.
        also: locations of values that are taken though their opening is not sure.
        layouts: by kind, where other stores show how values under `target` are written.
    """

    run: Run
    target: Key
    ring: KeyRing
    supplied: Supplied
    also: Collection[str] = ()
    layouts: Layouts = field(default_factory=dict)


def make_plan(wanted: Wanted, stores: StoresReading, examined: Examined) -> Plan:
    """Hold the run against the stores as they were just read and examined.

    Args:
        wanted: what is wanted.
        stores: the stores, with their values.
        examined: the values of the ring's product, judged under its keys.

    Raises:
        ReencryptionError: the stores are not those of the run.
    """
    values = values_of(examined, stores)
    stated = with_states(examined.frame, wanted.run.credentials, wanted.target, wanted.also)
    _refuse_another_store(stated, wanted.run.credentials)
    _refuse_unknown_locations(stated["location"], wanted.also)
    told = pl.concat([values.select("value"), stated.select("store")], how="horizontal")
    making = _Making(wanted, wanted.ring.product.rekeying.with_zero_vectors(told))
    making.make(examined, stated, values)
    table = with_outcomes(stated, dict.fromkeys(making.refused, State.REFUSED), making.refused)
    written = {
        each.row: each.openers[0].layout.name for of_store in making.planned.values() for each in of_store
    }
    names = pl.Series("new_layout", [written.get(row, "") for row in range(table.height)], pl.String)
    table = table.with_columns(names).match_to_schema(PLAN, extra_columns="ignore")
    return Plan(wanted.target, table, values, making.planned, tuple(making.basis), making.marks)


class _Making:
    """Makes the new values, and remembers why some are not made."""

    def __init__(self, wanted: Wanted, zero_vectors: Collection[str]) -> None:
        self._wanted = wanted
        self._zero_vectors = zero_vectors
        self.marks = Marks()
        self.planned: dict[str, list[Planned]] = {}
        self.refused: dict[int, str] = {}
        self.basis: dict[str, None] = {}

    def make(self, examined: Examined, stated: pl.DataFrame, values: pl.DataFrame) -> None:
        """All values that are to be re-encrypted."""
        wanted = self._wanted
        own = layouts_for(wanted.target, examined, values, wanted.supplied)
        layouts = {**own, **wanted.layouts}
        chosen = (stated["state"] == State.RE_ENCRYPT).arg_true()
        told = stated.select("kind", "store", "record")[chosen].rows()
        for place, (kind, store, record), sealed in zip(chosen, told, values[chosen].rows(), strict=True):
            old, opener = StoredCiphertext(*sealed), examined.opener(place)
            new = new_value(old, opener, layouts[kind], self.marks, zero_vector=store in self._zero_vectors)
            if isinstance(new, str):
                self.refused[place] = new
                continue
            change = ValueChange(record, old, new.sealed)
            self.planned.setdefault(store, []).append(Planned(place, change, new.openers, new.mark))
            self.basis[new.basis] = None


def values_of(examined: Examined, stores: StoresReading) -> pl.DataFrame:
    """`value` and `iv` of what was examined, in the same order."""
    batches = stores.of_product(examined.ring.product.id).batches
    return pl.concat([batch.select("value", "iv") for batch in batches])


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
