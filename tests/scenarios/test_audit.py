"""An administrator audits the estate; the store may be an export, a table or a database."""

import csv
from collections import Counter
from typing import Any

import polars as pl
import pytest

from audit.verdict import Verdict
from reports.run_folder import read_run_folder
from reports.schema import CREDENTIALS
from reports.tables import read_csv
from tests.scenarios.conftest import AuditRun

pytestmark = pytest.mark.xdist_group("audit_runs")  # one worker makes each run, once

FILES = {
    "credentials.csv",
    "credentials.parquet",
    "findings.parquet",
    "logged-not-stored.csv",
    "reentry",
    "report.html",
    "summary.json",
    "unread.csv",
}


def credentials(run: AuditRun) -> pl.DataFrame:
    return pl.read_parquet(run.folder / "credentials.parquet")


def test_something_needs_attention(audit_run: AuditRun) -> None:
    """Everything was read, and there is something to do: exit code 10, told in the summary too."""
    assert audit_run.ended.code == 10
    assert audit_run.summary()["exit_code"] == 10
    assert (audit_run.folder / "unread.csv").read_text().count("\n") == 1
    assert "Traceback" not in audit_run.ended.err


def test_every_verdict_is_true(audit_run: AuditRun, truth: dict[str, Any]) -> None:
    """Verdict, opening key, group and name of each credential are the truth's; there are no others."""
    columns = ["kind", "project", "name", "user_name", "verdict", "opened_by", "group"]
    told = {row["location"]: {name: row[name] for name in columns} for row in _rows(audit_run)}
    expected = truth["credentials"]
    assert len(_rows(audit_run)) == len(expected)
    assert {row["verdict"] for row in expected.values()} == set(Verdict) - {Verdict.UNKNOWN}
    assert _without_letters(told) == _without_letters(expected)
    assert _groups(told) == _groups(expected)


def _rows(run: AuditRun) -> list[dict[str, Any]]:
    return credentials(run).rows(named=True)


