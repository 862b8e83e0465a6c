"""New keys: of the right form, written once, never shown."""

import base64
import os
import re
import stat
import string
from pathlib import Path

import pytest

from audit.cloudbees.new_key import new_passkey
from audit.errors import ReencryptionError
from audit.new_key import write_new_key
from audit.octopus.new_key import MASTER_KEY_BYTES, new_master_key
from parsers.keys.octopus_master_key import find_master_key
from parsers.secret import Secret
from tests.audit.reencryption.test_journal import files_of_at_most

HEX = b"00112233445566778899aabbccddeeff"


@pytest.mark.parametrize("bits", MASTER_KEY_BYTES)
def test_a_master_key_as_the_product_prints_it(bits: int) -> None:
    """Base64 and a line's end, of the length that was asked for; each time another."""
    made = [new_master_key(bits) for _ in range(50)]
    assert len(set(made)) == 50
    for each in made:
        found = find_master_key(each)
        assert found is not None
        assert 8 * len(found) == bits
        assert each.reveal() == base64.b64encode(found.reveal()) + b"\n"


@pytest.mark.parametrize("size", [16, 24, 32])
def test_raw_bytes(size: int) -> None:
    """As many, with no white space at an end, which a reader may take off."""
    like = Secret(bytes(range(128, 128 + size)))
    made = [new_passkey(like).reveal() for _ in range(1_000)]
    assert {len(each) for each in made} == {size}
    assert len(set(made)) == 1_000
    assert all(each.strip() == each for each in made)
    assert len({each[:1] for each in made}) > 200  # bytes of every kind


@pytest.mark.parametrize("size", [16, 24, 32])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("upper", [True, False])
def test_hex(size: int, end: bytes, upper: bool) -> None:
    """As many digits, in capitals or not, and the same behind them."""
    digits = bytes(range(0xA0, 0xA0 + size)).hex()
    like = Secret((digits.upper() if upper else digits).encode() + end)
    made = new_passkey(like).reveal()
    allowed = "0123456789" + ("ABCDEF" if upper else "abcdef")
    assert made.endswith(end)
    text = made.removesuffix(end).decode()
    assert len(text) == 2 * size
    assert set(text) <= set(allowed)
    assert new_passkey(like) != new_passkey(like)


def test_hex_in_letters_of_both_sizes() -> None:
    """It is hex and not base64, which has the same letters."""
    made = new_passkey(Secret(HEX[:20] + HEX[20:].upper() + b"\n")).reveal()
    assert len(bytes.fromhex(made.decode())) == 16
    assert made.endswith(b"\n")


@pytest.mark.parametrize("size", [16, 24, 32])
@pytest.mark.parametrize("end", [b"", b"\n"])
def test_base64(size: int, end: bytes) -> None:
    """Of as many bytes, in canonical form, and the same behind it."""
    like = Secret(base64.b64encode(bytes(range(200, 200 + size))) + end)
    made = new_passkey(like).reveal()
    content = base64.b64decode(made.removesuffix(end), validate=True)
    assert len(content) == size
    assert made == base64.b64encode(content) + end


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"short",
        HEX[:-1],
        HEX + b"00",
        b"\xef\xbb\xbf" + HEX,
        b" " + HEX,
        bytes(15),
        bytes(33),
        b"-----BEGIN KEY-----\n" + HEX,
        base64.b64encode(bytes(20)),
    ],
)
def test_what_is_no_key_is_refused(content: bytes) -> None:
    """There is no form to follow: the error tells the length, and nothing of the content."""
    with pytest.raises(ReencryptionError) as error:
        new_passkey(Secret(content))
    assert f"{len(content)} bytes" in error.value.message
    shown = f"{error.value.message} {error.value.hint}"
    assert not content.strip() or content.strip().decode("latin-1") not in shown


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


def test_nothing_is_shown() -> None:
    """A new key's text tells its length alone."""
    made = new_passkey(Secret(HEX))
    assert re.fullmatch(r"Secret\(32 bytes\)", f"{made!r}")
    assert not set(made.reveal().decode()) - set(string.hexdigits)
