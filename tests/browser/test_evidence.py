"""A row unfolds exactly the log entries that name it, however they name it."""

import polars as pl
import pytest

from reports.page import render_page
from reports.run import Run
from reports.schema import CREDENTIALS, FINDINGS, UNREAD
from reports.summary import SpanSummary, Summary
from tests.browser.chromium import Browser
from tests.reports.example_run import GUIDES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ID = "cdcdcdcd-1234-cdcd-cdcd-cdcdcdcdcdcd"
STORED = {
    # name: kind, project, location, record
    "by-id": ("credential", "P", "/projects/P/credentials/by-id", f"t:id={ID.replace('-', '')}; byte 7"),
    "cfg": ("credential", "EC-JBoss-2.7", "/plugins/EC-JBoss/project/credentials/cfg", "byte 9"),
    "listed": ("credential", "P", "/projects/P/credentials/listed", "byte 11"),
    "DevOps Insight": ("devops-insight", "", "/devOpsInsightServerConfiguration", "byte 13"),
    "tracker": (
        "document",
        "",
        "issuetracker-azuredevops-v2/Token",
        "ExtensionConfiguration:issuetracker-azuredevops-v2#/Token",
    ),
    "account": ("document", "", "Accounts-3/Password", "Account:Accounts-3#/Password"),
}
ENTRIES = {
    # message: kind, subject_kind, subject, project
    "the id": ("skipped-update", "credential", ID, ""),
    "the name": ("skipped-update", "credential", "by-id", "P"),
    "another project": ("skipped-update", "credential", "by-id", "Q"),
    "the plug-in": ("skipped-update", "credential", "cfg", "/plugins/EC-JBoss/project"),
    "the list": ("corrupted-credentials", "credential", "cfg, listed", ""),
    "a user": ("undecryptable-user", "user", "listed", ""),
    "the server": ("skipped-update", "devops-insight", "", ""),
    "its type": ("unreadable-document", "document", "AzureDevOpsConfiguration", ""),
    "its document": ("unreadable-document", "document", "accounts-3", ""),
    "its table": ("unreadable-document", "document", "AzureAccount", ""),
}
EXPECTED = {
    "by-id": ["the id", "the name"],
    "cfg": ["the plug-in", "the list"],
    "listed": ["the list"],
    "DevOps Insight": ["the server"],
    "tracker": ["its type"],
    "account": ["its document", "its table"],
}


@pytest.fixture(scope="module")
def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Browser:
    blank = dict.fromkeys(CREDENTIALS.names(), "") | {"false_positive": None, "verdict": "lost"}
    credentials = [
        blank
        | {"name": name, "kind": kind, "project": project, "location": location, "record": record}
        | {"findings": len(EXPECTED[name]), "action": "re-enter"}
        for name, (kind, project, location, record) in STORED.items()
    ]
    findings = [
        dict.fromkeys(FINDINGS.names(), "")
        | dict(zip(("kind", "subject_kind", "subject", "project"), named, strict=True))
        | {"message": message, "time": f"2021-02-06T09:00:{number:02}.000", "line": number}
        for number, (message, named) in enumerate(ENTRIES.items())
    ]
    counts = {"lost": len(credentials)}
    run = Run(
        summary=Summary(
            system="cloudbees-cd",
            total=len(credentials),
            verdicts=counts,
            actions={"re-enter": len(credentials)},
            findings={},
            keys=[],
            fingerprints=[],
            layouts=[],
            inputs=[],
            span=SpanSummary(first="", last="", gaps=[]),
            exit_code=10,
        ),
        credentials=pl.DataFrame(credentials, schema=CREDENTIALS),
        findings=pl.DataFrame(findings, schema=FINDINGS),
        unread=pl.DataFrame(schema=UNREAD),
        guides=GUIDES,
    )
    page = tmp_path_factory.mktemp("evidence") / "report.html"
    page.write_text("".join(render_page(run)), encoding="utf-8")
    browser.look()
    browser.open(page)
    browser.run("document.querySelectorAll('.unfold').forEach((one) => one.click())")
    return browser


@pytest.mark.parametrize("name", EXPECTED)
def test_the_entries_that_name_it(opened: Browser, name: str) -> None:
    """By name and project, by id, in a list, by plug-in, by document or its type; no others, latest first."""
    script = """
        const rows = [...document.querySelectorAll(".tabulator-row")];
        const row = rows.find((one) => one.querySelector(".unfold").innerText === arguments[0]);
        return [...row.querySelectorAll(".evidence pre")].map((one) => one.innerText);
    """
    assert opened.run(script, name) == EXPECTED[name][::-1]
