import io
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import pyzipper

from sample_logs.generator.zip_writer import STORED, Encryption, Member, zip_archive
from tests.support.programs import need

DAY = datetime(2021, 2, 6, 7, 30, 42)  # noqa: DTZ001 # zip dates carry no zone
MEMBERS = (
    Member("servers/a/läuft.log", b"line\n" * 5000, DAY),
    Member("servers/a/inner.zip", bytes(range(256)), DAY, STORED),
    Member("empty", b"", DAY),
)
SEALED = Encryption(b"pass phrase", salt=b"test")


@pytest.mark.parametrize("encryption", [None, SEALED])
def test_other_programs_open_it(encryption: Encryption | None, tmp_path: Path) -> None:
    """7z tests the archive and unpacks every member to what went in."""
    archive = tmp_path / "a.zip"
    archive.write_bytes(zip_archive(MEMBERS, encryption))
    out = tmp_path / "out"
    command = [need("7z"), "x", "-y", "-ppass phrase", f"-o{out}", str(archive)]
    subprocess.run(command, check=True, capture_output=True)
    for member in MEMBERS:
        assert (out / member.name).read_bytes() == member.content


def test_a_wrong_password_does_not_open_it(tmp_path: Path) -> None:
    """7z refuses."""
    archive = tmp_path / "a.zip"
    archive.write_bytes(zip_archive(MEMBERS, SEALED))
    command = [need("7z"), "t", "-pwrong", str(archive)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 2


@pytest.mark.parametrize("encryption", [None, SEALED])
def test_names_dates_and_modes(encryption: Encryption | None) -> None:
    """Another reader sees names, dates and sizes as given."""
    with pyzipper.AESZipFile(io.BytesIO(zip_archive(MEMBERS, encryption))) as archive:
        archive.setpassword(b"pass phrase")
        infos = archive.infolist()
        assert [info.filename for info in infos] == [member.name for member in MEMBERS]
        assert {info.date_time for info in infos} == {(2021, 2, 6, 7, 30, 42)}
        assert [archive.read(info) for info in infos] == [member.content for member in MEMBERS]


def test_unzip_lists_what_it_cannot_open(tmp_path: Path) -> None:
    """Info-ZIP knows no AES, and still lists the names."""
    archive = tmp_path / "a.zip"
    archive.write_bytes(zip_archive(MEMBERS, SEALED))
    listed = subprocess.run([need("unzip"), "-l", str(archive)], check=True, capture_output=True).stdout
    assert b"inner.zip" in listed


def test_each_member_has_a_salt_of_its_own() -> None:
    """Equal members are sealed differently: one salt for all would use one keystream twice."""
    same = [Member(name, b"x" * 64, DAY, STORED) for name in ("a", "b")]
    archive = zip_archive(same, SEALED)
    with zipfile.ZipFile(io.BytesIO(archive)) as listing:
        starts = [info.header_offset + 30 + 1 + 11 for info in listing.infolist()]
    first, second = (archive[start : start + 16 + 2 + 64 + 10] for start in starts)
    assert first[:16] != second[:16]
    assert first[18:82] != second[18:82]


def test_same_bytes_every_time() -> None:
    """Nothing of the clock or of chance is in an archive."""
    assert zip_archive(MEMBERS, SEALED) == zip_archive(MEMBERS, SEALED)
