"""What stops a re-encryption before it begins."""

import random
from collections.abc import Collection
from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from audit.errors import ReencryptionError
from audit.reencryption.guards import StoreObstacles, refuse_obstacles, refuse_rotation
from audit.reencryption.overrides import Despite
from audit.reencryption.plan import Plan
from parsers.stores.interface import Uncovered
from parsers.stores.store_writer import Blocker, BlockerKind, StoredCiphertext
from parsers.unread import Unread
from tests.audit.reencryption.estate import BESIDE, OLD, Estate, Judged, states, two_keys
from tests.support.sealing import seal

NEXT = bytes(range(40, 72))


def found(*hindrances: BlockerKind) -> list[StoreObstacles]:
    return [StoreObstacles("db", [Blocker(each, f"it is {each}") for each in hindrances])]


@pytest.mark.parametrize(
    ("hindrance", "word", "hint"),
    [
        (BlockerKind.SESSIONS, Despite.SESSIONS, "stop the product's server"),
        (BlockerKind.NO_TRANSACTIONS, Despite.NO_TRANSACTIONS, "take a backup"),
    ],
)
def test_people_may_know_better(hindrance: BlockerKind, word: Despite, hint: str) -> None:
    """Refused with what to do; with the right word only said; another word does not help."""
    for despite in ([], [each for each in Despite if each is not word]):
        with pytest.raises(ReencryptionError, match=f"db: it is {hindrance}") as error:
            refuse_obstacles(found(hindrance), despite)
        assert hint in error.value.hint
        assert f"--despite {word}" in error.value.hint
    assert refuse_obstacles(found(hindrance), [word]) == [f"db: it is {hindrance}"]


def test_what_cannot_be_seen_is_said() -> None:
    """Sessions of others cannot be listed without the right to: no reason to stop, and none to be silent."""
    assert refuse_obstacles(found(BlockerKind.SESSIONS_UNSEEN), []) == ["db: it is sessions-unseen"]


def test_single_records_are_no_reason_to_stop() -> None:
    """The plan tells them."""
    single = (BlockerKind.TOO_SHORT, BlockerKind.NOT_FOUND_AGAIN, BlockerKind.NOT_WRITTEN_PLAINLY)
    assert refuse_obstacles(found(*single), []) == []


def test_every_hindrance_has_its_place() -> None:
    """A new one is either refused, said, or one of single records: none is overlooked."""
    single = {BlockerKind.TOO_SHORT, BlockerKind.NOT_FOUND_AGAIN, BlockerKind.NOT_WRITTEN_PLAINLY}
    for each in set(BlockerKind) - single:
        assert refuse_obstacles(found(each), list(Despite)) == [f"db: it is {each}"]


def rotation(estate: Estate, *, to: str = "next", changed: int = 0) -> tuple[Plan, Judged]:
    estate.keys["next"] = NEXT
    run = estate.audited()
    for number in range(changed):
        value = seal(BESIDE, OLD, b"somebody's secret", random.Random(number))
        estate.store.there[f"row {number}"] = StoredCiphertext(value)
    judged = estate.judged()
    return judged.plan(run, to=to), judged


def refused(plan: Plan, judged: Judged, despite: Collection[Despite] = ()) -> str:
    with pytest.raises(ReencryptionError) as error:
        refuse_rotation(plan, judged.ring, judged.reading, despite)
    assert "--despite unreadable" in error.value.hint
    return error.value.message


def sound_estate() -> Estate:
    """Everything in it opens."""
    estate = two_keys()
    del estate.store.there["row 12"]
    return estate


@cache
def sound_rotation() -> tuple[Plan, Judged]:
    return rotation(sound_estate())


def test_a_rotation_of_what_opens_goes_on() -> None:
    """Nothing would be left behind."""
    plan, judged = sound_rotation()
    refuse_rotation(plan, judged.ring, judged.reading, [])


def test_what_a_rotation_would_leave_behind_is_counted() -> None:
    """Lost values, values that changed since the run, uncovered ones, what could not be read."""
    plan, judged = rotation(two_keys(), changed=2)
    assert "2 changed since the run" in refused(plan, judged)
    assert "1 unknown" in refused(plan, judged)
    plan, judged = rotation(sound_estate())
    judged.reading.uncovered.append(Uncovered("test", "ec_plugin.secret", 3))
    judged.reading.unread.append(Unread("test", "ec_user", "no right to SELECT"))
    message = refused(plan, judged)
    assert "3 uncovered" in message
    assert "1 places that could not be read" in message
    assert "lost" not in message


@pytest.mark.parametrize(
    ("column", "word", "said"),
    [
        ("verdict", "unknown", "1 unknown"),
        ("state", "unsure", "1 ambiguous"),
        ("state", "refused", "1 refused"),
        ("state", "changed", "1 changed since the run"),
    ],
)
def test_each_reason_alone_is_enough(column: str, word: str, said: str) -> None:
    """Every way of staying behind is one."""
    plan, judged = sound_rotation()
    first = pl.int_range(pl.len()) == 0
    worded = plan.table.with_columns(pl.when(first).then(pl.lit(word)).otherwise(column).alias(column))
    spoiled = Plan(plan.target, worded, plan.values, plan.planned, plan.basis, plan.text_mac)
    assert f"({said})" in refused(spoiled, judged)
    refuse_rotation(spoiled, judged.ring, judged.reading, [Despite.UNREADABLE])


def test_the_current_key_leaves_nothing_behind() -> None:
    """To the key that the server uses, lost values are lost either way."""
    estate = two_keys()
    judged = estate.judged()
    plan = judged.plan(estate.audited(), to="new")
    assert "left" in states(plan)
    refuse_rotation(plan, judged.ring, judged.reading, [])


def test_no_key_known_as_current_is_a_rotation() -> None:
    """Nobody said which key the server uses: then it may be that the old one goes."""
    estate = two_keys()
    judged = estate.judged()
    unmarked = replace(
        judged.ring, keys=tuple(replace(key, current=False) for key in judged.ring.keys), chosen=""
    )
    nobody = Judged(judged.reading, unmarked, replace(judged.examined, ring=unmarked))
    plan = nobody.plan(estate.audited(), to="new")
    assert "1 lost" in refused(plan, nobody)
