"""Log entries find the credentials that they name."""

import polars as pl

from audit.evidence.log_references import evidence_in_logs, mentions
from parsers.logs.schema import FINDINGS

CREDENTIALS = pl.DataFrame(
    [
        ("credential", "P", "db", "/projects/P/credentials/db", "ec_credential:id=" + "ab" * 16),
        ("credential", "Q", "db", "/projects/Q/credentials/db", "ec_credential:id=" + "cd" * 16),
        ("credential", "EC-JBoss-2.7", "cfg", "/plugins/EC-JBoss/project/credentials/cfg", "byte 7"),
        ("user", "", "db", "/users/db", "ec_user:id=1"),
        ("devops-insight", "", "DevOps Insight", "/devOpsInsightServerConfiguration", ""),
    ],
    schema=["kind", "project", "name", "location", "record"],
    orient="row",
)


def finding(
    subject_kind: str, subject: str, project: str, time: str, kind: str = "skipped-update"
) -> dict[str, object]:
    blank: dict[str, object] = dict.fromkeys(FINDINGS.names(), "")
    return {
        **blank,
        "kind": kind,
        "subject_kind": subject_kind,
        "subject": subject,
        "project": project,
        "time": time,
        "source": "a.log",
        "line": int(time),
    }


def evidence(*findings: dict[str, object]) -> pl.DataFrame:
    named = mentions(CREDENTIALS, pl.DataFrame(list(findings), schema=FINDINGS))
    return evidence_in_logs(named, CREDENTIALS.height)


def counts(*findings: dict[str, object]) -> list[int]:
    return evidence(*findings)["findings"].to_list()


def test_project_decides_where_it_is_told() -> None:
    """With a project one credential is named, without it every one of that kind and name."""
    assert counts(finding("credential", "db", "Q", "1")) == [0, 1, 0, 0, 0]
    assert counts(finding("credential", "db", "", "1")) == [1, 1, 0, 0, 0]
    assert counts(finding("credential", "db", "R", "1")) == [0, 0, 0, 0, 0]
    assert counts(finding("user", "db", "", "1")) == [0, 0, 0, 1, 0]


def test_plugin_projects_go_by_their_path() -> None:
    """Logs give a plug-in's path, exports the name of its project."""
    assert counts(finding("credential", "cfg", "/plugins/EC-JBoss/project", "1")) == [0, 0, 1, 0, 0]


def test_an_id_names_its_record() -> None:
    """An entry that gives nothing but an id names the record with that id."""
    assert counts(finding("credential", "cdcdcdcd-cdcd-cdcd-cdcd-cdcdcdcdcdcd", "", "1")) == [0, 1, 0, 0, 0]


def test_lists_name_each_of_theirs() -> None:
    """A list of corrupted credentials names every one of them, and nothing else is split at commas."""
    assert counts(finding("credential", "db, cfg", "", "1", "corrupted-credentials")) == [1, 1, 1, 0, 0]
    assert counts(finding("credential", "db, cfg", "", "1")) == [0, 0, 0, 0, 0]


def test_a_name_with_a_comma_is_one() -> None:
    """A list is not split inside the name of a credential that is there."""
    commas = CREDENTIALS.with_columns(name=pl.col("name").replace("cfg", "cfg, eu"))
    entry = finding("credential", "db, cfg, eu", "", "1", "corrupted-credentials")
    named = mentions(commas, pl.DataFrame([entry], schema=FINDINGS))
    assert named.named["name"].to_list() == ["db", "cfg, eu"]
    assert evidence_in_logs(named, commas.height)["findings"].to_list() == [1, 1, 1, 0, 0]


def test_devops_insight_needs_no_name() -> None:
    """There is one DevOps Insight server: an entry about it names it."""
    assert counts(finding("devops-insight", "", "", "1")) == [0, 0, 0, 0, 1]


def test_first_last_and_latest_position() -> None:
    """First and last time are told, and where the latest entry stands."""
    row = evidence(*(finding("user", "db", "", time) for time in ("3", "1", "2"))).row(3, named=True)
    assert row == {"findings": 3, "first_seen": "1", "last_seen": "3", "evidence": "a.log:3"}


def test_an_entry_counts_once() -> None:
    """A list that names the same credential twice is one entry."""
    assert counts(finding("credential", "cfg, cfg", "", "1", "corrupted-credentials")) == [0, 0, 1, 0, 0]


def test_nothing_named() -> None:
    """Without an entry that names anything there is no evidence, for any number of credentials."""
    assert evidence(finding("", "", "", "1", "decrypt-failure"))["findings"].to_list() == [0] * 5


def test_an_id_is_found_in_joined_records() -> None:
    """A value met in several stores carries all their records: the id in the first still counts."""
    joined = CREDENTIALS.with_columns(record=pl.col("record") + "; byte 17")
    entry = finding("credential", "cdcdcdcd-cdcd-cdcd-cdcd-cdcdcdcdcdcd", "", "1")
    named = mentions(joined, pl.DataFrame([entry], schema=FINDINGS))
    assert evidence_in_logs(named, joined.height)["findings"].to_list() == [0, 1, 0, 0, 0]
