"""An administrator compares passkey files, as KBEC-00497 does with `sha1sum`."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.program import ESTATE, passkey_audit
from tests.support.programs import need


def test_equals_sha1sum() -> None:
    """The fingerprint of each file of a folder is what the article's command prints."""
    paths = sorted((ESTATE / "keys").iterdir())
    printed = subprocess.run([need("sha1sum"), *paths], check=True, capture_output=True, text=True).stdout
    ended = passkey_audit("fingerprint", "keys", "--format", "json")
    told = {str(ESTATE / row["file"]): row["fingerprint"] for row in json.loads(ended.out)}
    assert told == {line[42:]: line[:40] for line in printed.splitlines()}
    assert (ended.code, ended.err) == (0, "")


def test_says_which_can_be_an_aes_key(tmp_path: Path) -> None:
    """32 bytes can, 20 bytes cannot, and an empty file is not read: 3."""
    (tmp_path / "right").write_bytes(bytes(range(32)))
    (tmp_path / "odd").write_bytes(bytes(range(20)))
    (tmp_path / "empty").touch()
    ended = passkey_audit("fingerprint", "right", "odd", "empty", "--format", "json", cwd=tmp_path)
    told = {row["file"]: row for row in json.loads(ended.out)}
    assert ended.code == 3
    assert ended.err == "not read: empty: empty: no key file\n"
    assert (told["right"]["bits"], told["right"]["bytes"]) == (256, 32)
    assert "not an AES key" in told["odd"]["remarks"]


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (b"k" * 32, 0o644, "open to others than its owner (mode 0644)"),
        (b"k" * 32 + b"\n", 0o600, "ends with a newline"),
        (b"\xef\xbb\xbf" + b"k" * 32, 0o600, "byte-order mark"),
        (b"k" * 31, 0o600, "31 bytes: not an AES key"),
    ],
)
def test_says_what_is_odd(content: bytes, mode: int, said: str, tmp_path: Path) -> None:
    """Each oddity is named, here and in an audit; the fingerprint is of the file as it is."""
    path = tmp_path / "passkey"
    path.write_bytes(content)
    path.chmod(mode)
    assert said in passkey_audit("fingerprint", path, "--format", "csv").out.decode()
    arguments = ("--store", "store/imported-2017.xml", "--key", path, "--out", tmp_path / "run")
    assert said in passkey_audit("audit", *arguments).err


def test_says_that_it_is_a_link(tmp_path: Path) -> None:
    """A link is followed, and named."""
    link = tmp_path / "passkey"
    link.symlink_to(ESTATE / "keys" / "passkey")
    ended = passkey_audit("fingerprint", link, "--format", "json")
    (row,) = json.loads(ended.out)
    assert (
        row["fingerprint"]
        == json.loads((ESTATE / "truth.json").read_bytes())["keys"]["passkey"]["fingerprint"]
    )
    assert "a symbolic link" in row["remarks"]


def test_a_private_key_file_has_no_remarks(tmp_path: Path) -> None:
    """Nothing is said where nothing is odd."""
    path = tmp_path / "passkey"
    path.write_bytes(bytes(range(32)))
    path.chmod(0o600)
    (row,) = json.loads(passkey_audit("fingerprint", path, "--format", "json").out)
    assert row["remarks"] == ""
