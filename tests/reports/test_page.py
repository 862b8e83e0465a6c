"""The page as a file: its policy, its data, its words."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from reports.answer import project_counts, team_work
from reports.key_table import key_rows, period_in_words
from reports.page import (
    FINDING_LIMIT,
    ROW_LIMIT,
    PageRows,
    data_block,
    json_block,
    page_rows,
    render_page,
    server_findings,
)
from reports.run import Run
from reports.schema import CREDENTIALS, FINDINGS, UNREAD
from reports.summary import KeyPeriod, SpanSummary, Summary
from reports.wording import ACTIONS, VERDICTS
from tests.reports.example_run import CURRENT, GUIDES, HOSTILE_NAMES, MISSING, OLDER, example_run


class Elements(HTMLParser):
    """Start tags with their attributes, and the text of each script."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.in_script = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.in_script = tag == "script"
        if self.in_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.in_script = False

    def handle_data(self, data: str) -> None:
        if self.in_script:
            self.scripts[-1] += data


@pytest.fixture(scope="module")
def run() -> Run:
    return example_run(300)


@pytest.fixture(scope="module")
def page(run: Run) -> str:
    return "".join(render_page(run))


def empty_run() -> Run:
    summary = Summary(
        system="octopus",
        total=0,
        verdicts={},
        actions={},
        findings={},
        keys=[],
        fingerprints=[],
        layouts=[],
        inputs=[],
        span=SpanSummary(first="", last="", gaps=[]),
        exit_code=3,
    )
    return Run(
        summary=summary,
        credentials=pl.DataFrame(schema=CREDENTIALS),
        findings=pl.DataFrame(schema=FINDINGS),
        unread=pl.DataFrame(schema=UNREAD),
        guides=GUIDES,
    )


