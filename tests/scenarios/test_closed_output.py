"""Whoever reads the output goes away, or cannot take it."""

import subprocess
from pathlib import Path

import pytest

from tests.support.program import ESTATE, PROGRAM

AUDIT = "audit --store store/export.xml --key keys --out"
SCAN = "scan logs --zip-password logs/support-bundle.password"


def shell(line: str) -> subprocess.CompletedProcess[bytes]:
    """A line of bash; `$P` is the program. The exit code is the program's, first in its pipe."""
    return subprocess.run(
        ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"],
        cwd=ESTATE,
        env={"P": str(PROGRAM), "PATH": "/usr/bin:/bin"},
        check=False,
        capture_output=True,
    )


@pytest.mark.parametrize(
    "line",
    [
        f"$P {SCAN} --format json -q | head -c 10",
        f"$P {SCAN} --format parquet -q | true",
        f"$P {SCAN} -q | true",
        "$P fingerprint keys | true",
        "$P --help | true",
        "$P scan --help | true",
        f"$P {SCAN} --format csv -q >&-",
        "$P --version >&-",
    ],
)
def test_141_without_a_word(line: str) -> None:
    """A reader that had enough is no fault: nothing on standard error."""
    ended = shell(line)
    assert (ended.returncode, ended.stderr) == (141, b"")


def test_the_run_is_whole_when_only_its_summary_finds_no_reader(tmp_path: Path) -> None:
    """The folder is written before anything is printed."""
    ended = shell(f"$P {AUDIT} {tmp_path}/run 2>/dev/null | true")
    assert ended.returncode == 141
    assert (tmp_path / "run" / "summary.json").exists()


@pytest.mark.parametrize(
    "line",
    [
        *(
            f"$P scan logs/commander.log.1.zip -q --format {name}"
            for name in ("table", "csv", "json", "parquet")
        ),
        "$P fingerprint keys",
        "$P --help",
        "$P --version",
    ],
)
def test_1_where_the_disk_is_full(line: str) -> None:
    """One line and a hint, no traceback."""
    ended = shell(f"{line} >/dev/full")
    assert ended.returncode == 1
    assert b"no space left on device" in ended.stderr
    assert [text.partition(b":")[0] for text in ended.stderr.splitlines()] == [b"error", b"hint"]


def test_a_closed_standard_error_stops_nothing() -> None:
    """Remarks have nowhere to go; the table and the code are the same."""
    line = "$P scan logs/commander.log.1.zip --format csv"
    open_error, closed = shell(line), shell(f"{line} 2>&-")
    assert open_error.stderr != b""
    assert (closed.returncode, closed.stdout) == (open_error.returncode, open_error.stdout) != (0, b"")
