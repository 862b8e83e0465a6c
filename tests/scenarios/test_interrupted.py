"""Ctrl-C: the program leaves at once, with 130, and leaves nothing half-written."""

import gzip
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.program import ESTATE, PROGRAM

AT_ONCE = 10.0
"""Seconds: generous for a busy machine, and far less than reading the long log takes."""


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred gigabytes of ordinary lines: gzip members, one after another."""
    path = tmp_path_factory.mktemp("long") / "commander.log.gz"
    entry = (ESTATE / "logs" / "commander-CDMERLIN.log").read_bytes().partition(b"\n")[0] + b"\n"
    path.write_bytes(gzip.compress(entry * 100_000) * 6_000)
    return path


def interrupt(process: subprocess.Popen[bytes], is_reading: Callable[[], bool]) -> tuple[int, bytes, bytes]:
    """Press Ctrl-C in the middle of reading; exit code and both outputs."""
    with process:
        while not is_reading():
            assert process.poll() is None
            time.sleep(0.02)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        since = time.monotonic()
        process.wait(timeout=60)  # standard input stays open
        assert time.monotonic() - since < AT_ONCE
        return process.returncode, *process.communicate()


def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
    command = [PROGRAM, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ESTATE, stdin=pipe, stdout=pipe, stderr=pipe)


def has_open(process: subprocess.Popen[bytes], path: Path) -> bool:
    return any(os.path.realpath(each) == str(path) for each in Path(f"/proc/{process.pid}/fd").iterdir())


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_scan_of_a_long_log(jobs: str, long_log: Path, tmp_path: Path) -> None:
    """No word, no half of the output file."""
    process = start("scan", long_log, "--jobs", jobs, "-o", tmp_path / "found.csv", "--format", "csv")
    assert interrupt(process, lambda: has_open(process, long_log)) == (130, b"", b"")
    assert list(tmp_path.iterdir()) == []


def test_audit_of_a_long_log(long_log: Path, tmp_path: Path) -> None:
    """The run folder is empty: it is no run."""
    arguments = ("--store", "store/export.xml", "--key", "keys", "--out", tmp_path / "run")
    process = start("audit", long_log, *arguments)
    assert interrupt(process, lambda: has_open(process, long_log)) == (130, b"", b"")
    assert list((tmp_path / "run").iterdir()) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_waiting_for_input(jobs: str) -> None:
    """A thread that waits for a pipe which nobody closes does not keep the program."""
    process = start("scan", "-", "--jobs", jobs)
    assert process.stdin
    process.stdin.write(b"more than a pipe holds\n" * 50_000)  # returns when most of it has been read
    process.stdin.flush()
    assert interrupt(process, lambda: True) == (130, b"", b"")
