import gzip
import io
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
import pyzipper

from sample_logs.generator.__main__ import ForeignFolderError, main, write_estates
from sample_logs.generator.cloudbees.story import BUNDLE_PASSWORD

CHECKED_IN = Path(__file__).parents[2] / "sample_logs"
BY_HAND = {".gitattributes", "__init__.py", "demo.sh"}
CODE = {"generator", "__pycache__"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write_estates(folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] not in CODE
    }


def unpacked(content: bytes) -> object:
    """What is inside, all the way down: another zlib or SQLite may write the same content as other bytes."""
    if content.startswith(b"\x1f\x8b"):
        return unpacked(gzip.decompress(content))
    if content.startswith(b"SQLite format 3\0"):
        return dumped(content)
    if not content.startswith(b"PK"):
        return content
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        archive.setpassword(BUNDLE_PASSWORD)
        return [(info.filename, info.date_time, unpacked(archive.read(info))) for info in archive.infolist()]


def dumped(content: bytes) -> list[str]:
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(content)
        return list(connection.iterdump())
    finally:
        connection.close()


def test_checked_in_samples_are_what_the_script_writes(made: Path) -> None:
    """`sample_logs/` has the same files with the same content, and nothing else but files written by hand."""
    here, there = files(made), files(CHECKED_IN)
    assert set(there) - BY_HAND == set(here)
    assert [name for name in here if unpacked(here[name]) != unpacked(there[name])] == []


def test_same_bytes_in_another_process(made: Path, tmp_path: Path) -> None:
    """A second run, with another hash seed, time zone and locale, writes identical bytes."""
    command = [sys.executable, "-m", "sample_logs.generator", str(tmp_path / "again")]
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Kolkata", "LC_ALL": "C"}
    subprocess.run(command, check=True, env=environment, cwd=CHECKED_IN.parent)
    assert files(tmp_path / "again") == files(made)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    """Writing goes over the files of an earlier estate only."""
    write_estates(tmp_path)
    truth = tmp_path / "cloudbees-cd" / "truth.json"
    truth.write_text("changed")
    (tmp_path / "mine").write_text("kept")
    write_estates(tmp_path)
    assert (tmp_path / "mine").read_text() == "kept"
    assert truth.read_text() != "changed"


def test_a_foreign_readme_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Somebody's own folder is refused before anything is written."""
    (tmp_path / "README.md").write_text("# My project")
    with pytest.raises(ForeignFolderError):
        write_estates(tmp_path)
    assert main([str(tmp_path)]) == 1
    assert "hint: name a new" in capsys.readouterr().err
    assert files(tmp_path) == {"README.md": b"# My project"}


def test_a_few_megabytes(made: Path) -> None:
    """The samples stay small enough to be checked in."""
    assert sum(map(len, files(made).values())) < 3_000_000


def test_one_folder_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a folder: usage, exit code 2, nothing written."""
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("usage:")


def test_needs_nothing_of_the_program(tmp_path: Path) -> None:
    """Writing the estates loads no module of the program that is tested with them."""
    code = (
        "import sys; from sample_logs.generator.__main__ import main; main(sys.argv[1:])\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'audit', 'parsers', 'reports'}))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "made")]
    out = subprocess.run(command, check=True, capture_output=True, text=True, cwd=CHECKED_IN.parent)
    assert (tmp_path / "made" / "octopus" / "truth.json").exists()
    assert out.stdout.strip() == "[]"