def _without_letters(rows: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {place: {name: row[name] for name in row if name != "group"} for place, row in rows.items()}


def _groups(rows: dict[str, dict[str, str]]) -> set[frozenset[str]]:
    """Which of the credentials share a secret; its letter depends on the order in the store."""
    members: dict[str, set[str]] = {}
    for place, row in rows.items():
        if row["group"]:
            members.setdefault(row["group"], set()).add(place)
    return {frozenset(places) for places in members.values()}


def test_actions_follow_from_verdicts(audit_run: AuditRun) -> None:
    """What opens under an older key is re-encrypted, what opens under none is entered again."""
    told = set(credentials(audit_run).select("verdict", "action").iter_rows())
    assert told == {
        ("current", "none"),
        ("older-key", "re-encrypt"),
        ("lost", "re-enter"),
        ("damaged", "re-enter"),
        ("ambiguous", "investigate"),
        ("plain-text", "investigate"),
        ("empty", "none"),
        ("external", "none"),
    }


def test_what_opens_is_sure(audit_run: AuditRun) -> None:
    """An opened value has a key's fingerprint, a layout and a chance of error of one in a million at most."""
    opened = credentials(audit_run).filter(pl.col("verdict").is_in(["current", "older-key"]))
    assert opened.height > 200
    assert set(opened["confidence"]) <= {"proven", "strong"}
    assert opened["false_positive"].max() <= 1e-6  # type: ignore[operator]  # the column holds floats
    assert opened.filter((pl.col("fingerprint") == "") | (pl.col("layout") == "")).is_empty()


def test_what_is_weak_is_said_to_be(audit_run: AuditRun) -> None:
    """Of ambiguous values the likeliest key is named, and that it may be chance."""
    weak = credentials(audit_run).filter(pl.col("verdict") == "ambiguous")
    assert set(weak["confidence"]) == {"weak"}
    assert weak["false_positive"].min() > 1e-6  # type: ignore[operator]  # the column holds floats
    assert all("may be chance" in reason for reason in weak["reason"])


def test_the_summary_adds_up(audit_run: AuditRun, truth: dict[str, Any]) -> None:
    """Verdicts and actions add up to the total, findings to the table, keys to what they open."""
    summary = audit_run.summary()
    table = credentials(audit_run)
    assert summary["total"] == table.height == len(truth["credentials"])
    assert sum(summary["verdicts"].values()) == sum(summary["actions"].values()) == summary["total"]
    assert summary["verdicts"] == Counter(table["verdict"])
    assert summary["actions"] == Counter(table["action"])
    assert summary["findings"] == Counter(row["kind"] for row in truth["findings"])
    assert {key["label"]: key["opens"] for key in summary["keys"]} == Counter(
        row["opened_by"] for row in truth["credentials"].values() if row["opened_by"]
    )
    assert {key["label"]: key["fingerprint"] for key in summary["keys"]} == {
        label: key["fingerprint"] for label, key in truth["keys"].items()
    }
    assert [key["label"] for key in summary["keys"] if key["current"]] == ["passkey"]


def test_findings_are_true(audit_run: AuditRun, truth: dict[str, Any]) -> None:
    """Each log entry of the truth is found at its position with all that the truth knows of it; no other."""
    told = pl.read_parquet(audit_run.folder / "findings.parquet").rows(named=True)
    expected = [{name: row[name] for name in row if name != "also_at"} for row in truth["findings"]]
    shown = [{name: row[name] for name in expected[0]} for row in told]
    assert sorted(shown, key=_position) == sorted(expected, key=_position)


def _position(row: dict[str, Any]) -> tuple[str, int]:
    return row["source"], row["line"]


def test_copies_are_counted_once_and_named(audit_run: AuditRun, truth: dict[str, Any]) -> None:
    """A log that lies there twice is among the inputs, with a word about its copy."""
    copies = {place for row in truth["findings"] for place in row["also_at"]}
    why = {row["path"]: row["why"] for row in audit_run.summary()["inputs"]}
    assert copies
    assert all(why[place] for place in copies)


def test_the_folder_is_private(audit_run: AuditRun) -> None:
    """Folders have mode 0700, files 0600, and nothing else lies there."""
    assert {path.name for path in audit_run.folder.iterdir()} == FILES
    inside = [audit_run.folder, *audit_run.folder.rglob("*")]
    assert {oct(path.stat().st_mode & 0o7777) for path in inside if path.is_dir()} == {"0o700"}
    assert {oct(path.stat().st_mode & 0o7777) for path in inside if path.is_file()} == {"0o600"}


def test_each_team_gets_what_it_lost(audit_run: AuditRun, truth: dict[str, Any]) -> None:
    """The lists hold the lost and damaged credentials, each once, with its owner, and no secret's column."""
    owners = dict(credentials(audit_run).select("location", "owner").iter_rows())
    listed: dict[str, str] = {}
    for path in (audit_run.folder / "reentry").iterdir():
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        assert len({row["team"] for row in rows}) == 1
        listed |= {row["location"]: row["team"] for row in rows}
        assert not {"password", "value", "secret"} & set(rows[0])
    lost = {place for place, row in truth["credentials"].items() if row["verdict"] in {"lost", "damaged"}}
    assert listed == {place: owners[place] or "unassigned" for place in lost}
    assert len(set(listed.values())) > 3


def test_csv_and_parquet_agree(audit_run: AuditRun) -> None:
    """`credentials.csv` read back is `credentials.parquet`, and both are what the folder is read as."""
    table = credentials(audit_run)
    assert read_csv((audit_run.folder / "credentials.csv").read_bytes(), CREDENTIALS).equals(table)
    assert read_run_folder(audit_run.folder).credentials.equals(table)


def test_the_terminal_tells_the_same(audit_run: AuditRun) -> None:
    """What is printed names the page, the counts and the teams."""
    printed = audit_run.ended.out.decode()
    summary = audit_run.summary()
    assert f"report: {audit_run.folder / 'report.html'}" in printed
    assert all(
        f"{verdict} " in printed and f" {count} " in printed for verdict, count in summary["verdicts"].items()
    )
    assert "Firmware: 12 to re-enter" in printed
