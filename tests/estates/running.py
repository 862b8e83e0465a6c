"""The program run on an estate, in this process, and what it says of each value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl
from typer.testing import CliRunner

from audit.cli.app import app
from audit.layouts.user_supplied import NOTHING_SUPPLIED, read_layouts
from audit.ownership.owners import Owners
from audit.run.observer import SilentObserver
from audit.run.references import NOBODY
from audit.run.run_audit import Request, run_audit
from audit.run.stores import StoreOpener, StoreOptions
from parsers.logs.reading import read_logs
from parsers.progress import Silent
from reports.run import Run
from reports.run_folder import write_run_folder
from reports.summary import Summary

SURE: Final = frozenset({"proven", "strong"})


@dataclass(frozen=True, slots=True)
class Row:
    """What is said of a value; `text_confidence` is that of the key where the program has no such column."""

    location: str
    verdict: str
    opened_by: str
    confidence: str
    text_confidence: str
    layout: str
    group: str
    reason: str
    digest: str

    @property
    def opens(self) -> bool:
        """Whether the verdict is that a candidate opens it."""
        return self.verdict in {"current", "older-key"}

    @property
    def sure_of_key(self) -> bool:
        """Whether its key is taken for certain."""
        return self.opens and self.confidence in SURE

    @property
    def sure_of_text(self) -> bool:
        """Whether its text is, too."""
        return self.sure_of_key and self.text_confidence in SURE


@dataclass(frozen=True, slots=True)
class Ended:
    """A command's exit code and output."""

    code: int
    output: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A run of `audit`: its rows by location, and the run itself."""

    rows: Mapping[str, Row]
    run: Run

    @property
    def summary(self) -> Summary:
        """The run in numbers."""
        return self.run.summary


def audit(store: Path, keys: Path, current: str | None, layouts: Path | None = None) -> Answer:
    """What `audit --store STORE --key KEYS [--current C] [--layouts L]` finds."""
    request = Request(
        read_logs=lambda: read_logs([]),
        stores=StoreOpener(StoreOptions([str(store)]), (), NOBODY).open_all(),
        keys=NOBODY.keys([str(keys)], SilentObserver().remark),
        current=[current] if current else [],
        owners=Owners(()),
        supplied=read_layouts(layouts) if layouts else NOTHING_SUPPLIED,
    )
    run = run_audit(request, Silent()).run
    rows = [_row(each) for each in run.credentials.rows(named=True)]
    return Answer({each.location: each for each in rows}, run)


def reencrypt(answer: Answer, folder: Path, store: Path, keys: Path, words: Sequence[str]) -> Ended:
    """What `reencrypt --apply` does to the store, after the run of `answer` was written down."""
    run = folder / "run"
    write_run_folder(run, answer.run)
    return program("reencrypt", run, "--store", store, "--key", keys, "--apply", "--yes", *words)


def program(*words: str | Path) -> Ended:
    """A command of the program, as from a shell."""
    done = CliRunner().invoke(app, [str(each) for each in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ended(done.exit_code, done.output)


def uncovered(answer: Answer) -> pl.DataFrame:
    """The findings that say that ciphertext lies where nobody reads it."""
    return answer.run.findings.filter(pl.col("kind") == "uncovered")


def _row(said: Mapping[str, str]) -> Row:
    return Row(
        location=said["location"],
        verdict=said["verdict"],
        opened_by=said["opened_by"],
        confidence=said["confidence"],
        text_confidence=said.get("text_confidence", said["confidence"]),
        layout=said["layout"],
        group=said["group"],
        reason=said["reason"],
        digest=said["value_digest"],
    )
