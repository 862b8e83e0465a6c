"""Logs against store: what contradicts, and what only seems to."""

import polars as pl
import pytest

from audit.evidence.disagreements import LogComparison, compare_logs
from audit.evidence.log_references import evidence_in_logs, mentions
from parsers.logs.schema import FINDINGS
from reports.schema import NOT_STORED

ID = "cdcdcdcd-cdcd-cdcd-cdcd-cdcdcdcdcdcd"


def stored(
    name: str,
    verdict: str,
    *,
    project: str = "P",
    kind: str = "credential",
    modified: str = "",
    record: str = "",
) -> dict[str, object]:
    return {
        "system": "octopus" if kind == "document" else "cloudbees-cd",
        "kind": kind,
        "project": project,
        "name": name,
        "location": f"/projects/{project}/credentials/{name}",
        "verdict": verdict,
        "reason": "told",
        "modified": modified,
        "record": record,
    }


def entry(
    subject: str,
    *,
    project: str = "P",
    kind: str = "skipped-update",
    of: str = "credential",
    time: str = "2021-02-06T09:00:00.000",
    line: int = 7,
) -> dict[str, object]:
    return {
        **dict.fromkeys(FINDINGS.names(), ""),
        "system": "octopus" if of == "document" else "cloudbees-cd",
        "kind": kind,
        "subject_kind": of,
        "subject": subject,
        "project": project,
        "time": time,
        "source": "a.log",
        "line": line,
    }


def compared(
    rows: list[dict[str, object]],
    entries: list[dict[str, object]],
    logged: tuple[str, ...] = ("cloudbees-cd", "octopus"),
) -> LogComparison:
    credentials, findings = pl.DataFrame(rows), pl.DataFrame(entries, schema=FINDINGS)
    named = mentions(credentials, findings)
    evidence = evidence_in_logs(named, credentials.height)
    return compare_logs(pl.concat([credentials, evidence], how="horizontal"), named, findings, logged)


def marks(*rows: dict[str, object], entries: list[dict[str, object]]) -> list[str]:
    return compared(list(rows), entries).credentials["disagreement"].to_list()


@pytest.mark.parametrize("kind", ["skipped-update", "corrupted-credentials", "decrypt-failure"])
def test_reported_and_opens(kind: str) -> None:
    """What an entry calls unreadable and the current key opens disagrees, and the reason says until when."""
    done = compared([stored("a", "current"), stored("b", "current")], [entry("a", kind=kind)])
    assert done.credentials["disagreement"].to_list() == ["logged-but-opens", ""]
    reason, other = done.credentials["reason"]
    assert reason.startswith("told; logs report it up to 2021-02-06: entered again or its key restored since")
    assert other == "told"
    assert done.counts.logged_but_opens == 1


@pytest.mark.parametrize(
    ("modified", "said"),
    [
        ("2021-02-08 10:00:00", "its record was changed on 2021-02-08"),
        ("1612778400000", "its record was changed on 2021-02-08"),
        ("2021-02-06 23:00:00", "entered again or"),  # the same day, perhaps in another time zone
        ("2020-12-01 10:00:00", "entered again or"),
        ("8 Feb", "entered again or"),
    ],
)
def test_a_change_since(modified: str, said: str) -> None:
    """Where the store dates the last change to a day after the last entry, the reason says so."""
    done = compared([stored("a", "current", modified=modified)], [entry("a")])
    assert said in done.credentials["reason"][0]


@pytest.mark.parametrize("verdict", ["older-key", "lost", "damaged", "unknown", "ambiguous", "plain-text"])
def test_reported_and_does_not_open(verdict: str) -> None:
    """What the server could not open and its current key does not open agrees."""
    assert marks(stored("a", verdict), entries=[entry("a")]) == [""]


@pytest.mark.parametrize("verdict", ["empty", "external"])
def test_reported_and_no_longer_kept(verdict: str) -> None:
    """An empty value and one that was moved to a vault have nothing to open: no contradiction."""
    assert marks(stored("a", verdict), entries=[entry("a")]) == [""]


def test_another_of_that_name_explains_the_entry() -> None:
    """An entry without a project contradicts only if every credential that it can mean opens."""
    rows = [stored("a", "current"), stored("a", "lost", project="Q")]
    assert marks(*rows, entries=[entry("a", project="")]) == ["", ""]
    assert marks(*rows, entries=[entry("a")]) == ["logged-but-opens", "lost-but-not-logged"]
    both = [stored("a", "current"), stored("a", "current", project="Q")]
    assert marks(*both, entries=[entry("a", project="")]) == ["logged-but-opens"] * 2


