"""Candidates out of archives, large trees, and files with several keys."""

import base64
import gzip
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Final

import pytest

from parsers.keys.key_file import KeyFile
from parsers.keys.key_search import SMALL_FOLDER, UntriedFiles
from parsers.keys.read_key_files import find_key_files, read_key_files
from parsers.keys.reference import MAX_SECRET_BYTES
from parsers.unread import Unread

KEY: Final = bytes(range(100, 132))
OTHER: Final = bytes(range(200, 216))


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def run(*words: str | Path) -> None:
    program = shutil.which(str(words[0]))
    assert program is not None
    subprocess.run([program, *words[1:]], check=True, capture_output=True)


def conf(folder: Path) -> Path:
    """A server's folder as a backup has it."""
    write(folder / "conf" / "passkey", KEY)
    write(folder / "conf" / "database.properties", b"COMMANDER_DB_HOST=db\nCOMMANDER_DB_USER=commander\n")
    write(folder / "conf" / ".passkey.swp", KEY)
    write(folder / "logs" / "commander.log", b"2019-09-16T14:28:52.249 | INFO | x\n" * 5000)
    return folder


def keys(found: list[KeyFile | Unread | UntriedFiles]) -> list[KeyFile]:
    return [each for each in found if isinstance(each, KeyFile) and each.likely]


def test_an_archive_of_a_backup(tmp_path: Path) -> None:
    """The passkey in a tarball is the one candidate; what else is there is counted, and nothing is unread."""
    conf(tmp_path / "server")
    archive = tmp_path / "conf-2019.tar.gz"
    run("tar", "-czf", archive, "-C", tmp_path / "server", ".")
    found = find_key_files(str(archive))
    (key,) = keys(found)
    assert (key.label, key.content.reveal()) == ("conf-2019.tar.gz!/conf/passkey", KEY)
    assert key.reference == f"{archive}!/./conf/passkey"
    (left_out,) = [each for each in found if isinstance(each, UntriedFiles)]
    assert (left_out.unlikely, left_out.too_large) == (1, 2)
    assert "1 cannot be keys" in left_out.remark
    assert not any(isinstance(each, Unread) for each in found)
    (labelled,) = keys(find_key_files(f"old={archive}"))
    assert labelled.label == "old!/conf/passkey"


def test_a_bundle_in_a_folder(tmp_path: Path) -> None:
    """A folder's archives are entered, zips within zips too; an archive itself is never a key."""
    write(tmp_path / "backups" / "passkey.old", OTHER)
    inner = conf(tmp_path / "server")
    with zipfile.ZipFile(tmp_path / "inner.zip", "w") as archive:
        archive.write(inner / "conf" / "passkey", "conf/passkey")
    with zipfile.ZipFile(tmp_path / "backups" / "bundle.zip", "w") as archive:
        archive.write(tmp_path / "inner.zip", "node1/backup.zip")
    assert [
        (each.label, each.content.reveal()) for each in keys(find_key_files(str(tmp_path / "backups")))
    ] == [
        ("bundle.zip!/node1/backup.zip!/conf/passkey", KEY),
        ("passkey.old", OTHER),
    ]


def test_a_compressed_key(tmp_path: Path) -> None:
    """A key that was merely compressed has the fingerprint of what was compressed."""
    (found,) = read_key_files(str(write(tmp_path / "passkey.gz", gzip.compress(KEY + b"\n"))))
    assert isinstance(found, KeyFile)
    assert found.content.reveal() == KEY + b"\n"
    assert found.label == "passkey.gz"


def test_a_damaged_archive_is_unread(tmp_path: Path) -> None:
    """What cannot be read of an archive is reported, and ends nothing."""
    conf(tmp_path / "server")
    run("tar", "-czf", tmp_path / "whole.tgz", "-C", tmp_path / "server", "conf", "logs")
    write(tmp_path / "cut.tgz", (tmp_path / "whole.tgz").read_bytes()[:60])
    found = find_key_files(str(tmp_path / "cut.tgz"))
    assert [type(each) for each in found if not isinstance(each, UntriedFiles)] == [Unread]
    foreign = find_key_files(str(write(tmp_path / "conf.7z", b"7z\xbc\xaf\x27\x1c" + bytes(100))))
    assert isinstance(foreign[0], Unread)
    assert "7z" in foreign[0].reason


@pytest.mark.parametrize("magic", [b"\x1f\x8b\x08", b"PK\x03\x04", b"BZh9", b"\xfd7zXZ\x00"])
def test_a_key_that_begins_like_an_archive(tmp_path: Path, magic: bytes) -> None:
    """Sixteen or 32 bytes are a key, whatever they begin with."""
    (found,) = read_key_files(str(write(tmp_path / "passkey", magic + KEY[len(magic) :])))
    assert isinstance(found, KeyFile)


def test_a_large_tree_is_searched(tmp_path: Path) -> None:
    """Of thousands of files those that can be keys are candidates; the others are counted in one remark."""
    for number in range(SMALL_FOLDER + 200):
        write(tmp_path / "plugins" / f"{number}.xml", f"<plugin>{number}</plugin>".encode())
    write(tmp_path / "backup" / "passkey", b"of a form that nobody knows, but well named")
    write(tmp_path / "backup" / "odd.bin", OTHER)
    write(tmp_path / "backup" / "encoded.txt", base64.b64encode(KEY))
    write(tmp_path / "heap.bin", bytes(MAX_SECRET_BYTES + 1))
    write(tmp_path / "empty", b"")
    found = find_key_files(str(tmp_path))
    assert [each.label for each in keys(found)] == ["backup/encoded.txt", "backup/odd.bin", "backup/passkey"]
    assert not any(isinstance(each, Unread) for each in found)
    (left_out,) = [each for each in found if isinstance(each, UntriedFiles)]
    assert (left_out.unlikely, left_out.too_large) == (SMALL_FOLDER + 200, 2)
    unlikely = [each for each in found if isinstance(each, KeyFile) and not each.likely]
    assert len(unlikely) == SMALL_FOLDER + 200


def test_several_keys_are_candidates_each(tmp_path: Path) -> None:
    """What two nodes printed, in one file: two candidates, and the whole for its fingerprint alone."""
    text = b"6EdU6IWsCtMEwk0kPKflQQ==\n" + base64.b64encode(KEY) + b"\n"
    whole, first, second = read_key_files(str(write(tmp_path / "both", text)))
    assert isinstance(whole, KeyFile)
    assert isinstance(first, KeyFile)
    assert isinstance(second, KeyFile)
    assert (whole.label, whole.likely, whole.content.reveal()) == ("both", False, text)
    assert (first.label, second.label) == ("both#1", "both#2")
    assert second.master_key is not None
    assert second.master_key.reveal() == KEY
    assert first.master_key is not None
    assert len(first.master_key) == 16
