"""A product that nobody knows, given by its value alone, goes through every command's heart."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import pytest

from audit import products
from audit.errors import KeyRingError
from audit.layouts.user_supplied import NOTHING_SUPPLIED
from audit.ownership.owners import Owners
from audit.product import Rekeyed
from audit.readiness.check import State
from audit.readiness.checks import check_ids, make_checks
from audit.readiness.read_estate import read_estates
from audit.readiness.request import ReadinessRequest
from audit.reencryption.make_plan import Wanted, make_plan
from audit.reencryption.steps import steps_after
from audit.reencryption.ways_out import ways_out
from audit.run.run_audit import Audited, Request, examine_each_product, rings_for, run_audit
from audit.run.stores_reading import read_stores
from parsers.logs.reading import LogReading
from parsers.progress import Silent
from parsers.stores.default_mapping import DEFAULT_MAPPING
from parsers.stores.interface import Store
from tests.audit.reencryption.estate import key_files, two_keys
from tests.audit.toy_product import HARBOUR, KEY_NAME, LAYOUT, SYSTEM, harbour_store
from tests.contracts.test_rooms import NAME

OLD, NEW, FOREIGN = bytes(range(140, 172)), bytes(range(10, 42)), bytes(range(60, 92))
KEYS: Final = {"old": OLD, "new": NEW}


@pytest.fixture(autouse=True)
def _harbour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "PRODUCTS", (*products.PRODUCTS, HARBOUR))


def of_no_other(said: str) -> bool:
    """Whether no word of another product's stands there."""
    own_name = said.lower().replace("passkey-audit", "")
    words = ("passkey", "master key", "zookeeper", "kbec", "ectool")
    return not NAME.search(said) and not any(word in own_name for word in words)


def audited(stores: Sequence[Store], keys: dict[str, bytes], *current: str) -> Audited:
    request = Request(
        read_logs=lambda: LogReading((), (), (), (), (), ()),
        stores=stores,
        keys=key_files(keys),
        current=current,
        owners=Owners(()),
    )
    return run_audit(request, Silent())


def harbour() -> Store:
    return harbour_store((OLD, 4), (NEW, 6), (FOREIGN, 2))


def test_an_audit() -> None:
    """Its published layout needs no evidence, so few values have their verdict, and nothing else is said."""
    found = audited([harbour()], KEYS, "new")
    summary = found.run.summary
    assert summary.system == SYSTEM
    assert summary.verdicts == {"current": 6, "older-key": 4, "lost": 2}
    assert {(key.label, key.opens, key.current, key.system) for key in summary.keys} == {
        ("old", 4, False, SYSTEM),
        ("new", 6, True, SYSTEM),
    }
    opened = found.run.credentials.filter(verdict="current")
    assert set(opened["layout"]) == {LAYOUT.name}
    reasons = "\n".join(found.run.credentials["reason"].unique())
    assert of_no_other(reasons + "\n".join(found.remarks)), (reasons, found.remarks)


def test_beside_another_product() -> None:
    """Each product's values are judged under its own current key, and counted for it."""
    other = two_keys()
    stores, keys = [harbour(), other.store], KEYS | {"theirs": other.keys["new"]}
    with pytest.raises(KeyRingError, match="may be a key of several") as refused:
        audited(stores, keys, "theirs")
    assert refused.value.hint == "say cloudbees-cd:theirs or harbour:theirs"
    found = audited(stores, keys, "harbour:old", "cloudbees-cd:theirs")
    by_system = found.run.credentials.group_by("system", "verdict").len().sort("system", "verdict").rows()
    assert ("harbour", "current", 4) in by_system
    assert ("harbour", "older-key", 6) in by_system
    assert ("cloudbees-cd", "current", 6) in by_system
    current = {(key.system, key.label) for key in found.run.summary.keys if key.current}
    assert current == {("harbour", "old"), ("cloudbees-cd", "theirs")}


def test_readiness(tmp_path: Path) -> None:
    """Its checks in its order, over its nodes' key file, with its steps; none of another product."""
    for node in ("east", "west"):
        (tmp_path / node).mkdir()
        path = tmp_path / node / KEY_NAME
        path.write_bytes(NEW)
        path.chmod(0o600)
    request = ReadinessRequest(
        stores=[harbour_store((NEW, 5))],
        imports=(),
        backups=(),
        keys=(),
        copies=(),
        conf=[(node, tmp_path / node) for node in ("east", "west")],
        current=(),
    )
    (estate,) = read_estates(request, Silent())
    assert estate.product is HARBOUR
    assert estate.current is not None
    assert estate.current.content.reveal() == NEW
    checks = make_checks([estate])
    assert [(check.id, check.state) for check in checks] == [
        ("values-open", State.PASS),
        ("one-key", State.PASS),
        ("anchored", State.PASS),
        ("key-permissions", State.PASS),
    ]
    assert "anchored" in check_ids()
    steps = estate.product.readiness.steps(estate)
    assert steps == [
        "Close the harbour: east",
        "Close the harbour: west",
        "Turn the harbour's key.",
    ]
    nothing = replace(request, stores=[harbour()], keys=key_files(KEYS), conf=[])
    for read in (request, nothing):
        (each,) = read_estates(read, Silent())
        said = json.dumps([asdict(check) for check in make_checks([each])])
        assert of_no_other(said.replace(str(tmp_path), "")), said


def test_a_plan() -> None:
    """What its older key opens is planned in its layout; ways out and steps are its own."""
    store, run = harbour(), audited([harbour()], KEYS, "old").run
    reading = read_stores([store], Silent())
    rings = rings_for(reading, key_files(KEYS), ["old"])
    (examined,) = examine_each_product(reading, rings)
    ring = rings.of(HARBOUR)
    target = ring.find("new")
    assert target is not None
    plan = make_plan(Wanted(run, target, ring, NOTHING_SUPPLIED), reading, examined)
    assert plan.counts() == {"re-encrypt": 4, "already": 6, "left": 2}
    assert {each.openers[0].layout for each in plan.planned["harbour"]} == {LAYOUT}
    said = list(ways_out(examined.frame, ring, target, planned=4))
    assert said == [
        "restoring old would open 4 of 12 stored secrets, and no others",
        "re-encrypting makes 4 more open under new: 10 of 12 in all",
    ]
    steps = list(steps_after(Rekeyed(ring, target, reading.seen, DEFAULT_MAPPING.history)))
    assert steps[0] == "Hand new to the harbour master."
    assert len(steps) == 2
    assert of_no_other("\n".join([*said, *steps, *plan.basis]))
