"""One browser for all tests of the page, and pages to open."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from reports.page import render_page
from reports.run import Run
from tests.browser.chromium import Browser, chromium
from tests.reports.example_run import example_run


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture(scope="session")
def run() -> Run:
    return example_run(400)


@pytest.fixture(scope="session")
def page(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text("".join(render_page(run)), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def large_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with 200,000 credentials, no two of the same name."""
    part = example_run(2_000)
    number = pl.int_range(pl.len()).cast(pl.String)
    credentials = pl.concat([part.credentials] * 100).with_columns(
        name=pl.col("name") + "-" + number, location=pl.col("location") + "-" + number
    )
    counts = {verdict: 100 * count for verdict, count in part.summary.verdicts.items()}
    summary = part.summary.model_copy(update={"total": credentials.height, "verdicts": counts})
    run = Run(
        summary=summary,
        credentials=credentials,
        findings=part.findings,
        unread=part.unread,
        guides=part.guides,
    )
    path = tmp_path_factory.mktemp("large") / "report.html"
    path.write_text("".join(render_page(run)), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, page: Path) -> Browser:
    """The browser with the page freshly opened."""
    browser.look()
    browser.open(page)
    return browser
