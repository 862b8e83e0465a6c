"""A product that nobody knows, given by its value alone, goes through every command's heart."""

import base64
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import pytest
from Crypto.Cipher import AES
from typer.testing import CliRunner, Result

from audit import products
from audit.cli.app import app
from audit.errors import KeyRingError
from audit.exit_codes import ExitCode
from audit.layouts.user_supplied import NOTHING_SUPPLIED
from audit.ownership.owners import Owners
from audit.product import KeyChange
from audit.readiness.check import CheckState
from audit.readiness.checks import check_ids, make_checks
from audit.readiness.read_estate import OpenedEstate, read_estates
from audit.reencryption.advice import options_summary, steps_after
from audit.reencryption.make_plan import PlanRequest, make_plan
from audit.run.run_audit import AuditOutcome, Request, examine_each_product, rings_for, run_audit
from audit.run.stores import product_of_connection_file
from audit.run.stores_reading import read_stores
from parsers.errors import StoreError
from parsers.logs.reading import LogReading
from parsers.progress import Silent
from parsers.stores.default_mapping import DEFAULT_MAPPING
from parsers.stores.interface import Store
from tests.audit.reencryption.estate import key_files, two_keys
from tests.audit.toy_product import HARBOUR, KEY_NAME, LAYOUT, SYSTEM, harbour_database, harbour_store
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


def audited(stores: Sequence[Store], keys: dict[str, bytes], *current: str) -> AuditOutcome:
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
    request = OpenedEstate(
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
        ("values-open", CheckState.PASS),
        ("one-key", CheckState.PASS),
        ("anchored", CheckState.PASS),
        ("key-permissions", CheckState.PASS),
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
    plan = make_plan(PlanRequest(run, target, ring, NOTHING_SUPPLIED), reading, examined)
    assert plan.counts() == {"re-encrypt": 4, "already": 6, "left": 2}
    assert {each.openers[0].layout for each in plan.planned["harbour"]} == {LAYOUT}
    said = list(options_summary(examined.frame, ring, target, planned=4))
    assert said == [
        "restoring old would open 4 of 12 stored secrets, and no others",
        "re-encrypting makes 4 more open under new: 10 of 12 in all",
    ]
    steps = list(steps_after(KeyChange(ring, target, reading.seen, DEFAULT_MAPPING.history)))
    assert steps[0] == "Hand new to the harbour master."
    assert len(steps) == 2
    assert of_no_other("\n".join([*said, *steps, *plan.basis]))


def command(*words: str | Path) -> Result:
    """A command of the program, in this process: another would not have the toy product."""
    ended = CliRunner().invoke(app, [str(each) for each in words])
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return ended


def opened_by(database: Path) -> list[tuple[str, bytes]]:
    """Under which key each value opens and to which text, by a cipher that the program does not use."""
    with closing(sqlite3.connect(database)) as connection:
        words = connection.execute("SELECT word FROM berth ORDER BY rowid").fetchall()
    return [_opened(base64.b64decode(word)) for (word,) in words]


def _opened(sealed: bytes) -> tuple[str, bytes]:
    for label, key in {**KEYS, "foreign": FOREIGN}.items():
        try:
            text = AES.new(key, AES.MODE_GCM, nonce=sealed[:12]).decrypt_and_verify(
                sealed[12:-16], sealed[-16:]
            )
        except ValueError:
            continue
        return label, text
    raise AssertionError("opens under none")


def test_the_whole_way(tmp_path: Path) -> None:
    """Its own file leads to its database: audited, entered again, re-encrypted in place, and put back."""
    chart = harbour_database(tmp_path, (OLD, 4), (NEW, 6), (FOREIGN, 2))
    for label, key in KEYS.items():
        (tmp_path / label).write_bytes(key)
    (tmp_path / "owners.csv").write_text("pattern,team,contact\n/**,Dockers,d@example.com\n")
    run, lists, database = tmp_path / "run", tmp_path / "lists", tmp_path / "harbour.sqlite"
    keys = ("--key", tmp_path / "old", "--key", tmp_path / "new")
    stores = ("--database-properties", chart)
    owned = ("--owners", tmp_path / "owners.csv")
    ended = command("audit", *stores, *keys, "--current", "new", *owned, "--out", run)
    assert ended.exit_code == ExitCode.ATTENTION, ended.output
    page = (run / "report.html").read_text()
    assert "Passkey audit · Harbour" in page
    assert "Look for older keys in <code>the bosun&#39;s chest</code>." in page
    assert "letters to the <code>harbour master</code>" in page
    ended = command("reentry", run, *owned, "--out", lists)
    assert "Dockers: 2 to re-enter" in ended.output
    assert {path.name for path in lists.iterdir()} == {"dockers.csv", "dockers.letter", "reentry.xlsx"}
    assert (lists / "dockers.letter").read_text() == "dockers: Dockers has 2 words to tell\n"
    listed = (lists / "dockers.csv").read_text()
    assert listed.count("tell the harbour master the new word for 'ship ") == 2
    assert of_no_other(listed)
    before = opened_by(database)
    content = database.read_bytes()
    again = ("reencrypt", run, *stores, *keys, "--to", "new")
    ended = command(*again)
    assert database.read_bytes() == content
    ended = command(*again, "--apply", "--yes")
    assert ended.exit_code == ExitCode.ATTENTION, ended.output  # two values are lost
    assert "4 open under new to the text that they held before" in " ".join(ended.output.split())
    assert "Hand new to the harbour master." not in ended.output  # the server uses it already
    assert of_no_other(ended.output.replace(str(tmp_path), "")), ended.output
    after = opened_by(database)
    assert [text for _, text in after] == [text for _, text in before]
    assert [label for label, _ in after] == ["new"] * 10 + ["foreign"] * 2
    ended = command("undo", run / "journal.jsonl", *stores)
    assert ended.exit_code == 0, ended.output
    assert opened_by(database) == before


def test_another_products_file_leads_elsewhere(tmp_path: Path) -> None:
    """Of two products with such a file, its name says whose it is; what has no such name is refused."""
    chart = harbour_database(tmp_path, (NEW, 1))
    assert product_of_connection_file(chart)[0] is HARBOUR
    assert product_of_connection_file(tmp_path / "database.properties")[0].title == "CloudBees CD"
    with pytest.raises(StoreError, match="of CloudBees CD, Harbour"):
        product_of_connection_file(tmp_path / "notes.txt")
