"""Proof of a re-encryption: the store is read again, and every value compared with what it should be.

It follows the commit, and reads over new connections: within the transaction one would see what one has just
sent, not what the server keeps. Triggers, column types that cut a value off, and writers that ignore the lock
show only here.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from audit.reencryption.cipher import open_value
from audit.reencryption.plan import PlaintextMac, Plan, PlannedChange
from parsers.stores.store_writer import StoredCiphertext

_DIFFERENT_NOW: Final = "it is not the value that was written"
_OTHER_TEXT: Final = "it does not open to the text that it held before"
_TOUCHED: Final = "it was not to be written, and is another now"
_VANISHED: Final = "it was not to be written, and is gone"


@dataclass(frozen=True, slots=True)
class Proof:
    """What reading again showed.

    Attributes:
        faults: why a value is not what it should be, by row of the plan's table.
        proven: how many written values open to the text that they held before.
        untouched: how many others are the same, byte for byte.
        added: how many values are there that were not before.
    """

    faults: dict[int, str]
    proven: int
    untouched: int
    added: int


def prove(
    plan: Plan,
    store: str,
    written: Sequence[PlannedChange],
    after: pl.DataFrame,
    *,
    aligned: bool,
    overtaken: Collection[int] = (),
) -> Proof:
    """Compare every value of a store with the plan.

    Args:
        plan: what was to become of them.
        store: the store's label in the plan.
        written: what was written.
        after: the store's values read again over a new connection, of the schema `STORED`.
        aligned: whether they come in the same order as before, as those of a file do; rows of a database
            are found by their record.
        overtaken: rows that others changed before they could be written: these may be anything.
    """
    before = _numbered(plan.table, plan.values, store, aligned=aligned)
    again = _numbered(after, after, store, aligned=aligned)
    pairs = before.join(again, on=["record", "occurrence"], how="left", suffix="_now", coalesce=True)
    of_row = {each.row: each for each in written}
    faults: dict[int, str] = {}
    there = pairs["found_now"].is_not_null()  # a row with no value is gone too if it is gone
    same = there & pairs["value"].eq_missing(pairs["value_now"]) & pairs["iv"].eq_missing(pairs["iv_now"])
    is_written = pairs["row"].is_in(list(of_row))
    is_untouched = ~is_written & ~pairs["row"].is_in(list(overtaken))
    for row, found in pairs.filter(is_untouched & ~same).select("row", "found_now").rows():
        faults[row] = _TOUCHED if found else _VANISHED
    for row, value, iv in pairs.filter(is_written).select("row", "value_now", "iv_now").rows():
        if fault := _fault(of_row[row], StoredCiphertext(value or b"", iv), plan.text_mac):
            faults[row] = fault
    return Proof(
        faults=faults,
        proven=len(of_row) - sum(row in of_row for row in faults),
        untouched=int((is_untouched & same).sum()),
        added=again.height - int(pairs["found_now"].sum() or 0),
    )


def _numbered(table: pl.DataFrame, values: pl.DataFrame, store: str, *, aligned: bool) -> pl.DataFrame:
    """Rows of one store with what finds them again: the record, or their place."""
    joined = pl.concat(
        [table.select("store", "record"), values.select("value", "iv")], how="horizontal"
    ).with_row_index("row")
    of_store = joined.filter(pl.col("store") == store) if not aligned or table is not values else joined
    key = pl.lit("") if aligned else pl.col("record")
    return of_store.with_columns(
        key.alias("record"), pl.int_range(pl.len()).over(key).alias("occurrence"), pl.lit(1).alias("found")
    ).drop("store")


def _fault(written: PlannedChange, now: StoredCiphertext, text_mac: PlaintextMac) -> str:
    if now != written.change.new:
        return _DIFFERENT_NOW
    texts = [open_value(now, each) for each in written.openers]
    same = all(plain is not None and text_mac.mac(plain) == written.mac for plain in texts)
    return "" if same else _OTHER_TEXT
