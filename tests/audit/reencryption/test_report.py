"""The report, in numbers that add up."""

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from audit.errors import InconsistentCountsError
from audit.reencryption.journal import journal_for_writing
from audit.reencryption.plan import Plan
from audit.reencryption.reaudit import Reaudit, still_needed
from audit.reencryption.report import (
    by_reason,
    counts_in_words,
    make_report,
    needs_attention,
    proof_in_words,
)
from audit.reencryption.state import SETTLED, State
from audit.reencryption.write_and_prove import PlanOutcome, reencrypt_in_place
from parsers.progress import Silent
from parsers.stores.store_writer import StoredCiphertext
from tests.audit.reencryption.estate import Estate, journal_at, two_keys


def done_with(estate: Estate, folder: Path) -> PlanOutcome:
    plan = estate.plan(estate.audited())
    with journal_for_writing(journal_at(folder), plan.target.fingerprint) as journal:
        return reencrypt_in_place(plan, [(estate.store, estate.store)], journal, Silent())


def afterwards(estate: Estate, done: PlanOutcome, *, complete: bool = True) -> Reaudit:
    judged = estate.judged().examined.frame
    return Reaudit(done, still_needed(judged, done.plan.target), complete)


def test_all_went_well(tmp_path: Path) -> None:
    """Numbers that add up, nothing that needs an old key, and what is lost is still somebody's task."""
    estate = two_keys()
    report = make_report(afterwards(estate, done_with(estate, tmp_path)))
    assert report.states == {"re-encrypted": 6, "already": 6, "left": 1, "nothing": 1}
    assert sum(report.states.values()) == report.total == 14
    assert (report.target, report.still_needed, report.faults) == ("new", {}, [])
    assert report.exit_code == 10
    (store,) = report.stores
    assert store.proven + store.untouched == report.total
    said = list(proof_in_words(report))
    assert said[-1] == "of the values read none needs any other candidate key than new"
    assert "6 open under new to the text that they held before, 8 others are the same" in said[0]


def test_nothing_left_to_do(tmp_path: Path) -> None:
    """Nothing was lost: exit code 0, and 3 where not all of the store was read."""
    estate = two_keys()
    del estate.store.there["row 12"]
    done = done_with(estate, tmp_path)
    assert not needs_attention(done.plan)
    assert make_report(afterwards(estate, done)).exit_code == 0
    assert make_report(afterwards(estate, done, complete=False)).exit_code == 3


def test_a_value_that_was_skipped_still_needs_its_key(tmp_path: Path) -> None:
    """Somebody changed it meanwhile, under the old key: the report names that key."""
    estate = two_keys()
    theirs = estate.store.there["row 0"]
    estate.store.on_replace = lambda number: estate.store.there.update({"row 1": theirs})
    report = make_report(afterwards(estate, done_with(estate, tmp_path)))
    assert report.states["changed"] == 1
    assert report.still_needed == {"old": 1}
    assert report.exit_code == 10
    assert "1 values still need old" in list(proof_in_words(report))


def test_no_key_is_called_needless_while_one_may_be_needed(tmp_path: Path) -> None:
    """A value that fits several keys may need any of them: nothing is claimed."""
    estate = two_keys()
    report = make_report(afterwards(estate, done_with(estate, tmp_path)))
    unsure = report.model_copy(update={"states": {**report.states, "already": 5, "unsure": 1}})
    said = list(proof_in_words(unsure))
    assert "which of them they need is not known" in said[-1]
    assert not any("none needs any other" in each for each in said)


def test_put_back(tmp_path: Path) -> None:
    """The run failed; nothing is claimed to be proven, and everything that needs the old key is counted."""
    estate = two_keys()
    estate.store.after_replace = lambda number: estate.store.there.update({"row 8": StoredCiphertext(b"x")})
    report = make_report(afterwards(estate, done_with(estate, tmp_path)))
    assert report.states == {"put-back": 6, "already": 6, "left": 1, "nothing": 1}
    assert report.exit_code == 1
    assert report.still_needed == {"old": 6}
    assert [(each.proven, each.untouched) for each in report.stores] == [(0, 13)]
    assert not any("no value needs" in each for each in proof_in_words(report))


def test_states_that_do_not_add_up_are_a_fault_of_the_program(tmp_path: Path) -> None:
    """A word that no state is would be counted nowhere."""
    estate = two_keys()
    done = done_with(estate, tmp_path)
    odd = done.plan.table.with_columns(state=done.plan.table["state"].replace({"already": "odd"}))
    spoiled = replace(done, plan=replace(done.plan, table=odd))
    with pytest.raises(InconsistentCountsError):
        make_report(Reaudit(spoiled, {}, complete=True))


def test_in_words_every_state_has_one() -> None:
    """A line each, and the sum."""
    estate = two_keys()
    plan = estate.plan(estate.audited())
    every = [str(each) for each in State] + ["left"] * (plan.table.height - len(State))
    said = list(counts_in_words(of_states(plan, every)))
    assert len(said) == len(State) + 1
    assert sum(int(line.split()[0]) for line in said[:-1]) == plan.table.height
    assert said[-1].split() == ["14", "values", "in", "all"]
    assert not any("{" in line for line in said)


def of_states(plan: Plan, words: list[str]) -> Plan:
    return replace(plan, table=plan.table.with_columns(pl.Series("state", words)))


def test_by_reason_tells_all_that_is_not_settled() -> None:
    """Each value once, with an example; what is settled is nobody's task."""
    estate = two_keys()
    plan = estate.plan(estate.audited())
    table = by_reason(plan)
    unsettled = plan.table.filter(~plan.table["state"].is_in(SETTLED)).height
    assert table["values"].sum() == unsettled == 7
    assert table.row(0)[:3] == ("re-encrypt", 6, "old")
    assert set(table["such_as"]) <= set(plan.table["location"])


def test_the_file_holds_no_value(tmp_path: Path) -> None:
    """`reencryption.json` is of labels, states and numbers."""
    estate = two_keys()
    report = make_report(afterwards(estate, done_with(estate, tmp_path)))
    text = report.model_dump_json()
    assert json.loads(text)["total"] == 14
    for record, plain in estate.plain.items():
        value = estate.store.there[record]
        assert value is not None
        assert value.value.decode() not in text
        assert plain.decode() not in text
