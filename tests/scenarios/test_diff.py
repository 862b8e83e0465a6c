"""An administrator audits again a week later, and shows what has become of it."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from reports.run_folder import write_run_folder
from tests.reports.example_run import example_run
from tests.support.program import ESTATE, Ended, passkey_audit

pytestmark = pytest.mark.xdist_group("diff")  # one worker makes each run, once


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The estate under the current key alone, and under all keys; then its sound half under all keys."""
    folder = tmp_path_factory.mktemp("runs")
    rows = (ESTATE / "store" / "credentials.csv").read_text().splitlines(keepends=True)
    truth = json.loads((ESTATE / "truth.json").read_bytes())["credentials"]
    fine = {place for place, row in truth.items() if row["verdict"] in {"current", "empty", "external"}}
    sound = folder / "sound.csv"
    sound.write_text("".join([rows[0], *(row for row in rows[1:] if row.split(",")[5] in fine)]))
    given = {
        "week-1": ("store/credentials.csv", "keys/passkey"),
        "week-2": ("store/credentials.csv", "keys"),
        "week-3": (str(sound), "keys"),
    }
    for name, (store, keys) in given.items():
        ended = passkey_audit(
            *("audit", "--store", store, "--key", keys, "--current", "passkey", "--owners", "owners.csv"),
            *("--out", folder / name, "--quiet"),
        )
        assert ended.code in {0, 10}, ended.err
    return [folder / name for name in given]


def diff(*arguments: str | Path) -> Ended:
    return passkey_audit("diff", *arguments)


def rows(ended: Ended) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(ended.out)
    return told


def test_found_keys_do_not_fix_yet(runs: list[Path]) -> None:
    """Keys that were found make of the lost something to re-encrypt: all of it still needs attention."""
    ended = diff(*runs[:2], "--format", "json")
    assert ended.code == 10
    assert {row["change"] for row in rows(ended)} == {"still"}
    assert len(rows(ended)) == 107
    assert {row["verdict"] for row in rows(ended)} >= {"older-key", "lost"}
    assert "107 still" in ended.err


def test_only_regressions_fail(runs: list[Path]) -> None:
    """`--fail-on regression` is quiet about what is known already, and not about what comes new."""
    assert diff(*runs[:2], "--fail-on", "regression").code == 0
    backwards = diff(runs[2], runs[1], "--fail-on", "regression", "--format", "json")
    assert backwards.code == 10
    assert {row["change"] for row in rows(backwards)} == {"new"}


def test_what_is_gone_is_not_called_fixed(runs: list[Path]) -> None:
    """Credentials that the last run does not have are told as such, and need no attention."""
    ended = diff(*runs, "--format", "json")
    assert ended.code == 0
    assert {row["change"] for row in rows(ended)} == {"gone"}


def test_by_team(runs: list[Path]) -> None:
    """Counts for each team add up to the rows."""
    counted = rows(diff(*runs[:2], "--by", "team", "--format", "json"))
    assert {row["team"] for row in counted} >= {"Build", "Firmware", "Payments"}
    assert sum(row["still"] for row in counted) == 107


def test_the_burn_down(runs: list[Path], tmp_path: Path) -> None:
    """The plot names every run by its folder; the same runs give the same bytes."""
    first, second = tmp_path / "first.svg", tmp_path / "second.svg"
    for path in (first, second):
        diff(*runs, "--plot", path, "--quiet")
    assert first.read_bytes() == second.read_bytes()
    shown = {"".join(node.itertext()) for node in ET.parse(first).iter() if node.tag.endswith("text")}
    assert {"week-1", "week-2", "week-3", "107"} <= shown


def test_an_incomplete_run(runs: list[Path], tmp_path: Path) -> None:
    """An incomplete last run makes an incomplete comparison; an incomplete earlier one is only remarked."""
    whole = example_run(50)
    partial = tmp_path / "partial"
    summary = whole.summary.model_copy(update={"exit_code": 3})
    write_run_folder(
        partial,
        type(whole)(
            summary=summary,
            credentials=whole.credentials,
            findings=whole.findings,
            unread=whole.unread,
            guides=whole.guides,
        ),
    )
    assert diff(runs[1], partial).code == 3
    earlier = diff(partial, runs[1])
    assert earlier.code == 10
    assert f"{partial} is incomplete" in earlier.err


def test_what_is_no_run_folder(runs: list[Path], tmp_path: Path) -> None:
    """Another folder ends in one line and exit code 1; a single folder is wrong usage."""
    ended = diff(runs[0], tmp_path)
    assert ended.code == 1
    assert "not a run folder" in ended.err
    assert diff(runs[0]).code == 2


def test_the_help_defines_the_words() -> None:
    """All words that the table uses are explained by `--help`."""
    told = passkey_audit("diff", "--help").out.decode()
    assert all(f"\n  {word} " in told for word in ("regressed", "new", "still", "ignored", "gone", "fixed"))
