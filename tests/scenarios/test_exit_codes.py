"""What the exit code says, and what a run that failed leaves behind."""

import csv
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import ESTATE, PROGRAM, Ended, passkey_audit
from tests.support.terminal import on_a_terminal

CLEAN_ENTRY = "2021-03-01T00:00:00.000 | INFO  | Api-1 | 1 | 2 | | Server | commanderServer is running\n"
TABLE_HEAD = "kind,project,name,user_name,value\n"
FORMATS = ("table", "csv", "json", "parquet")
ROTATED = "logs/commander.log.1.zip"


@pytest.fixture
def clean_log(tmp_path: Path) -> Path:
    path = tmp_path / "commander.log"
    path.write_text(CLEAN_ENTRY)
    return path


@pytest.fixture
def sound_table(tmp_path: Path, truth: dict[str, Any]) -> Path:
    """The rows of the estate's table that the current key opens."""
    path = tmp_path / "sound.csv"
    with (ESTATE / "store" / "credentials.csv").open(newline="") as whole, path.open("w", newline="") as file:
        rows = csv.DictReader(whole)
        writer = csv.DictWriter(file, rows.fieldnames or [])
        writer.writeheader()
        writer.writerows(r for r in rows if truth["credentials"][r["location"]]["verdict"] == "current")
    return path


def audit(*arguments: str | Path, out: Path) -> Ended:
    return passkey_audit("audit", *arguments, "--key", "keys", "--out", out)


def is_one_error_with_a_hint(ended: Ended) -> bool:
    lines = [line.partition(": ") for line in ended.err.splitlines()]
    return ended.out == b"" and [line[0] for line in lines] == ["error", "hint"] and all(map(all, lines))


def holds_nothing(folder: Path) -> bool:
    return not folder.exists() or not list(folder.iterdir())


def test_0_when_all_is_well(clean_log: Path, sound_table: Path, tmp_path: Path) -> None:
    """Every value opens under the current key, and the logs tell of nothing."""
    ended = audit(clean_log, "--store", sound_table, "--current", "passkey", out=tmp_path / "run")
    assert ended.code == 0
    assert list((tmp_path / "run" / "reentry").iterdir()) == []


@pytest.mark.parametrize("table_format", FORMATS)
def test_same_code_for_every_format(table_format: str, tmp_path: Path) -> None:
    """10 and 3, whichever way the table is printed."""
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes((ESTATE / ROTATED).read_bytes()[:20_000])
    assert passkey_audit("scan", ROTATED, "--format", table_format).code == 10
    assert passkey_audit("scan", ROTATED, damaged, "--format", table_format).code == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--store", "no/such.xml"), "no/such.xml"),
        (("--store", "store/export.xml", "--current", "newest"), "'newest'"),
        (("--store", "store/export.xml", "--owners", "no/such.csv"), "no/such.csv"),
        (("--store", "store/export.xml", "--owners", "store/export.xml.gz"), "store/export.xml.gz"),
        (("--store", "store/export.xml", "--key", "no/such/key"), "no such file"),
        (("--store", "store/export.xml", "--key", "env:NO_SUCH_NAME"), "no such environment variable"),
        (("--store", "store/export.xml", "--key", "cmd:false"), "'false' ended with exit code 1"),
        (("--store", "store/export.xml", "--zip-password", "fd:77"), "fd:77"),
        (("--store", "store"), "store"),
    ],
)
def test_1_says_what_and_how_to_go_on(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """One line `error:`, one line `hint:`, nothing on standard output, and nothing in the folder."""
    ended = audit(*arguments, out=tmp_path / "run")
    assert ended.code == 1
    assert is_one_error_with_a_hint(ended)
    assert said in ended.err.splitlines()[0]
    assert holds_nothing(tmp_path / "run")


def test_1_where_the_folder_is_somebody_elses(tmp_path: Path) -> None:
    """A folder that is no run folder is left as it was, and the logs are not even read."""
    (tmp_path / "mine.txt").write_text("kept")
    ended = audit("logs", "--store", "store/export.xml", out=tmp_path)
    assert ended.code == 1
    assert is_one_error_with_a_hint(ended)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("scan",),
        ("audit", "--key", ESTATE / "keys", "--out", "never-made"),
        ("scan", "logs", "--format", "xml"),
        ("scan", "logs", "--since", "yesterday"),
        ("scan", "logs", "--timezone", "Nowhere/Here"),
        ("scan", "logs", "--timezone", "Europe"),
        ("scan", "logs", "--timezone", "x" * 300),
        ("scan", "logs", "--jobs", "-1"),
        ("scan", "logs", "--no-such-option"),
        ("no-such-command",),
    ],
)
def test_2_is_wrong_usage(arguments: tuple[str | Path, ...], tmp_path: Path) -> None:
    """Usage on standard error, nothing on standard output, nothing made."""
    ended = passkey_audit(*arguments, cwd=tmp_path)
    assert (ended.code, ended.out) == (2, b"")
    assert "Usage:" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_3_wins_over_10(tmp_path: Path) -> None:
    """A damaged archive beside good ones: what was read is still reported, and what was not is named."""
    logs = tmp_path / "logs"
    logs.mkdir()
    shutil.copy(ESTATE / ROTATED, logs / "good.zip")
    (logs / "cut.zip").write_bytes((ESTATE / ROTATED).read_bytes()[:20_000])
    ended = audit(logs, "--store", "store/export.xml", out=tmp_path / "run")
    assert ended.code == 3
    assert "cut.zip" in ended.err
    assert "cut.zip" in (tmp_path / "run" / "unread.csv").read_text()
    assert b"lost " in ended.out
    assert (tmp_path / "run" / "summary.json").exists()


