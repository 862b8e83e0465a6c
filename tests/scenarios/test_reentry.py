"""After the audit, another owners file comes along: lists are made again."""

import csv
import os
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.hostile.scripts.stubs import write_stubs
from tests.hostile.scripts.terminal import run_on_terminal
from tests.scenarios.conftest import AuditRun
from tests.support.program import passkey_audit

pytestmark = pytest.mark.xdist_group("audit_runs")


def read(folder: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="") as file:
            rows += csv.DictReader(file)
    return rows


def test_the_same_owners_give_the_same_lists(export_run: AuditRun, tmp_path: Path) -> None:
    """`reentry` writes what the audit wrote, byte for byte, and privately."""
    ended = passkey_audit("reentry", export_run.folder, "--owners", "owners.csv", "--out", tmp_path / "lists")
    assert (ended.code, ended.err) == (10, "")
    lists = {path.name: path.read_bytes() for path in (tmp_path / "lists").glob("*.csv")}
    assert lists == {path.name: path.read_bytes() for path in (export_run.folder / "reentry").glob("*.csv")}
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "lists").iterdir()} == {0o600}
    assert (tmp_path / "lists").stat().st_mode & 0o777 == 0o700


def test_other_owners(export_run: AuditRun, truth: dict[str, Any], tmp_path: Path) -> None:
    """One team gets everything that is lost or damaged, under a name that is safe as a file's."""
    owners = tmp_path / "owners.csv"
    owners.write_text('pattern,team,contact\n**,"../Night shift",night@example.com\n')
    ended = passkey_audit("reentry", export_run.folder, "--owners", owners, "--out", tmp_path / "lists")
    lost = {place for place, row in truth["credentials"].items() if row["verdict"] in {"lost", "damaged"}}
    rows = read(tmp_path / "lists")
    assert ended.code == 10
    assert {row["location"] for row in rows} == lost
    assert {(row["team"], row["contact"], row["done"]) for row in rows} == {
        ("../Night shift", "night@example.com", "")
    }
    assert all(row["how_to_reenter"] for row in rows)
    assert {path.name for path in tmp_path.iterdir()} == {"owners.csv", "lists"}


def test_a_workbook_of_all_lists(export_run: AuditRun, truth: dict[str, Any], tmp_path: Path) -> None:
    """A sheet for each team, together what the lists hold."""
    passkey_audit("reentry", export_run.folder, "--owners", "owners.csv", "--out", tmp_path / "lists")
    book = openpyxl.load_workbook(tmp_path / "lists" / "reentry.xlsx", read_only=True)
    rows = [row for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)]
    places = book[book.sheetnames[0]]["A1:L1"][0]
    location = [cell.value for cell in places].index("location")
    assert len(book.sheetnames) == len(list((tmp_path / "lists").glob("*.csv")))
    assert sorted(row[location] for row in rows) == sorted(
        place for place, row in truth["credentials"].items() if row["verdict"] in {"lost", "damaged"}
    )
    book.close()


def test_a_team_enters_its_secrets(export_run: AuditRun, tmp_path: Path) -> None:
    """The script asks for each secret of the list in its order, and hands each to ectool."""
    folder = tmp_path / "lists"
    passkey_audit("reentry", export_run.folder, "--owners", "owners.csv", "--out", folder)
    stubs = write_stubs(tmp_path / "bin")
    with (folder / "firmware.csv").open(newline="") as file:
        listed = list(csv.DictReader(file))
    answers = [("other choices): ", f"secret of {row['name']}\n") for row in listed]
    ended = run_on_terminal(
        ["sh", folder / "firmware.sh"], answers, os.environ | {"PATH": stubs.path}, tmp_path
    )
    assert ended.code == 0
    assert [(call.arguments[4].decode(), call.stdin.decode()) for call in stubs.calls()] == [
        (row["name"], f"secret of {row['name']}") for row in listed
    ]
    logged = (folder / "firmware.log").read_text().splitlines()
    assert [line.split("\t")[1:] for line in logged] == [["entered", row["location"]] for row in listed]


@pytest.mark.parametrize("what", ["missing", "not a run"])
def test_what_is_no_run(what: str, tmp_path: Path) -> None:
    """An error with a hint, and no lists."""
    run = tmp_path / "run"
    if what == "not a run":
        run.mkdir()
        (run / "notes.txt").write_text("mine")
    ended = passkey_audit("reentry", run, "--owners", "owners.csv", "--out", tmp_path / "lists")
    assert ended.code == 1
    assert [line.partition(":")[0] for line in ended.err.splitlines()] == ["error", "hint"]
    assert not (tmp_path / "lists").exists()
