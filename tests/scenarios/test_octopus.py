"""An administrator of Octopus Deploy looks at what a rotation of the master key left."""

import base64
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from Crypto.Cipher import AES

from tests.scenarios.conftest import AuditRun
from tests.support.program import passkey_audit

ESTATE = Path(__file__).parents[2] / "sample_logs" / "octopus"
KEYS = (
    *("--key", "heron=keys/octo-heron/Server.linux.config"),
    *("--key", "before=keys/before.txt"),
    *("--key", "wren=keys/octo-wren/Server.linux.config"),
)
REPORT = ("--rotation-report", "rotation-report.txt")

pytestmark = pytest.mark.xdist_group("octopus_runs")  # one worker makes each run, once


@pytest.fixture(scope="module")
def octopus_truth() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((ESTATE / "truth.json").read_bytes())
    return told


@pytest.fixture(scope="module", params=["octopus.sqlite", "octopus.sql"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AuditRun:
    """The estate audited, from the database and from the script."""
    folder = tmp_path_factory.mktemp("octopus") / "run"
    ended = passkey_audit(
        *("audit", "logs", "--store", f"store/{request.param}", *KEYS, *REPORT),
        *("--owners", "owners.csv", "--out", folder),
        cwd=ESTATE,
    )
    return AuditRun(request.param, ended, folder)


def test_every_verdict_is_true(run: AuditRun, octopus_truth: dict[str, Any]) -> None:
    """Verdict and opening key of each value are the truth's, and nothing was left unread."""
    assert run.ended.code == 10
    assert run.summary()["system"] == "octopus"
    rows = pl.read_parquet(run.folder / "credentials.parquet").rows(named=True)
    told = {row["record"]: {name: row[name] for name in ("verdict", "opened_by")} for row in rows}
    assert told == octopus_truth["credentials"]
    assert (run.folder / "unread.csv").read_text().count("\n") == 1


def test_every_finding_is_true(run: AuditRun, octopus_truth: dict[str, Any]) -> None:
    """The logs' entries are found where they are, and the report's faults with them."""
    findings = pl.read_parquet(run.folder / "findings.parquet")
    of_logs = findings.filter(pl.col("source").str.starts_with("logs/")).rows(named=True)
    columns = ("kind", "subject_kind", "subject", "time", "level", "source", "line")
    told = [{name: row[name] for name in columns} for row in of_logs]
    assert sorted(told, key=str) == sorted(octopus_truth["findings"], key=str)
    of_report = findings.filter(pl.col("source") == "rotation-report.txt")
    assert sorted(set(of_report["kind"])) == ["clear-text-key", "rotation-error"]
    assert of_report.filter(pl.col("kind") == "clear-text-key")["line"].to_list() == [4]
    assert "3 were passed over" in " ".join(of_report["message"])
    others = findings.filter(pl.col("source").str.starts_with("keys/"))
    assert others.select("kind", "subject").rows() == [("wrong-master-key", "wren")]


def test_what_it_says(run: AuditRun) -> None:
    """The node that fell behind, the documents left under the old key, and how the report compares."""
    said = run.ended.err
    assert "current key: 'heron', as the rotation report says" in said
    assert "node 'wren' has fallen behind" in said
    left = "3 values in 3 documents stayed under 'before': authentication-aad, issuetracker-azuredevops-v2"
    assert left in said
    assert "31 documents processed, as many as the store holds" in said
    assert "11 documents that it does not account for; 8 in the store hold no encrypted value" in said


def test_log_entries_are_evidence(run: AuditRun) -> None:
    """What exceptions name by type or by id has them as its evidence; nothing else has."""
    rows = pl.read_parquet(run.folder / "credentials.parquet").filter(pl.col("findings") > 0)
    assert rows.select("location", "findings").rows() == [
        ("issuetracker-azuredevops-v2/Connections[0].PersonalAccessToken", 3),
        ("issuetracker-github/ReleaseNoteOptions.Password", 1),
    ]


def test_report_in_the_products_form_adds_up(run: AuditRun, octopus_truth: dict[str, Any]) -> None:
    """Updated, unchanged and those without secrets are all documents; the key is not in it."""
    path = run.folder / "rotation-report.txt"
    text = path.read_text()
    counts = [int(count) for count in re.findall(r"^(\d+)/31 documents (?:were|hold)", text, re.MULTILINE)]
    assert sum(counts) == octopus_truth["documents"] == 31
    assert "not shown" in text
    assert path.stat().st_mode & 0o777 == 0o600


def secrets() -> Iterator[bytes]:
    """Every key and every plain text of the estate, by another implementation of AES."""
    report = (ESTATE / "rotation-report.txt").read_text()
    found = re.search("New Master Key: (.*)", report)
    assert found is not None
    texts = [found[1], (ESTATE / "keys" / "before.txt").read_text("utf-16").split()[-1]]
    keys = [base64.b64decode(text) for text in texts]
    for key in keys:
        yield from (key, base64.b64encode(key), key.hex().encode())
    connection = sqlite3.connect(ESTATE / "store" / "octopus.sqlite")
    dump = "\n".join(connection.iterdump())
    connection.close()
    for cipher, vector in re.findall(r"([A-Za-z0-9+/]{22,}={0,2})\|([A-Za-z0-9+/]{22}==)", dump):
        yield cipher.encode()
        for key in keys:
            plain = AES.new(key, AES.MODE_CBC, iv=base64.b64decode(vector)).decrypt(base64.b64decode(cipher))
            if plain[-1] in range(1, 17) and plain[: -plain[-1]].isascii():
                yield plain[: -plain[-1]]


def test_no_secret_anywhere(run: AuditRun) -> None:
    """Neither keys nor plain text nor ciphertext stand in any file of the run or on the terminal."""
    written = [path.read_bytes() for path in run.folder.rglob("*") if path.is_file()]
    everything = b"\0".join([*written, run.ended.out, run.ended.err.encode()])
    marks = [mark for mark in secrets() if len(mark) >= 6]
    assert len(marks) > 100
    assert [mark for mark in marks if mark in everything] == []


def test_key_is_gone_altogether(tmp_path: Path) -> None:
    """With a wrong key alone everything that is sealed is lost, and nothing is taken for opened."""
    wrong = tmp_path / "wrong"
    wrong.write_text(base64.b64encode(bytes(range(32))).decode())
    ended = passkey_audit(
        "audit", "--store", "store/octopus.sqlite", "--key", wrong, "--out", tmp_path / "run", cwd=ESTATE
    )
    assert ended.code == 10
    verdicts = json.loads((tmp_path / "run" / "summary.json").read_bytes())["verdicts"]
    assert verdicts == {"lost": 56, "damaged": 1, "plain-text": 1, "empty": 1}
