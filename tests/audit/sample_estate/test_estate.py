import gzip
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from audit.sample_estate.__main__ import main
from audit.sample_estate.estate import write_estates

CHECKED_IN = Path(__file__).parents[3] / "sample_logs"
BY_HAND = {".gitattributes", "demo.sh"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write_estates(folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def unpacked(content: bytes) -> object:
    """What is inside, since another zlib may pack the same content into other bytes."""
    if content.startswith(b"\x1f\x8b"):
        return gzip.decompress(content)
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = archive.infolist()
        listing = [(info.filename, info.date_time, info.file_size) for info in infos]
        return listing, [archive.read(info) for info in infos if not info.flag_bits & 1]


def test_checked_in_samples_are_what_the_script_writes(made: Path) -> None:
    """`sample_logs/` has the same files with the same content, and nothing else but files written by hand."""
    here, there = files(made), files(CHECKED_IN)
    assert set(there) - BY_HAND == set(here)
    assert [name for name in here if unpacked(here[name]) != unpacked(there[name])] == []


def test_same_bytes_in_another_process(made: Path, tmp_path: Path) -> None:
    """A second run, with another hash seed, time zone and locale, writes identical bytes."""
    command = [sys.executable, "-m", "audit.sample_estate", str(tmp_path / "again")]
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Kolkata", "LC_ALL": "C"}
    subprocess.run(command, check=True, env=environment, cwd=CHECKED_IN.parent)
    assert files(tmp_path / "again") == files(made)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    """Writing goes over its own files only."""
    (tmp_path / "mine").write_text("kept")
    (tmp_path / "README.md").write_text("old")
    write_estates(tmp_path)
    assert (tmp_path / "mine").read_text() == "kept"
    assert (tmp_path / "README.md").read_text() != "old"


def test_a_few_megabytes(made: Path) -> None:
    """The samples stay small enough to be checked in."""
    assert sum(map(len, files(made).values())) < 3_000_000


def test_one_folder_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a folder: usage, exit code 2, nothing written."""
    assert main([]) == 2
    assert capsys.readouterr().err.startswith("usage:")


def test_import_is_light() -> None:
    """Importing the maker loads no cryptography, no polars, no database."""
    heavy = "{'cryptography', 'polars', 'pyzipper', 'sqlalchemy', 'numpy'}"
    code = f"import sys, audit.sample_estate.estate; print(sorted({heavy} & set(sys.modules)))"
    command = [sys.executable, "-c", code]
    out = subprocess.run(command, check=True, capture_output=True, text=True, cwd=CHECKED_IN.parent)
    assert out.stdout.strip() == "[]"