def test_values_of_a_document() -> None:
    """An entry about a document contradicts only if all values of the document open."""
    entries = [entry("Accounts-1", of="document", kind="unreadable-document", project="")]
    place = "Account:Accounts-1#/"
    one = stored("Password", "current", kind="document", record=f"{place}Password")
    assert marks(one, entries=entries) == ["logged-but-opens"]
    other = stored("Token", "lost", kind="document", record=f"{place}Token")
    assert marks(one, other, entries=entries) == ["", ""]


@pytest.mark.parametrize(
    ("kind", "of"),
    [("stale-session", "session"), ("passkey-mismatch", "server"), ("own-phrase", "credential")],
)
def test_entries_that_say_nothing_of_a_stored_value(kind: str, of: str) -> None:
    """A stale session, a mismatch and phrases of one's own do not say that a stored value is unreadable."""
    done = compared([stored("a", "current")], [entry("a", kind=kind, of=of), entry("gone", kind=kind, of=of)])
    assert done.credentials["disagreement"].to_list() == [""]
    assert done.not_stored.is_empty()


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [("lost", "lost-but-not-logged"), ("damaged", "lost-but-not-logged"), ("older-key", ""), ("unknown", "")],
)
def test_lost_and_never_logged(verdict: str, expected: str) -> None:
    """What no key opens and no entry names will fail at its next use."""
    assert marks(stored("a", verdict), entries=[entry("b")]) == [expected]


def test_silence_of_logs_that_were_not_read() -> None:
    """Logs of one product say nothing of the other's values, whether they name anything or not."""
    rows = [stored("a", "lost"), stored("Accounts-1", "lost", kind="document")]
    for entries in ([entry("b")], []):
        done = compared(rows, entries, logged=("cloudbees-cd",))
        assert done.credentials["disagreement"].to_list() == ["lost-but-not-logged", ""]
        assert done.counts.lost_but_not_logged == 1


def test_logged_and_not_stored() -> None:
    """What no store has is listed once with its times and the place of the latest entry, and why perhaps."""
    entries = [
        entry("gone", time="2021-02-06T09:00:02.000", line=9),
        entry("gone", time="2021-02-06T09:00:01.000", line=8),
        entry("a", project="R"),
        entry("a, also gone", kind="corrupted-credentials"),
    ]
    done = compared([stored("a", "lost")], entries)
    assert done.not_stored.schema == NOT_STORED
    assert done.not_stored.select(
        "project", "subject", "findings", "first_seen", "last_seen", "evidence"
    ).rows() == [
        ("P", "also gone", 1, "2021-02-06T09:00:00.000", "2021-02-06T09:00:00.000", "a.log:7"),
        ("P", "gone", 2, "2021-02-06T09:00:01.000", "2021-02-06T09:00:02.000", "a.log:9"),
        ("R", "a", 1, "2021-02-06T09:00:00.000", "2021-02-06T09:00:00.000", "a.log:7"),
    ]
    assert done.not_stored["reason"].to_list() == [
        "deleted, renamed, or stored by another server",
        "deleted, renamed, or stored by another server",
        "project P has one of this name: moved, or of another server",
    ]
    assert done.counts.logged_but_not_stored == 3


def test_what_cannot_be_compared() -> None:
    """Of a kind that no store has, and by an id where stores have none, absence means nothing."""
    entries = [entry("eve", of="user", kind="undecryptable-user", project=""), entry(ID, project="")]
    done = compared([stored("a", "lost", record="line 7")], entries)
    assert done.not_stored.is_empty()
    assert (done.counts.logged_but_not_stored, done.counts.not_comparable) == (0, 2)
    with_ids = stored("a", "lost", record="ec_credential:id=" + "ab" * 16)
    done = compared([with_ids, stored("bob", "lost", kind="user")], entries)
    assert sorted(done.not_stored["subject"]) == [ID, "eve"]
    assert done.counts.not_comparable == 0


def test_entries_that_name_nothing_are_counted() -> None:
    """Failures that do not say of what can be about anything: they are counted, and mark nothing."""
    entries = [
        entry("", kind="decrypt-failure", of=""),
        entry("", kind="crypto-exception", of=""),
        entry("", kind="stale-session", of="session"),
        entry("", kind="skipped-update", of="devops-insight"),
        entry("a"),
    ]
    assert compared([stored("a", "lost")], entries).counts.unnamed == 2


def test_counts_are_those_of_the_frame() -> None:
    """Every count of the summary is the number of rows so marked."""
    rows = [stored("a", "current"), stored("b", "lost"), stored("c", "damaged"), stored("d", "empty")]
    done = compared(rows, [entry("a"), entry("x"), entry("y")])
    assert dict(done.credentials["disagreement"].value_counts().iter_rows()) == {
        "logged-but-opens": 1,
        "lost-but-not-logged": 2,
        "": 1,
    }
    counts = done.counts
    assert (counts.logged_but_opens, counts.lost_but_not_logged, counts.logged_but_not_stored) == (1, 2, 2)
