"""Ignore rules on a run."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from audit.ownership.ignore_file import IgnoreRule, ignore
from reports.page import render_page
from reports.run import Run
from reports.schema import CREDENTIALS, FINDINGS
from tests.reports.example_run import example_run

TODAY = date(2025, 6, 1)
LATER = date(2025, 12, 31)
RUN = example_run(400)


def rule(pattern: str, expires: date = LATER, reason: str = "agreed") -> IgnoreRule:
    return IgnoreRule(pattern, reason, expires)


def in_project(run: Run, project: str) -> pl.DataFrame:
    return run.credentials.filter(pl.col("project") == project)


def test_what_is_ignored_keeps_its_verdict() -> None:
    """Only action and reason change, and only where something had to be done."""
    ignored = ignore(RUN, [rule("/projects/Billing/*")], TODAY)
    before, after = in_project(RUN, "Billing"), in_project(ignored, "Billing")
    assert set(before["action"]) > {"none"}
    assert set(after["action"]) == {"none"}
    same = [name for name in before.columns if name not in {"action", "reason"}]
    assert after.select(same).equals(before.select(same))
    for old, new in zip(before.rows(named=True), after.rows(named=True), strict=True):
        needed = old["action"] != "none"
        told = f"ignored until 2025-12-31: agreed ({old['reason']})"
        assert new["reason"] == (told if needed else old["reason"])
    others = pl.col("project") != "Billing"
    assert ignored.credentials.filter(others).equals(RUN.credentials.filter(others))


def test_the_summary_counts() -> None:
    """Actions are counted again; each rule says how many it ignores, and the first that matches counts."""
    rules = [rule("/projects/Billing/*"), rule("/projects/*"), rule("/nothing/*")]
    ignored = ignore(RUN, rules, TODAY)
    needed = RUN.credentials.filter(pl.col("action") != "none")
    billing = needed.filter(pl.col("project") == "Billing").height
    in_projects = needed.filter(pl.col("location").str.starts_with("/projects/")).height
    assert [each.credentials for each in ignored.summary.ignored] == [billing, in_projects - billing, 0]
    assert sum(ignored.summary.actions.values()) == RUN.summary.total
    assert ignored.summary.actions["none"] == RUN.summary.actions["none"] + in_projects
    assert ignored.summary.verdicts == RUN.summary.verdicts


def test_an_expired_rule_is_reported_and_ignores_nothing() -> None:
    """Afterwards everything counts again; the rule stays in the summary until somebody removes it."""
    expired = ignore(RUN, [rule("*", date(2025, 5, 31))], TODAY)
    assert expired.credentials.equals(RUN.credentials)
    (told,) = expired.summary.ignored
    assert (told.expired, told.credentials, told.expires) == (True, 0, "2025-05-31")
    behind = ignore(RUN, [rule("*", date(2025, 5, 31)), rule("*")], TODAY)
    assert [(each.expired, each.credentials > 0) for each in behind.summary.ignored] == [
        (False, True),
        (True, False),
    ]


@pytest.mark.parametrize(
    ("findings", "code", "rules", "expected"),
    [
        (False, 10, [rule("*")], 0),
        (False, 10, [rule("/projects/Billing/*")], 10),
        (True, 10, [rule("*")], 10),  # log entries still want to be looked at
        (False, 3, [rule("*")], 3),
        (False, 10, [rule("*", date(2020, 1, 1))], 10),
    ],
)
def test_the_exit_code(findings: bool, code: int, rules: list[IgnoreRule], expected: int) -> None:
    """Where all that had to be done is ignored nothing needs attention; a partial answer stays partial."""
    run = replace(
        RUN,
        findings=RUN.findings if findings else RUN.findings.clear(),
        summary=RUN.summary.model_copy(update={"exit_code": code}),
    )
    assert ignore(run, rules, TODAY).summary.exit_code == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"subject": "a", "project": "P"}, 0),
        ({"subject": "a", "project": ""}, 0),  # or the other "a", which opens
        ({"subject": "a, a", "project": "P", "kind": "corrupted-credentials"}, 0),
        ({"subject": "b", "project": "P"}, 10),  # needs action
        ({"subject": "a, b", "project": "P", "kind": "corrupted-credentials"}, 10),
        ({"subject": "a", "project": "Q"}, 10),  # opens: nothing was ignored about it
        ({"subject": "gone", "project": "P"}, 10),
        ({"subject": "", "project": "", "kind": "decrypt-failure", "subject_kind": ""}, 10),
    ],
)
def test_entries_about_what_is_ignored(entry: dict[str, str], expected: int) -> None:
    """A log entry that can only be about what is ignored is ignored too; any other needs attention."""
    blank = {**dict.fromkeys(FINDINGS.names(), ""), "line": 1}
    told = {**blank, "kind": "skipped-update", "subject_kind": "credential", **entry}
    rows = [("P", "a", "lost", "re-enter"), ("Q", "a", "current", "none"), ("P", "b", "lost", "re-enter")]
    stored = pl.DataFrame(
        [
            {
                **dict.fromkeys(CREDENTIALS.names(), ""),
                "kind": "credential",
                "project": project,
                "name": name,
                "verdict": verdict,
                "action": action,
                "location": f"/projects/{project}/credentials/{name}",
                "false_positive": None,
                "findings": 0,
            }
            for project, name, verdict, action in rows
        ],
        schema=CREDENTIALS,
    )
    run = replace(
        RUN,
        credentials=stored,
        findings=pl.DataFrame([told], schema=FINDINGS),
        summary=RUN.summary.model_copy(update={"total": 3, "verdicts": {"lost": 2, "current": 1}}),
    )
    alone = [rule("/projects/P/credentials/a")]
    everything = [rule("/projects/P/*")] if "b" not in entry["subject"] else alone
    ignored = ignore(run, everything, TODAY)
    assert ignored.summary.exit_code == expected
    assert ignored.summary.ignored_findings == (1 if expected == 0 else 0)
    assert ignored.findings.equals(run.findings)


def test_no_rules() -> None:
    """Without rules the run is as it was."""
    assert ignore(RUN, [], TODAY) is RUN


def test_the_page_shows_the_rules() -> None:
    """How many are ignored, by which rule and until when; a hostile reason is text."""
    rules = [rule("/projects/Billing/*", reason="<script>x</script>"), rule("/old/*", date(2024, 1, 1))]
    page = "".join(render_page(ignore(RUN, rules, TODAY)))
    assert "<code>/projects/Billing/*</code>" in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "2024-01-01 (expired)" in page
    assert 'id="ignored"' not in "".join(render_page(RUN))
