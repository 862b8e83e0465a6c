"""`-o FILE`: whole, private, and never over something that is no plain file."""

import io
import json
import os
import subprocess
from pathlib import Path

import polars as pl
import pytest

from reports.schema import FINDINGS
from reports.tables import read_csv
from tests.support.program import ESTATE, PROGRAM, Ended, passkey_audit

ROTATED = "logs/commander.log.1.zip"


def scan_into(path: Path, table_format: str) -> Ended:
    return passkey_audit("scan", ROTATED, "--format", table_format, "-o", path, "--quiet")


def read(content: bytes, table_format: str) -> pl.DataFrame:
    match table_format:
        case "csv":
            return read_csv(content, FINDINGS)
        case "json":
            return pl.DataFrame(json.loads(content), schema=FINDINGS)
        case _:
            return pl.read_parquet(io.BytesIO(content))


def test_every_format_holds_the_same(tmp_path: Path) -> None:
    """CSV, JSON and Parquet read back as one frame; the file is private, and nothing is printed."""
    frames = []
    for table_format in ("csv", "json", "parquet"):
        path = tmp_path / table_format
        assert scan_into(path, table_format) == Ended(10, b"", "")
        assert path.stat().st_mode & 0o777 == 0o600
        frames.append(read(path.read_bytes(), table_format))
    assert frames[0].height == 3
    assert all(frame.equals(frames[0]) for frame in frames)
    assert len(list(tmp_path.iterdir())) == 3


def test_a_fifo_is_written_through(tmp_path: Path) -> None:
    """It is not replaced by a file."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with subprocess.Popen(["cat", fifo], stdout=subprocess.PIPE) as reader:
        assert scan_into(fifo, "csv") == Ended(10, b"", "")
        content, _ = reader.communicate()
    assert read(content, "csv").height == 3
    assert fifo.is_fifo()


def test_a_fifo_whose_reader_leaves(tmp_path: Path) -> None:
    """141, as for a closed standard output."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    command = [
        "scan",
        "logs",
        "--zip-password",
        "logs/support-bundle.password",
        "--format",
        "json",
        "-q",
        "-o",
    ]
    with subprocess.Popen([PROGRAM, *command, fifo], cwd=ESTATE, stderr=subprocess.PIPE) as process:
        subprocess.run(["head", "-c", "1", fifo], check=True, stdout=subprocess.DEVNULL)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (141, b"")


def test_a_full_device(tmp_path: Path) -> None:
    """An error, and the device is still one."""
    ended = scan_into(Path("/dev/full"), "csv")
    assert ended.code == 1
    assert "'/dev/full': no space left on device" in ended.err
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_is_refused(exists: bool, tmp_path: Path) -> None:
    """Neither the link nor what it leads to is touched."""
    target = tmp_path / "target"
    if exists:
        target.write_text("kept")
    link = tmp_path / "link"
    link.symlink_to(target)
    ended = scan_into(link, "csv")
    assert ended.code == 1
    assert "is a link" in ended.err
    assert link.is_symlink()
    assert target.exists() is exists
    assert not exists or target.read_text() == "kept"


def test_a_missing_folder(tmp_path: Path) -> None:
    """Folders are not made for a table; the hint says so."""
    ended = scan_into(tmp_path / "no" / "such", "csv")
    assert (ended.code, ended.out) == (1, b"")
    assert "hint: make the folder first" in ended.err
    assert list(tmp_path.iterdir()) == []


def test_an_old_file_stays_when_the_run_fails(tmp_path: Path) -> None:
    """A failed run does not cost the last one's table."""
    old = tmp_path / "found.csv"
    old.write_text("old")
    ended = passkey_audit("scan", ROTATED, "--zip-password", "env:NO_SUCH_NAME", "-o", old)
    assert ended.code == 1
    assert old.read_text() == "old"
    assert list(tmp_path.iterdir()) == [old]
