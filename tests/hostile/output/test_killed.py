"""kill -9 in the middle of an audit: the run folder is no run, or a whole one."""

import random
import subprocess
import time
from pathlib import Path

from reports.files import is_unfinished
from reports.run_folder import read_run_folder
from tests.support.program import ESTATE, PROGRAM

COMMAND = (PROGRAM, "audit", "--store", "store/export.xml", "--key", "keys", "--owners", "owners.csv", "-q")
TIMES = 20


def test_at_random_moments(tmp_path: Path) -> None:
    """Again and again into the same folder: never half a file, never a summary beside what is not its own."""
    chance = random.Random(20210206)
    seconds = finish(tmp_path / "whole")
    whole = content(tmp_path / "whole")
    states = []
    for _ in range(TIMES):
        kill_after(chance.uniform(0, seconds), tmp_path / "run")
        states.append(state(tmp_path / "run", whole))
    assert {"no run"} <= set(states) <= {"no run", "run"}
    finish(tmp_path / "run")
    assert content(tmp_path / "run") == whole


def finish(folder: Path) -> float:
    """Run it to its end; the seconds from when the folder is there."""
    with subprocess.Popen([*COMMAND, "--out", folder], cwd=ESTATE, stderr=subprocess.DEVNULL) as process:
        since = _when_there(folder)
        assert process.wait() == 10
        return time.monotonic() - since


def kill_after(seconds: float, folder: Path) -> None:
    marks = folder.stat().st_mtime_ns if folder.exists() else 0
    with subprocess.Popen([*COMMAND, "--out", folder], cwd=ESTATE, stderr=subprocess.DEVNULL) as process:
        if not marks:
            _when_there(folder)
        time.sleep(seconds)
        process.kill()


def _when_there(folder: Path) -> float:
    while not folder.exists():
        time.sleep(0.005)
    return time.monotonic()


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def state(folder: Path, whole: dict[str, bytes]) -> str:
    """Whether it is a run; every file with a name of its own is whole and private either way."""
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in (path for path in folder.rglob("*") if path.is_file()):
        assert path.stat().st_mode & 0o777 == 0o600
        if not is_unfinished(path):
            assert path.read_bytes() == whole[path.relative_to(folder).as_posix()]
    if not (folder / "summary.json").exists():
        return "no run"
    assert read_run_folder(folder).credentials.height == 299
    assert set(whole) <= set(content(folder))
    return "run"
