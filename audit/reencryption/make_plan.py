"""Make the plan: compare the run with the stores as they are now, and encrypt the new values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from audit.errors import ReencryptionError
from audit.keys.key_ring import Key, KeyRing
from audit.layouts.user_supplied import SuppliedLayouts
from audit.reencryption.cipher import open_value
from audit.reencryption.new_layout import SURE, Layouts, NewLayout, NotEstablished
from audit.reencryption.plan import PlaintextMac, Plan, PlannedChange, with_outcomes
from audit.reencryption.state import OF_VERDICT, PLAN, State
from audit.reencryption.target import layouts_for
from audit.run.examine import ExaminedProduct
from audit.run.stores_reading import StoresReading
from audit.trial.hypothesis import Hypothesis
from audit.verdict import Verdict
from parsers.secret import Secret
from parsers.stores.store_writer import StoredCiphertext, ValueChange
from reports.run import Run
from reports.wording import ONE_KNOWN_TEXT, TEXT_NOT_SETTLED


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """The inputs of a plan.

    Attributes:
        run: the audit that it rests on.
        target: the key of the ring under which everything is to open.
        ring: the candidate keys.
        supplied: layouts that known plain texts have proven.
        also: locations of values to re-encrypt although their opening is not certain.
        layouts: by kind, where other stores show how values under `target` are written.
    """

    run: Run
    target: Key
    ring: KeyRing
    supplied: SuppliedLayouts
    also: Collection[str] = ()
    layouts: Layouts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class NewValue:
    """What is to be written.

    Attributes:
        sealed: the new value.
        openers: the target key in every layout that may be meant: each opens it.
        mac: of the plain text.
        basis: what the layout rests on, one sentence.
    """

    sealed: StoredCiphertext
    openers: tuple[Hypothesis, ...]
    mac: bytes
    basis: str


def make_plan(wanted: PlanRequest, stores: StoresReading, examined: ExaminedProduct) -> Plan:
    """Compare the run with the stores as they were just read and examined.

    Args:
        wanted: the inputs.
        stores: the stores, with their values.
        examined: the values of the ring's product, judged under its keys.

    Raises:
        ReencryptionError: the stores are not those of the run.
    """
    values = values_of(examined, stores)
    judged = examined.frame.with_columns(whole=pl.Series(examined.whole))
    stated = with_states(judged, wanted.run.credentials, wanted.target, wanted.also)
    _refuse_another_store(stated, wanted.run.credentials)
    _refuse_unknown_locations(stated["location"], wanted.also)
    by_store = pl.concat([values.select("value"), stated.select("store")], how="horizontal")
    making = _NewValues(wanted, wanted.ring.product.rekeying.with_zero_vectors(by_store))
    making.make(examined, stated, values)
    table = with_outcomes(stated, dict.fromkeys(making.refused, State.REFUSED), making.refused)
    written = {
        each.row: each.openers[0].layout.name for of_store in making.planned.values() for each in of_store
    }
    names = pl.Series("new_layout", [written.get(row, "") for row in range(table.height)], pl.String)
    table = table.with_columns(names).match_to_schema(PLAN, extra_columns="ignore")
    return Plan(wanted.target, table, values, making.planned, tuple(making.basis), making.text_mac)


class _NewValues:
    """Makes the new values, and records why some cannot be made."""

    def __init__(self, wanted: PlanRequest, zero_vectors: Collection[str]) -> None:
        self._wanted = wanted
        self._zero_vectors = zero_vectors
        self.text_mac = PlaintextMac()
        self.planned: dict[str, list[PlannedChange]] = {}
        self.refused: dict[int, str] = {}
        self.basis: dict[str, None] = {}

    def make(self, examined: ExaminedProduct, stated: pl.DataFrame, values: pl.DataFrame) -> None:
        """All values that are to be re-encrypted."""
        wanted = self._wanted
        own = layouts_for(wanted.target, examined, values, wanted.supplied)
        layouts = {**own, **wanted.layouts}
        chosen = (stated["state"] == State.RE_ENCRYPT).arg_true()
        places = stated.select("kind", "store", "record")[chosen].rows()
        for place, (kind, store, record), sealed in zip(chosen, places, values[chosen].rows(), strict=True):
            old, opener = StoredCiphertext(*sealed), examined.opener(place)
            new = new_value(
                old, opener, layouts[kind], self.text_mac, zero_vector=store in self._zero_vectors
            )
            if isinstance(new, str):
                self.refused[place] = new
                continue
            change = ValueChange(record, old, new.sealed)
            self.planned.setdefault(store, []).append(PlannedChange(place, change, new.openers, new.mac))
            self.basis[new.basis] = None


def values_of(examined: ExaminedProduct, stores: StoresReading) -> pl.DataFrame:
    """`value` and `iv` of what was examined, in the same order."""
    batches = stores.of_product(examined.ring.product.id).batches
    return pl.concat([batch.frame.select("value", "iv") for batch in batches])


def _refuse_unknown_locations(there: pl.Series, also: Collection[str]) -> None:
    if unknown := sorted(set(also) - set(there)):
        raise ReencryptionError(
            f"no credential in these stores is at {unknown[0]!r}",
            hint="name it as the column `location` of the run has it",
        )


def _refuse_another_store(stated: pl.DataFrame, run: pl.DataFrame) -> None:
    """No credential of these stores is in the run: either the store or the run is the wrong one."""
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


_SAME_VALUE = ("system", "location", "value_digest")
_NOT_WHOLE = f"{TEXT_NOT_SETTLED}; {ONE_KNOWN_TEXT}"
_OPENED = (Verdict.CURRENT, Verdict.OLDER_KEY)


def with_states(judged: pl.DataFrame, run: pl.DataFrame, target: Key, also: Collection[str]) -> pl.DataFrame:
    """The values with `state` and `reason`, in their order.

    Args:
        judged: the values as they are now, judged; `whole` says whether the opening, if it is right, gives
            the whole text.
        run: the credentials of the run.
        target: the key under which everything is to open.
        also: locations to re-encrypt although their opening is not certain.
    """
    before = run.select(*_SAME_VALUE, pl.col("verdict").alias("judged_then")).unique(
        _SAME_VALUE, keep="first", maintain_order=True
    )
    known = judged.join(before, on=_SAME_VALUE, how="left", maintain_order="left")
    asked_for = pl.col("location").is_in(list(also)) & (pl.col("opened_by") != "")
    sure = pl.col("verdict").is_in(_OPENED) & pl.col("confidence").is_in(SURE)
    twice = pl.col("layout").str.contains(" > ", literal=True)
    # Whoever asks for a weak opening vouches for it: then the text is known where it gives the whole of one.
    whole = pl.col("text_confidence").is_in(SURE) | (asked_for & pl.col("whole") & ~twice)
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
    return stated.with_columns(reason.alias("reason")).drop("judged_then", "whole")


_HIDDEN: Final = f"{TEXT_NOT_SETTLED}; {ONE_KNOWN_TEXT}"
_TWO_WAYS: Final = (
    f"the layouts that the data cannot tell apart would write different values; {ONE_KNOWN_TEXT}"
)
_NO_COLUMN: Final = "its vector is in a column of its own, which the new layout does not have"

_NO_OBJECT: Final = "it does not stand in a JSON object, as values of the new layout do"


def new_value(
    old: StoredCiphertext,
    opener: Sequence[Hypothesis],
    layout: NewLayout | NotEstablished,
    text_mac: PlaintextMac,
    *,
    zero_vector: bool,
) -> NewValue | str:
    """The new value; or a sentence that says why there is none.

    Args:
        old: as it lies in the store.
        opener: the key in the layout that opens it; the outer one first where it was encrypted twice.
        layout: how it is to be written.
        text_mac: of this run.
        zero_vector: whether the store's vectors are all zero.

    Raises:
        ReencryptionError: what was made does not open to the same text: a fault of this program.
    """
    if isinstance(layout, NotEstablished):
        return f"{layout.reason}; {layout.hint}"
    plain = open_through(old, opener)
    if plain is None:
        return _HIDDEN
    if not layout.can_hold(old):
        return _NO_OBJECT
    new = layout.encrypt(plain, old, zero_vector=zero_vector)
    if new is None:
        return _TWO_WAYS
    if old.iv is not None and new.iv is None:
        return _NO_COLUMN
    if any(open_value(new, each) != plain for each in layout.alike):
        raise ReencryptionError("a new value does not open to the text of the old one: nothing was written")
    basis = f"new values are written in {layout.hypothesis.layout.name}: {layout.basis}"
    return NewValue(new, layout.alike, text_mac.mac(plain), basis)


def open_through(sealed: StoredCiphertext, opener: Sequence[Hypothesis]) -> Secret | None:
    """The text under every encryption, the outer one taken off first; None where one does not open."""
    plain: Secret | None = None
    for each in opener:
        plain = open_value(sealed, each)
        if plain is None:
            return None
        sealed = StoredCiphertext(plain.reveal())
    return plain
