"""No room, no right, odd masks: files appear whole and private, or not at all."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.program import ESTATE, PROGRAM
from tests.support.programs import need

AUDIT = "audit --store store/export.xml --key keys --owners owners.csv -q --out"
SCAN = "scan logs/commander.log.1.zip --format csv -q -o"
NOBODY = 65534


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """A line of bash, in which `$P` is the program."""
    env = os.environ | {"P": str(PROGRAM)}
    return subprocess.run(
        ["bash", "-c", line], cwd=ESTATE, env=env, check=False, capture_output=True, text=True
    )


def is_one_error_with_a_hint(ended: subprocess.CompletedProcess[str]) -> bool:
    return [line.partition(":")[0] for line in ended.stderr.splitlines()] == ["error", "hint"]


@pytest.mark.parametrize("umask", ["0000", "0777"])
def test_whatever_the_umask(umask: str, tmp_path: Path) -> None:
    """0700 and 0600, neither more nor less."""
    assert shell(f"umask {umask}; exec $P {AUDIT} {tmp_path}/run").returncode == 10
    assert shell(f"umask {umask}; exec $P {SCAN} {tmp_path}/found.csv").returncode == 10
    inside = [path for path in tmp_path.rglob("*") if path.exists()]
    assert {path.stat().st_mode & 0o777 for path in inside if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in inside if path.is_file()} == {0o600}
    assert len(inside) > 10


@pytest.mark.parametrize("kilobytes", [0, 2, 20, 200])
def test_files_may_not_grow(kilobytes: int, tmp_path: Path) -> None:
    """A limit met in the first file or in a later one: 1, no summary, nothing unfinished, nothing cut."""
    ended = shell(f"ulimit -f {kilobytes}; exec $P {AUDIT} {tmp_path}/run")
    assert ended.returncode == 1
    assert is_one_error_with_a_hint(ended)
    assert "file too large" in ended.stderr
    whole = {"findings.parquet", "credentials.parquet", "credentials.csv", "unread.csv"}
    whole |= {"logged-not-stored.csv"}
    left = {path.name for path in (tmp_path / "run").iterdir() if path.is_file()}
    assert left <= whole
    assert all((tmp_path / "run" / name).stat().st_size <= kilobytes * 1024 for name in left)


def test_an_old_table_stays(tmp_path: Path) -> None:
    """A table that cannot be written whole does not replace the old one."""
    (tmp_path / "found.csv").write_text("old")
    ended = shell(f"ulimit -f 1; exec $P {SCAN} {tmp_path}/found.csv")
    assert ended.returncode == 1
    assert is_one_error_with_a_hint(ended)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("found.csv", "old")]


@pytest.fixture
def others_folder() -> Iterator[tuple[list[str], Path]]:
    """A folder that may be read and not written to, and how to run as somebody whom that binds."""
    if os.geteuid():
        prefix: list[str] = []
    else:
        prefix = [need("setpriv"), f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
        if subprocess.run([*prefix, PROGRAM, "--version"], check=False, capture_output=True).returncode:
            pytest.skip("nobody may not run the program where it is installed")
    folder = Path(tempfile.mkdtemp(prefix="passkey-audit-test-"))
    folder.chmod(0o555)
    yield prefix, folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize("arguments", [f"{AUDIT} FOLDER/run", f"{AUDIT} FOLDER", f"{SCAN} FOLDER/found.csv"])
def test_a_folder_without_the_right_to_write(arguments: str, others_folder: tuple[list[str], Path]) -> None:
    """1 and a hint; nothing is left there, and its mode stays."""
    prefix, folder = others_folder
    command = [*prefix, str(PROGRAM), *arguments.replace("FOLDER", str(folder)).split()]
    ended = subprocess.run(command, cwd=ESTATE, check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert is_one_error_with_a_hint(ended)
    assert list(folder.iterdir()) == []
    assert folder.stat().st_mode & 0o777 == 0o555
