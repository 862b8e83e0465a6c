"""Teams gave their lists back: what is ticked is held against what opens now."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.conftest import AuditRun
from tests.support.program import ESTATE, PASSWORD, Ended, passkey_audit

pytestmark = pytest.mark.xdist_group("audit_runs")


STORE = ESTATE / "store" / "credentials.csv"


def audit(out: Path, lists: Path, store: Path = STORE) -> Ended:
    return passkey_audit(
        *("audit", "logs", "--zip-password", PASSWORD, "--owners", "owners.csv", "--out", out),
        *("--store", store, "--key", "keys", "--current", "passkey", "--reentered", lists),
    )


def tick(path: Path, *locations: str) -> None:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["done"] = "x" if row["location"] in locations else ""
    with path.open("w", newline="", encoding="utf-16") as file:
        writer = csv.DictWriter(file, [*reversed(rows[0])], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def summary(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "summary.json").read_bytes())
    return told


def entered_again(store: Path, truth: dict[str, Any], location: str) -> Path:
    """A store in which the secret at `location` has the value of one that opens under the current key."""
    with STORE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    values = {(row["kind"], row["project"], row["name"]): row["value"] for row in rows}
    opens = next(row for row in truth["credentials"].values() if row["verdict"] == "current")
    lost = truth["credentials"][location]
    for row in rows:
        if (row["project"], row["name"]) == (lost["project"], lost["name"]):
            row["value"] = values[opens["kind"], opens["project"], opens["name"]]
    with store.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)
    return store


@pytest.fixture
def lists(export_run: AuditRun, tmp_path: Path) -> Path:
    """The lists of the audit, as the teams got them."""
    folder = tmp_path / "came-back"
    shutil.copytree(export_run.folder / "reentry", folder)
    return folder


def two_lost(truth: dict[str, Any]) -> tuple[str, str]:
    lost = [
        place
        for place, row in truth["credentials"].items()
        if row["verdict"] == "lost" and row["project"] == "Firmware Lab"
    ]
    return lost[0], lost[1]


def test_nothing_ticked(lists: Path, tmp_path: Path) -> None:
    """Everything that is to be entered is not claimed; the run's own lists are as before."""
    ended = audit(tmp_path / "run", lists)
    told = summary(tmp_path / "run")
    assert ended.code == told["exit_code"]
    assert told["reentered"] == {"not-claimed": told["actions"]["re-enter"]}
    assert b"entered again, by team:" in ended.out
    assert b"ticked, but cannot be opened:" not in ended.out


def test_one_is_back_and_one_is_not(lists: Path, truth: dict[str, Any], tmp_path: Path) -> None:
    """A ticked secret that opens again is readable, one that does not is named on the terminal."""
    entered, claimed = two_lost(truth)
    tick(lists / "firmware.csv", entered, claimed)
    ended = audit(tmp_path / "run", lists, entered_again(tmp_path / "later.csv", truth, entered))
    told = summary(tmp_path / "run")
    assert told["reentered"] == {
        "still-lost": 1,
        "not-claimed": told["actions"]["re-enter"] - 1,
        "readable": 1,
    }
    assert ended.code == 10
    in_vain = ended.out.decode().partition("ticked, but cannot be opened:")[2]
    assert claimed in in_vain
    assert entered not in in_vain


def test_lists_that_lie_in_the_run_folder(lists: Path, truth: dict[str, Any], tmp_path: Path) -> None:
    """They are read before the folder is written anew, without ticks."""
    run = tmp_path / "run"
    audit(run, lists)
    tick(run / "reentry" / "firmware.csv", *two_lost(truth))
    audit(run, run / "reentry")
    assert summary(run)["reentered"]["still-lost"] == 2
    audit(run, run / "reentry")
    assert "still-lost" not in summary(run)["reentered"]


def test_a_list_that_cannot_be_read(lists: Path, tmp_path: Path) -> None:
    """It is named, the rest is still told, and the answer is incomplete."""
    (lists / "firmware.csv").write_bytes(b'location,done\n"open quote,x\n')
    ended = audit(tmp_path / "run", lists)
    assert ended.code == summary(tmp_path / "run")["exit_code"] == 3
    assert "not read: " in ended.err
    assert "firmware.csv" in ended.err
    with (tmp_path / "run" / "unread.csv").open(newline="") as file:
        assert str(lists / "firmware.csv") in {row["path"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("what", ["missing", "empty"])
def test_no_lists(what: str, tmp_path: Path) -> None:
    """An error with a hint, and no run folder."""
    lists = tmp_path / "lists"
    if what == "empty":
        lists.mkdir()
        (lists / "notes.txt").write_text("location,done")
    ended = audit(tmp_path / "run", lists)
    assert ended.code == 1
    assert [line.partition(":")[0] for line in ended.err.splitlines()] == ["error", "hint"]
    assert not (tmp_path / "run").exists()
