"""What reading again proves, and what it finds wrong."""

import random
from collections.abc import Callable

import polars as pl
import pytest

from audit.reencryption.plan import Plan, PlannedChange
from audit.reencryption.proof import Proof, prove
from audit.run.stores_reading import read_stores
from parsers.progress import Silent
from parsers.stores.schema import STORED
from parsers.stores.store_writer import StoredCiphertext
from tests.audit.reencryption.estate import BESIDE, NEW, OLD, Estate, two_keys
from tests.support.sealing import seal


def reread(estate: Estate) -> pl.DataFrame:
    return pl.concat(
        [STORED.to_frame(), *(each.frame for each in read_stores([estate.store], Silent()).batches)]
    )


def written_estate() -> tuple[Estate, Plan, list[PlannedChange]]:
    estate = two_keys()
    plan = estate.plan(estate.audited())
    written = list(plan.planned["test"])
    estate.store.replace([each.change for each in written])
    return estate, plan, written


def proof_of(
    estate: Estate, plan: Plan, written: list[PlannedChange], *, overtaken: tuple[int, ...] = ()
) -> Proof:
    return prove(plan, "test", written, reread(estate), aligned=False, overtaken=overtaken)


def test_all_is_well() -> None:
    """Six written ones open to what they held, the eight others are the same."""
    estate, plan, written = written_estate()
    assert proof_of(estate, plan, written) == Proof({}, proven=6, untouched=8, added=0)


def other_text(estate: Estate) -> None:
    estate.store.there["row 1"] = StoredCiphertext(seal(BESIDE, NEW, b"another text", random.Random(1)))


def old_one(estate: Estate) -> None:
    estate.store.there["row 1"] = StoredCiphertext(seal(BESIDE, OLD, estate.plain["row 1"], random.Random(1)))


def new_vector(estate: Estate) -> None:
    estate.store.there["row 1"] = StoredCiphertext(seal(BESIDE, NEW, estate.plain["row 1"], random.Random(1)))


def cut_off(estate: Estate) -> None:
    now = estate.store.there["row 1"]
    assert now is not None
    estate.store.there["row 1"] = StoredCiphertext(now.value[:-1])


def in_capitals(estate: Estate) -> None:
    now = estate.store.there["row 1"]
    assert now is not None
    estate.store.there["row 1"] = StoredCiphertext(now.value.upper())


def emptied(estate: Estate) -> None:
    estate.store.there["row 1"] = None


def gone(estate: Estate) -> None:
    del estate.store.there["row 1"]


@pytest.mark.parametrize("harm", [other_text, old_one, new_vector, cut_off, in_capitals, emptied, gone])
def test_a_written_value_that_is_not_what_was_written(harm: Callable[[Estate], None]) -> None:
    """Whatever became of it, a single byte is enough: it is a fault, and not proven."""
    estate, plan, written = written_estate()
    harm(estate)
    assert proof_of(estate, plan, written) == Proof(
        {1: "it is not the value that was written"}, proven=5, untouched=8, added=0
    )


def test_a_written_value_that_opens_to_another_text() -> None:
    """What was written stands there, and is not the text of before: the mark tells, without the text."""
    estate, plan, written = written_estate()
    wrong = StoredCiphertext(seal(BESIDE, NEW, b"another text", random.Random(1)))
    first = written[0]
    written[0] = PlannedChange(
        first.row, type(first.change)("row 0", first.change.old, wrong), first.openers, first.mac
    )
    estate.store.there["row 0"] = wrong
    proof = proof_of(estate, plan, written)
    assert proof.faults == {0: "it does not open to the text that it held before"}
    assert proof.proven == 5


@pytest.mark.parametrize(
    ("row", "harm"),
    [(7, b"another"), (12, b"another"), (13, b"a value"), (7, b"")],
)
def test_another_value_that_is_not_the_same_any_more(row: int, harm: bytes) -> None:
    """Nobody asked for it: it is a fault, be it of the target key, lost, or without a value before."""
    estate, plan, written = written_estate()
    estate.store.there[f"row {row}"] = StoredCiphertext(harm)
    proof = proof_of(estate, plan, written)
    assert proof.faults == {row: "it was not to be written, and is another now"}
    assert (proof.proven, proof.untouched) == (6, 7)


@pytest.mark.parametrize("row", [7, 13])
def test_another_value_that_is_gone(row: int) -> None:
    """A row without a value counts as gone too if it is not there any more."""
    estate, plan, written = written_estate()
    del estate.store.there[f"row {row}"]
    proof = proof_of(estate, plan, written)
    assert proof.faults == {row: "it was not to be written, and is gone"}
    assert proof.untouched == 7


def test_what_others_changed_before_it_could_be_written() -> None:
    """It was left to them, whatever they do with it: no fault, and not counted as the same."""
    estate, plan, written = written_estate()
    estate.store.there["row 2"] = StoredCiphertext(b"somebody's")
    left = [each for each in written if each.row != 2]
    assert proof_of(estate, plan, left, overtaken=(2,)) == Proof({}, proven=5, untouched=8, added=0)
    del estate.store.there["row 2"]
    assert proof_of(estate, plan, left, overtaken=(2,)).faults == {}


def test_what_was_added_meanwhile_is_counted() -> None:
    """Somebody made a credential: no fault of ours."""
    estate, plan, written = written_estate()
    added = reread(estate).head(1).with_columns(record=pl.lit("row 99"))
    proof = prove(plan, "test", written, pl.concat([reread(estate), added]), aligned=False)
    assert proof == Proof({}, proven=6, untouched=8, added=1)


def test_nothing_could_be_read() -> None:
    """Then nothing is proven."""
    _, plan, written = written_estate()
    proof = prove(plan, "test", written, STORED.to_frame(), aligned=False)
    assert set(proof.faults) == set(range(14))
    assert (proof.proven, proof.untouched) == (0, 0)


def test_the_order_of_a_database_does_not_matter() -> None:
    """Rows are found by their record."""
    estate, plan, written = written_estate()
    shuffled = reread(estate).reverse()
    assert prove(plan, "test", written, shuffled, aligned=False).faults == {}


def test_the_order_of_a_file_does() -> None:
    """A file is written anew in its order, though its lines move and its name is another."""
    estate, plan, written = written_estate()
    moved = reread(estate).with_columns(
        store=pl.lit("out.xml"), record=pl.format("line {}", pl.int_range(14))
    )
    assert prove(plan, "test", written, moved, aligned=True) == Proof({}, 6, 8, 0)
    assert prove(plan, "test", written, moved.reverse(), aligned=True).faults
    twice = pl.concat([moved, moved.tail(1)])
    assert prove(plan, "test", written, twice, aligned=True).added == 1
    assert 13 in prove(plan, "test", written, moved.head(13), aligned=True).faults


def test_records_that_stand_twice() -> None:
    """Two values of one record are held against each other in their order, and none is lost in a join."""
    estate = two_keys()
    frame = estate.store._frame.with_columns(record=pl.lit("the same"))
    plan = estate.plan(estate.audited())
    doubled = type(plan)(
        plan.target,
        plan.table.with_columns(record=pl.lit("the same")),
        plan.values,
        {},
        plan.basis,
        plan.text_mac,
    )
    assert prove(doubled, "test", [], frame, aligned=False) == Proof({}, 0, 14, 0)
    assert len(prove(doubled, "test", [], frame.head(13), aligned=False).faults) == 1
