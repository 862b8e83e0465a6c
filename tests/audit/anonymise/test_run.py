"""A whole run without names."""

from dataclasses import replace
from datetime import date

import polars as pl

from audit.anonymise.run import anonymised
from audit.ownership.ignore_file import IgnoreRule, ignore
from reports.run import Run
from reports.schema import CREDENTIALS, FINDINGS, NOT_STORED, UNREAD
from reports.summary import Summary
from tests.reports.example_run import example_run

RUN = ignore(
    example_run(300),
    [IgnoreRule("/projects/Billing/*", "Mrs Miller knows", date(9999, 12, 31))],
    date(2025, 1, 1),
)
DONE = anonymised(RUN)


def everything(run: Run) -> str:
    frames = (run.credentials, run.findings, run.unread, run.not_stored)
    return "\n".join([run.summary.model_dump_json(), *(frame.write_ndjson() for frame in frames)])


def test_no_name_is_left() -> None:
    """Projects, names, users, teams, contacts, nodes, reasons of rules and paths are in nothing any more."""
    told = everything(DONE).lower()
    columns = ("project", "user_name", "owner", "contact")
    gone = {value for column in columns for value in RUN.credentials[column] if len(value) > 2}
    gone |= {name for name in RUN.credentials["name"] if name.isascii() and name.replace("-", "").isalnum()}
    gone |= {
        "Payroll",
        "passkey-9.1",
        *RUN.findings["node"],
        "Mrs Miller",
        "Billing",
        "support.zip!/servers/cd-node",
    }
    assert len(gone) > 300
    left = {name for name in gone - {"unassigned"} if name.lower() in told}
    assert left == set()


def test_what_support_needs_stays() -> None:
    """Verdicts, times, kinds, layouts, fingerprints of keys, counts and the shape of messages stay."""
    same = [
        "system",
        "kind",
        "verdict",
        "fingerprint",
        "confidence",
        "layout",
        "action",
        "first_seen",
        "findings",
    ]
    assert DONE.credentials.select(same).equals(RUN.credentials.select(same))
    same = [
        "system",
        "kind",
        "subject_kind",
        "time",
        "level",
        "line",
        "database_fingerprint",
        "file_fingerprint",
    ]
    assert DONE.findings.select(same).equals(RUN.findings.select(same))
    assert DONE.findings["message"].str.starts_with("Skipping updating password for credential '").all()
    assert DONE.summary.verdicts == RUN.summary.verdicts
    assert DONE.summary.span == RUN.summary.span
    assert [key.fingerprint for key in DONE.summary.keys] == [key.fingerprint for key in RUN.summary.keys]


def test_equal_stays_equal() -> None:
    """One real name has one pseudonym in every place, and two have two."""
    for column in ("project", "name", "user_name", "owner", "location"):
        pairs = pl.DataFrame(
            {"was": RUN.credentials[column].str.to_lowercase(), "is": DONE.credentials[column]}
        )
        assert pairs.unique().height == pairs["was"].n_unique() == pairs["is"].n_unique()
    called = dict(zip(RUN.credentials["name"], DONE.credentials["name"], strict=True))
    for was, now in zip(RUN.findings["subject"], DONE.findings["subject"], strict=True):
        assert now == called.get(was, now)
    plain = pl.col("subject").str.contains(r"^name-\d+$")
    named = DONE.findings.filter(plain).select(
        pl.col("message").str.contains(pl.col("subject"), literal=True)
    )
    assert named["message"].all()


def test_keys_keep_their_story() -> None:
    """Periods, missing keys and upgrades keep times and fingerprints, and lose labels, places and nodes."""
    for was, now in zip(RUN.summary.periods, DONE.summary.periods, strict=True):
        assert now == was.model_copy(update={"label": now.label})
        assert bool(now.label) == bool(was.label)
    (missing,) = DONE.summary.missing_keys
    assert missing.saves_up_to == RUN.summary.missing_keys[0].saves_up_to
    assert {period.label for period in DONE.summary.periods} <= {"", *(k.label for k in DONE.summary.keys)}
    assert DONE.summary.upgrades[0].end == RUN.summary.upgrades[0].end
    gone = DONE.not_stored
    assert gone.drop("project", "subject", "evidence").equals(
        RUN.not_stored.drop("project", "subject", "evidence")
    )
    assert gone["project"].str.contains(r"^$|^project-\d+$").all()


def test_what_links_secrets_is_dropped() -> None:
    """Digests of values and groups of equal secrets are empty."""
    assert set(DONE.credentials["value_digest"]) == set(DONE.credentials["group"]) == {""}


def test_every_column_and_field_is_known_here() -> None:
    """Who adds one has to say what becomes of it in `audit/anonymise/run.py`; then it goes into this list."""
    assert len(CREDENTIALS) == 26
    assert len(FINDINGS) == 13
    assert len(UNREAD) == 5
    assert len(NOT_STORED) == 9
    fields = {
        "system",
        "total",
        "verdicts",
        "actions",
        "findings",
        "keys",
        "fingerprints",
        "layouts",
        "inputs",
    }
    counts = {"span", "disagreements", "ignored", "ignored_findings", "reentered", "exit_code"}
    assert set(Summary.model_fields) == (
        fields | counts | {"periods", "missing_keys", "upgrades", "open_questions"}
    )


def test_the_same_each_time() -> None:
    """The same run gives the same pseudonyms."""
    assert everything(anonymised(RUN)) == everything(DONE)


def test_an_empty_run() -> None:
    """A run without anything in it is no trouble."""
    empty = replace(
        RUN,
        summary=RUN.summary.model_copy(update={"total": 0, "verdicts": {}, "actions": {}}),
        credentials=RUN.credentials.clear(),
        findings=RUN.findings.clear(),
        unread=RUN.unread.clear(),
    )
    assert anonymised(empty).credentials.is_empty()
