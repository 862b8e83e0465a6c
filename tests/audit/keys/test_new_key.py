"""A new key is written once, whole, and for its owner alone."""

import os
import stat
from pathlib import Path

import pytest

from audit.errors import ReencryptionError
from audit.keys.new_key import write_new_key
from parsers.secret import Secret
from tests.audit.reencryption.test_journal import files_of_at_most

HEX = b"00112233445566778899aabbccddeeff"


def test_it_is_written_once(tmp_path: Path) -> None:
    """What stands there is never overwritten, be it a key, a link, or a link to nowhere."""
    path = tmp_path / "new"
    write_new_key(path, Secret(b"first"))
    link, nowhere = tmp_path / "link", tmp_path / "nowhere"
    link.symlink_to(path)
    nowhere.symlink_to(tmp_path / "absent")
    for taken in (path, link, nowhere, tmp_path):
        with pytest.raises(ReencryptionError, match="never overwritten"):
            write_new_key(taken, Secret(b"second"))
    assert path.read_bytes() == b"first"
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_mode_0600_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """Nobody else can read it."""
    path = tmp_path / "new"
    before = os.umask(umask)
    try:
        write_new_key(path, Secret(HEX))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == HEX


def test_a_full_disk_leaves_no_half_key(tmp_path: Path) -> None:
    """Half a key looks like a key."""
    path = tmp_path / "new"
    with files_of_at_most(10), pytest.raises(ReencryptionError) as error:
        write_new_key(path, Secret(HEX))
    assert not path.exists()
    assert HEX.decode() not in f"{error.value.message} {error.value.__cause__}"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """The error names the file."""
    with pytest.raises(ReencryptionError, match="no such file"):
        write_new_key(tmp_path / "absent" / "new", Secret(HEX))