def test_only_its_own_scripts_may_run(page: str) -> None:
    """The policy names the digest of each script in the page, and nothing else may be loaded."""
    elements = Elements(page)
    [policy] = [a["content"] for tag, a in elements.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy is not None
    data, *scripts = elements.scripts
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert policy.startswith("default-src 'none'; script-src " + " ".join(f"'sha256-{d}'" for d in digests))
    assert "unsafe-eval" not in policy
    assert json.loads(data)["credentials"]["height"] == 300
    for tag, attributes in elements.tags:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert "src" not in attributes
        assert tag not in {"img", "iframe", "object", "embed", "link", "base"}


def test_the_answer_comes_first(page: str, run: Run) -> None:
    """The heading tells how many must be entered again, before keys, teams, evidence and the table."""
    reenter = run.summary.actions["re-enter"]
    assert re.search(rf"<h1>\s*{reenter} of 300 stored credentials must be entered again", page)
    places = [
        page.index(f'id="{name}"')
        for name in (
            "answer",
            "steps",
            "keys",
            "missing",
            "teams",
            "timeline",
            "disagreements",
            "projects",
            "credentials",
        )
    ]
    assert places == sorted(places)
    for verdict in run.summary.verdicts:
        assert VERDICTS[verdict].split("'")[0] in page


class Words(HTMLParser):
    """The page's text outside of scripts and styles, each run of blanks as one."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.silent = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"script", "style", "svg"}

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style", "svg"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.pieces.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.pieces).split())


def words(run: Run) -> str:
    return Words("".join(render_page(run))).text


def test_the_missing_key_is_named(run: Run) -> None:
    """The page says which key file to look for, where, what it may save, and how to know it."""
    text = words(run)
    (key,) = run.summary.missing_keys
    assert f"Find the passkey file whose SHA-1 is {MISSING}" in text
    assert f"Where to look: {key.advice}" in text
    assert f"up to {key.saves_up_to} credentials from being entered again" in text
    assert "Of 7 that is likely" in text
    assert "until 2014-05-25 at least" in text
    assert "passkey-audit fingerprint FILE" in text
    assert "Look for the missing key file" in text


def test_nothing_names_the_missing_key(run: Run) -> None:
    """Where no store or log names it, the page says where such keys lie, and which projects need it."""
    lost = pl.col("project") == "Ledger"
    credentials = run.credentials.with_columns(
        verdict=pl.when(lost).then(pl.lit("lost")).otherwise("verdict"),
        opened_by=pl.when(lost).then(pl.lit("")).otherwise("opened_by"),
    )
    verdicts = dict(credentials["verdict"].value_counts().iter_rows())
    summary = run.summary.model_copy(update={"missing_keys": [], "verdicts": verdicts})
    text = words(replace(run, summary=summary, credentials=credentials))
    ledger = credentials.filter(lost).height
    assert f"In Ledger ({ledger}) nothing opens at all: probably it was imported from another server" in text
    assert f"{verdicts['lost']} credentials are encrypted under a key that was not given" in text
    assert "Look for older key files" in text


def test_a_key_of_no_use_is_no_promise(run: Run) -> None:
    """A passkey under which nothing can be lost is named without a promise, and not to be looked for."""
    key = run.summary.missing_keys[0].model_copy(update={"saves_up_to": 0, "saves_likely": 0})
    text = words(replace(run, summary=run.summary.model_copy(update={"missing_keys": [key]})))
    assert MISSING in text
    assert "Find the passkey file" not in text
    assert "missing key file" not in text.lower()


def test_advice_keeps_its_case(run: Run) -> None:
    """A path in a sentence is as it was, though the sentence begins with a capital."""
    key = run.summary.missing_keys[0].model_copy(
        update={"saves_up_to": 0, "saves_likely": 0, "advice": "of the server that wrote 'LABS/<Old>.xml'"}
    )
    text = words(replace(run, summary=run.summary.model_copy(update={"missing_keys": [key]})))
    assert "Of the server that wrote 'LABS/<Old>.xml'." in text


def test_who_enters_secrets_again(run: Run) -> None:
    """Secrets without an owner are no team's, and a missing key saves no damaged ones."""
    entering = run.credentials.filter(pl.col("action") == "re-enter")["owner"]
    owned = entering.filter(entering != "")
    ownerless = entering.len() - owned.len()
    saved = run.summary.missing_keys[0].saves_up_to
    text = words(run)
    assert (
        f"{owned.n_unique()} teams have secrets to enter again, and {ownerless} secrets have no owner" in text
    )
    assert f"A missing key file would save up to {saved} of them." in text
    assert f"Send {owned.n_unique()} teams their lists" in text
    assert f"Find out who enters {ownerless} secrets that are nobody's" in text
    nobodys = run.credentials.with_columns(owner=pl.lit("unassigned"), contact=pl.lit(""))
    text = words(replace(run, credentials=nobodys))
    assert "They have no owner: --owners FILE says whose they are" in text
    assert "teams their lists" not in text


def test_a_run_over_both_products(run: Run) -> None:
    """Both are named."""
    both = run.summary.model_copy(update={"system": "cloudbees-cd, octopus"})
    assert "Passkey audit · CloudBees CD and Octopus Deploy" in words(replace(run, summary=both))


def test_each_key_has_its_period(run: Run) -> None:
    """Keys that were given and keys that are missing stand in one table, with the time of their use."""
    rows = {row.fingerprint: (row.label, row.use, row.period, row.opens) for row in key_rows(run.summary)}
    opens = {key.fingerprint: f"{key.opens}" for key in run.summary.keys}
    assert rows == {
        CURRENT: ("passkey", "in use now", "since 2021-03-06", opens[CURRENT]),
        OLDER: ("passkey-9.1", "older: keep it", "until 2021-03-06", opens[OLDER]),
        "00" * 20: (r"$\foo{", run.summary.keys[2].remark, "", "0"),
        MISSING: (
            "",
            "look for this file",
            "named on 2014-05-25",
            f"up to {run.summary.missing_keys[0].saves_up_to}",
        ),
    }


@pytest.mark.parametrize(
    ("begin", "end", "now", "basis", "expected"),
    [
        ("2019-05-01T10:00:00", "2021-03-04T05:06:07", False, "history", "2019-05-01 to 2021-03-04"),
        ("", "2021-03-04T05:06:07", True, "history", "now"),
        ("", "", False, "history", "no date known"),
        ("2019-05-01", "2021-03-04", False, "sightings", "named from 2019-05-01 to 2021-03-04"),
        ("", "", False, "sightings", "no date known"),
    ],
)
def test_periods_in_words(begin: str, end: str, now: bool, basis: str, expected: str) -> None:
    """Days, as far as they are known."""
    period = KeyPeriod(fingerprint=OLDER, label="", begin=begin, end=end, now=now, basis=basis)
    assert period_in_words(period) == expected


def test_logs_against_store(run: Run) -> None:
    """Each contradiction is counted and explained; what is in no store is listed with its place."""
    text = words(run)
    told = run.summary.disagreements
    assert told is not None
    assert told.lost_but_not_logged > told.logged_but_opens > 0
    for heading, count in (
        ("Reported, but opens today", told.logged_but_opens),
        ("Lost, but never logged", told.lost_but_not_logged),
        ("Reported, but not stored", told.logged_but_not_stored),
    ):
        assert re.search(rf"{heading} [^.]*\. .* {count} ", text), heading
    assert "The logs cover 2021-03-01 to 2021-06-05 , with 1 hole" in text
    assert "<b>gone</b> Payroll credential 2 2021-03-06 to 2021-03-07 support.zip!/commander.log:118" in text
    assert "4 entries report a failed decryption without saying of what" in text
    assert "1 name in the logs was not compared" in text


def test_whether_an_upgrade_may_begin(run: Run) -> None:
    """What does not open stands in the way; where all opens the page says so, and what to check beside."""
    fine = {"current", "empty", "external"}
    closed = run.credentials.filter(~pl.col("verdict").is_in(fine)).height
    assert f"Not ready for an upgrade or a rotation: {closed} stored values do not open" in words(run)
    good = run.credentials.filter(pl.col("verdict").is_in(fine))
    counts = dict(good["verdict"].value_counts().iter_rows())
    summary = run.summary.model_copy(update={"total": good.height, "verdicts": counts, "exit_code": 0})
    whole = replace(run, summary=summary, credentials=good, unread=run.unread.clear())
    assert "an upgrade or a rotation may begin" in words(whole)
    partial = replace(run, summary=summary, credentials=good)
    assert "an upgrade or a rotation may begin" not in words(partial)


def test_findings_about_servers_are_listed(run: Run) -> None:
    """What is about a server or a place stands in a section of its own, and in the steps."""
    blank = {**dict.fromkeys(FINDINGS.names(), ""), "line": None, "source": "export.xml"}
    place = {**blank, "kind": "uncovered", "message": "3 values look like ciphertext in <b>notes</b>"}
    findings = pl.concat([run.findings, pl.DataFrame([place], schema=FINDINGS)])
    text = words(replace(run, findings=findings))
    assert (
        "ciphertext in an unexpected place \u2013 1 \u2013 3 values look like ciphertext in <b>notes</b>"
        in text
    )
    assert "Check the servers themselves" in text
    calm = run.findings.filter(pl.col("subject") != "")
    assert "About the servers themselves" not in words(replace(run, findings=calm))


def test_without_logs_nothing_is_compared(run: Run) -> None:
    """Without logs their silence says nothing: no section, and no filter."""
    page = "".join(render_page(replace(run, summary=run.summary.model_copy(update={"disagreements": None}))))
    assert 'id="disagreements"' not in page
    assert 'id="filter-disagreement"' not in page


def test_silent_logs_are_no_proof(run: Run) -> None:
    """Where no entry names any credential the page says that this says little."""
    silent = replace(run, credentials=run.credentials.with_columns(findings=pl.lit(0, pl.Int64)))
    assert "No entry in these logs names any credential" in words(silent)
    assert "No entry in these logs names any credential" not in words(run)


def test_many_that_are_not_stored(run: Run) -> None:
    """The page lists the first hundred, and says where the others are."""
    many = pl.concat([run.not_stored] * 50)
    text = words(replace(run, not_stored=many))
    assert f"{many.height - 100} more are in logged-not-stored.csv" in text
    assert text.count("support.zip!/commander.log:118") == 100


def test_every_team_that_must_act_is_listed(run: Run) -> None:
    """Counts of the teams add up to the summary's; each list that is named is one that is written."""
    teams = team_work(run.credentials)
    for action in ("re-enter", "investigate", "re-encrypt"):
        assert sum(team.actions.get(action, 0) for team in teams) == run.summary.actions[action]
    assert all(bool(team.list_file) == bool(team.actions.get("re-enter")) for team in teams)


def test_projects_add_up(run: Run) -> None:
    """Every credential is counted in one project, by one verdict."""
    projects = project_counts(run.credentials)
    assert sum(project.total for project in projects) == run.summary.total
    assert sum(project.open for project in projects) == run.summary.total - run.summary.actions["none"]


@pytest.mark.parametrize("text", [*HOSTILE_NAMES, "</SCRIPT >", "\u2028\u2029", "\x00", "]]>", "&lt;"])
def test_data_cannot_leave_its_script(text: str) -> None:
    """Inside the element nothing ends it or begins a comment, and the text comes back."""
    block = json_block({text: [text, None, 1.5]})
    assert not set(block) & set("<>&\u2028\u2029")
    assert json.loads(block) == {text: [text, None, 1.5]}


def test_packed_columns_hold_the_same_cells() -> None:
    """A column that repeats itself becomes numbers into its values, nulls included; others stay."""
    frame = pl.DataFrame({"same": ["a", None, "a", "b", "a", "a"], "all": list("uvwxyz")})
    rows = PageRows(credentials=frame, left_out_open=0, findings=frame.head(0), total=6, total_findings=0)
    content = json.loads("".join(data_block(rows)))
    assert content["findings"]["height"] == 0
    assert content["credentials"] == {
        "height": 6,
        "columns": {
            "same": {"values": ["a", None, "b"], "codes": [0, 1, 0, 2, 0, 0]},
            "all": {"values": list("uvwxyz")},
        },
    }


def test_beyond_the_limit_only_what_needs_action(run: Run) -> None:
    """The most urgent rows stay, then those that contradict the logs; what is left out is counted."""
    for limit in (20, 160):
        rows = page_rows(run.credentials, run.findings, row_limit=limit)
        urgency = [list(ACTIONS).index(action) for action in rows.credentials["action"]]
        assert urgency == sorted(urgency)
        calm = rows.credentials.filter(pl.col("action") == "none")
        assert set(calm["disagreement"]) <= {"logged-but-opens"}
        needed = run.credentials.filter(pl.col("action") != "none").height
        assert rows.left_out_open == max(0, needed - limit)
        assert rows.credentials.height == min(limit, needed + calm.height)
    assert calm.height > 0


def test_the_page_says_what_it_leaves_out(run: Run) -> None:
    """A run of more rows than a page holds names how many are left out, and where they are."""
    times = ROW_LIMIT // run.credentials.height + 1
    credentials = pl.concat([run.credentials] * times)
    summary = run.summary.model_copy(
        update={
            "total": credentials.height,
            "verdicts": {name: times * count for name, count in run.summary.verdicts.items()},
        }
    )
    large = replace(run, summary=summary, credentials=credentials)
    kept = (
        times * run.credentials.filter((pl.col("action") != "none") | (pl.col("disagreement") != "")).height
    )
    assert 0 < kept < ROW_LIMIT < credentials.height
    text = words(large)
    assert f"It holds {kept:,} of {credentials.height:,} credentials" in text
    assert f"Left out: {credentials.height - kept:,}, of which none need action" in text
    assert "Not all are in this table" not in words(run)


def test_a_page_holds_a_bounded_number_of_log_entries(run: Run) -> None:
    """Of very many log entries the page has the latest, and knows how many there are."""
    many = pl.concat([run.findings] * (2 * FINDING_LIMIT // run.findings.height))
    rows = page_rows(run.credentials, many)
    assert rows.findings.height == FINDING_LIMIT
    assert rows.total_findings > FINDING_LIMIT
    assert rows.findings["time"].max() == many.filter(pl.col("subject") != "")["time"].max()


def test_digests_are_not_in_the_page(page: str, run: Run) -> None:
    """Digests of stored values help nobody who reads the page."""
    assert run.credentials["value_digest"][0] not in page


def test_an_empty_store_is_no_good_news() -> None:
    """Without a credential the page says that none was read, and that the answer is partial."""
    page = "".join(render_page(empty_run()))
    assert "No stored credential was read" in page
    assert "This answer is partial" in page


@pytest.mark.parametrize("seed", ["0", "1"])
def test_the_page_does_not_depend_on_hashing(page: str, seed: str) -> None:
    """Another hash seed, another process and another folder give the same bytes."""
    program = (
        "import sys; from reports.page import render_page; from tests.reports.example_run import example_run;"
        "sys.stdout.buffer.write(''.join(render_page(example_run(300))).encode())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path.cwd())},
        cwd="/",
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == page


def finding(
    kind: str, time: str, *, node: str = "n1", message: str = "m", line: int | None = 7
) -> dict[str, object]:
    blank: dict[str, object] = dict.fromkeys(FINDINGS.names(), "")
    return {
        **blank,
        "kind": kind,
        "time": time,
        "node": node,
        "message": message,
        "source": "a",
        "line": line,
    }


def told(*findings: dict[str, object]) -> list[tuple[object, ...]]:
    return server_findings(pl.DataFrame(findings, schema=FINDINGS)).rows()


def test_repetitions_are_one() -> None:
    """A node that repeats itself is one row: how often, since when, the latest entry's first line."""
    rows = told(
        finding("passkey-mismatch", "2021-02-07", message="second\n  at a.b", line=9),
        finding("passkey-mismatch", "2021-02-06", message="first"),
        finding("passkey-mismatch", "2021-02-08", node="n2"),
    )
    assert rows == [
        ("passkey-mismatch", "n1", 2, "2021-02-06", "2021-02-07", "a:9", "second"),
        ("passkey-mismatch", "n2", 1, "2021-02-08", "2021-02-08", "a:7", "m"),
    ]


def test_what_no_log_tells_counts_by_its_words() -> None:
    """Places of unexpected ciphertext and nodes that fell behind have no time: each sentence is a row."""
    rows = told(
        finding("uncovered", "", node="", message="3 values in x", line=None),
        finding("uncovered", "", node="", message="5 values in y", line=None),
    )
    assert [(row[2], row[5], row[6]) for row in rows] == [
        (1, "a", "3 values in x"),
        (1, "a", "5 values in y"),
    ]


def test_long_messages_are_cut() -> None:
    """Blanks that fill a log's columns are one, and the cut shows."""
    (short,) = told(finding("passkey-mismatch", "2021", message="a      |    b"))
    (long,) = told(finding("passkey-mismatch", "2021", message="x" * 5000))
    assert short[-1] == "a | b"
    assert long[-1] == "x" * 400 + "…"


def test_what_is_about_credentials_is_elsewhere() -> None:
    """Entries about credentials, sessions and unknown ciphertext stand with these."""
    assert told(finding("skipped-update", "2021"), finding("stale-session", "2021")) == []


def test_a_mismatch_of_other_keys_is_another() -> None:
    """Two pairs of fingerprints are two rows."""
    one = finding("passkey-mismatch", "2021-02-06") | {"database_fingerprint": "a" * 40}
    other = finding("passkey-mismatch", "2021-02-06") | {"database_fingerprint": "b" * 40}
    assert len(told(one, other, one)) == 2