@pytest.mark.parametrize("password", [(), ("--zip-password", "env:HOME")])
def test_3_without_the_password(password: tuple[str, ...]) -> None:
    """An encrypted bundle that cannot be opened is incomplete, not clean; the password is not shown."""
    ended = passkey_audit("scan", "logs/support-bundle.zip", *password, "--format", "csv")
    assert ended.code == 3
    assert ended.out.count(b"\n") == 1
    assert "not read: logs/support-bundle.zip!/servers/" in ended.err


def test_3_where_nothing_was_found_to_read(tmp_path: Path) -> None:
    """An empty folder, a missing log and a table without rows are never "0 problems"."""
    empty = tmp_path / "empty"
    empty.mkdir()
    table = tmp_path / "table.csv"
    table.write_text(TABLE_HEAD)
    assert passkey_audit("scan", empty).code == 3
    assert "missing.log" in passkey_audit("scan", empty, tmp_path / "missing.log").err
    ended = audit("--store", table, out=tmp_path / "run")
    assert ended.code == 3
    assert "no stored value was found" in ended.err


def test_3_where_a_key_is_none(tmp_path: Path) -> None:
    """An empty key file is named, and the rest is done."""
    (tmp_path / "passkey.old").touch()
    ended = audit("--store", "store/export.xml", "--key", tmp_path / "passkey.old", out=tmp_path / "run")
    assert ended.code == 3
    assert "passkey.old: empty" in ended.err
    assert b"key passkey: opens 183, current" in ended.out


def test_1_where_nobody_can_be_asked() -> None:
    """Without a terminal `prompt` is refused at once, instead of being read from somewhere."""
    command = ["setsid", "--wait", str(PROGRAM), "scan", ROTATED, "--zip-password", "prompt"]
    done = subprocess.run(command, cwd=ESTATE, check=False, capture_output=True, input=b"typed\n", timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith(b"error: cannot ask: there is no terminal")
    assert b"\nhint: " in done.stderr


@pytest.mark.parametrize("typed", [b"\x03", b"\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_130_where_a_question_gets_no_answer(typed: bytes) -> None:
    """Leaving a prompt ends the program, without a table."""
    code, shown = on_a_terminal("scan", ROTATED, "--zip-password", "prompt", typed=typed)
    assert code == 130
    assert shown.startswith(b"Secret: \r\n")
    assert b"system" not in shown
