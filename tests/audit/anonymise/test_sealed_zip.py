"""A run folder sealed for sending."""

import io
import subprocess
from pathlib import Path

import pytest

from audit.anonymise.sealed_zip import seal
from audit.errors import AuditError
from parsers.secret import Secret
from tests.support.programs import need

PASSWORD = "correct horse battery"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Something like a run folder."""
    (tmp_path / "run" / "reentry").mkdir(parents=True)
    (tmp_path / "run" / "summary.json").write_text('{"total": 3}')
    (tmp_path / "run" / "reentry" / "team.csv").write_text("a,b\n" * 1000)
    return tmp_path / "run"


def test_7z_opens_it_with_the_password_only(folder: Path, tmp_path: Path) -> None:
    """Another program finds every file whole with the password, and none without it."""
    out = tmp_path / "run.zip"
    with out.open("wb") as file:
        assert seal(folder, Secret(PASSWORD.encode()), file) == 2
    extract = [need("7z"), "x", "-y", f"-o{tmp_path / 'out'}", str(out)]
    assert subprocess.run([*extract, f"-p{PASSWORD}"], capture_output=True, check=False).returncode == 0
    for path in ("summary.json", "reentry/team.csv"):
        assert (tmp_path / "out" / path).read_bytes() == (folder / path).read_bytes()
    assert subprocess.run([*extract, "-pwrong password"], capture_output=True, check=False).returncode != 0
    assert b"total" not in out.read_bytes()


def test_short_passwords_and_empty_folders_are_refused(folder: Path, tmp_path: Path) -> None:
    """What leaves the house is sealed well or not at all."""
    with pytest.raises(AuditError, match="password"):
        seal(folder, Secret(b"short"), io.BytesIO())
    (tmp_path / "empty").mkdir()
    with pytest.raises(AuditError, match="no file"):
        seal(tmp_path / "empty", Secret(PASSWORD.encode()), io.BytesIO())
