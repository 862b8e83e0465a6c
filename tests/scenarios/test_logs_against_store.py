"""An administrator holds what the logs say against what opens, and looks for the key that is missing."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reports.schema import NOT_STORED
from reports.tables import read_csv
from tests.support.program import Ended, passkey_audit

PAYMENTS = "/projects/Payments/credentials/deploy-dev"
ENTRIES = """\
2021-03-25T10:00:00.000 | WARN  | Upgrade-001 | | | | PasswordUpgrader | \
Skipping updating password for credential 'deploy-dev' in project 'Payments'
2021-03-25T10:00:01.000 | WARN  | Upgrade-001 | | | | PasswordUpgrader | \
Skipping updating password for credential 'deploy-dev'
2021-03-25T10:00:02.000 | WARN  | Upgrade-001 | | | | PasswordUpgrader | \
Skipping updating password for credential 'retired' in project 'Payments'
2021-03-25T10:00:03.000 | ERROR | Api-005 | | | | SessionManager | Can not decrypt user 'nobody.here'
"""


def audit(out: Path, *more: str | Path) -> Ended:
    return passkey_audit(
        *("audit", "--store", "store/commander.sqlite", "--key", "keys", "--owners", "owners.csv"),
        *("--out", out, *more),
    )


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("logs") / "commander.log"
    path.write_text(ENTRIES)
    return path


def summary(run: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((run / "summary.json").read_bytes())
    return told


def test_each_contradiction(log: Path, tmp_path: Path) -> None:
    """What was skipped and opens, what is lost and unheard of, and what is nowhere, in every output."""
    ended = audit(tmp_path / "run", log)
    assert ended.code == 10
    frame = pl.read_parquet(tmp_path / "run" / "credentials.parquet")
    opens = frame.filter(pl.col("disagreement") == "logged-but-opens")
    assert opens["location"].to_list() == [PAYMENTS]
    assert "logs report it up to 2021-03-25" in opens["reason"][0]
    silent = frame.filter(pl.col("disagreement") == "lost-but-not-logged")
    lost = frame.filter(pl.col("verdict").is_in(["lost", "damaged"]))
    assert silent.equals(lost.filter(pl.col("findings") == 0))
    told = summary(tmp_path / "run")["disagreements"]
    assert told == {
        "logged_but_opens": 1,
        "lost_but_not_logged": silent.height,
        "logged_but_not_stored": 2,
        "not_comparable": 0,
        "unnamed": 0,
    }
    gone = read_csv((tmp_path / "run" / "logged-not-stored.csv").read_bytes(), NOT_STORED)
    assert gone.select("kind", "project", "subject", "evidence").rows() == [
        ("credential", "Payments", "retired", f"{log}:3"),
        ("user", "", "nobody.here", f"{log}:4"),
    ]
    out = ended.out.decode()
    assert "logs against store: 1 reported in the logs, but open today" in out
    assert f"logs against store: {silent.height} lost or damaged, but never logged (2021-03-25 to" in out
    assert "logs against store: 2 reported in the logs, but in no store" in out


def test_without_logs(tmp_path: Path) -> None:
    """Without logs nothing can contradict them: nothing is marked, and the summary says null."""
    ended = audit(tmp_path / "run")
    assert summary(tmp_path / "run")["disagreements"] is None
    frame = pl.read_parquet(tmp_path / "run" / "credentials.parquet")
    assert set(frame["disagreement"]) == {""}
    assert b"log entries" not in ended.out
    assert "logs against store" not in ended.out.decode()


def test_the_missing_key(truth: dict[str, Any], tmp_path: Path) -> None:
    """An old export names the key to look for; terminal, summary and page say what it would save."""
    ended = audit(tmp_path / "run", "--store", "store/imported-2017.xml")
    (missing,) = summary(tmp_path / "run")["missing_keys"]
    lost = [row for row in truth["credentials"].values() if row["verdict"] == "lost"]
    lab = [row for row in lost if row["project"] == "Firmware Lab"]
    safe = {"current", "older-key", "empty", "external"}
    unopened = [row for row in truth["credentials"].values() if row["verdict"] not in safe]
    assert missing["fingerprint"] == truth["missing_key"]
    assert (missing["saves_up_to"], missing["saves_likely"]) == (len(unopened), len(lab))
    told = (
        f"missing key {truth['missing_key']}: would save up to {len(unopened)} from re-entry; probably conf/"
    )
    assert told in ended.out.decode()
    assert truth["missing_key"] in (tmp_path / "run" / "report.html").read_text()


def test_when_each_key_was_in_use(truth: dict[str, Any], tmp_path: Path) -> None:
    """The server's history gives each passkey its period, and the logs the upgrade between them."""
    audit(tmp_path / "run", "logs/commander-cd-kestrel.log.2.zip")
    told = summary(tmp_path / "run")
    older, current = told["periods"]
    assert (older["label"], older["begin"], older["now"]) == ("passkey-9.1", "", False)
    assert (current["label"], current["begin"], current["now"]) == ("passkey", older["end"], True)
    assert current["fingerprint"] == truth["keys"]["passkey"]["fingerprint"]
    (upgrade,) = told["upgrades"]
    assert older["end"] < upgrade["begin"] < upgrade["end"] < current["end"]
