"""After the audit, another owners file comes along: lists are made again."""

import csv
from pathlib import Path
from typing import Any

import pytest

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
