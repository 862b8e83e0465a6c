"""`scan` tells the whole picture: how often and when each subject appears, and which time the logs cover."""

import json
from typing import Any

import pytest

from tests.support.program import PASSWORD, Ended, passkey_audit

LOGS = ("scan", "logs", "--zip-password", PASSWORD)


@pytest.fixture(scope="module")
def by_subject() -> Ended:
    return passkey_audit(*LOGS, "--by", "subject", "--format", "json")


def test_each_subject_once(by_subject: Ended, truth: dict[str, Any]) -> None:
    """Counts, first and last times and nodes are those of the truth's findings, lists taken apart."""
    told: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for finding in truth["findings"]:
        several = finding["kind"] == "corrupted-credentials"
        for subject in finding["subject"].split(", ") if several else [finding["subject"]]:
            key = (finding["kind"], finding["subject_kind"], subject, finding["project"])
            told.setdefault(key, []).append(finding)
    rows = json.loads(by_subject.out)
    assert by_subject.code == 10
    assert len(rows) == len(told)
    for row in rows:
        findings = told[row["kind"], row["subject_kind"], row["subject"], row["project"]]
        times = sorted(finding["time"] for finding in findings)
        assert (row["findings"], row["first_seen"], row["last_seen"]) == (len(times), times[0], times[-1])
        assert row["nodes"] == ", ".join(sorted({finding["node"] for finding in findings} - {""}))
    assert [row["findings"] for row in rows] == sorted((row["findings"] for row in rows), reverse=True)


def test_spans_holes_and_the_upgrade_are_told_beside_it(by_subject: Ended) -> None:
    """Each node's time, each hole, the upgrade's window, what was counted once: on standard error."""
    said = by_subject.err
    assert "cd-kestrel cover 2021-01-17T00:00:32.835 to 2021-03-21T23:38:04.245, holes: 4\n" in said
    assert "  nothing from 2021-02-06T07:36:41.137 to 2021-02-06T09:00:00.000\n" in said
    assert (
        "upgrade on cd-kestrel: 2021-02-06T09:00:38.274 to 2021-02-06T09:28:39.411 "
        "from database version 9.1.0.142100\n" in said
    )
    assert "counted once: 11 findings of" in said


def test_quiet_says_nothing_of_it() -> None:
    """What is only worth knowing is left out; the table is the same."""
    ended = passkey_audit(*LOGS, "--quiet", "--format", "csv")
    assert ended.code == 10
    assert not ended.err


@pytest.mark.parametrize(
    "since",
    [
        "2021-03-21",
        "2021-03-21T00:00",
        "2021-03-21 00:00:00,000",
        "2021-03-20T23:00:00.000Z",
        "20210321T0000+0100",
        "2021/03/21 00:00:00.000",
        "2021-03-21 00:00:00.0000 +01:00",
    ],
)
def test_a_time_may_be_written_as_logs_write_it(since: str, truth: dict[str, Any]) -> None:
    """With a zone or without, with milliseconds or without: `--since` means the same point in time."""
    ended = passkey_audit(
        *LOGS, "--since", since, "--timezone", "Europe/Berlin", "--quiet", "--format", "json"
    )
    later = [finding for finding in truth["findings"] if finding["time"] >= "2021-03-21"]
    assert 0 < len(later) < len(truth["findings"])
    assert [row["line"] for row in json.loads(ended.out)] == [finding["line"] for finding in later]
