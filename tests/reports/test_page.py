"""The page as a file: its policy, its data, its words."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from reports.answer import missing_keys, project_counts, team_work
from reports.page import render_page
from reports.page_data import FINDING_LIMIT, PageRows, data_block, json_block, page_rows
from reports.run import Run
from reports.schema import CREDENTIALS, FINDINGS, UNREAD
from reports.summary import SpanSummary, Summary
from reports.wording import ACTIONS, VERDICTS
from tests.reports.example_run import HOSTILE_NAMES, MISSING, example_run


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
        for name in ("answer", "keys", "teams", "timeline", "projects", "credentials")
    ]
    assert places == sorted(places)
    for verdict in run.summary.verdicts:
        assert VERDICTS[verdict].split("'")[0] in page


def test_the_missing_key_is_named(page: str, run: Run) -> None:
    """The page says which key file to look for, and what it may save."""
    [key] = missing_keys(run.summary, run.findings)
    assert key.fingerprint == MISSING
    assert key.places == ("export.xml.gz", "the logs")
    assert MISSING in page
    assert f"may open up to {run.summary.verdicts['lost']} lost credentials" in page


def test_a_key_that_was_given_is_not_missing(run: Run) -> None:
    """Fingerprints of given keys are never among the missing ones."""
    given = {key.fingerprint for key in run.summary.keys}
    assert not given & {key.fingerprint for key in missing_keys(run.summary, run.findings)}


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
    rows = PageRows(credentials=frame, findings=frame.head(0), total=6, total_findings=0)
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
    """The most urgent rows stay, and the page says how many there are in all."""
    rows = page_rows(run.credentials, run.findings, row_limit=100)
    urgency = [list(ACTIONS).index(action) for action in rows.credentials["action"]]
    assert urgency == sorted(urgency)
    assert "none" not in set(rows.credentials["action"])
    assert (rows.credentials.height, rows.total) == (100, 300)


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
