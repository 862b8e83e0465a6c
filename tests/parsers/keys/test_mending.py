"""Copies of key files that something changed, known by the fingerprint that they had."""

import base64
import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.keys.mending import mended_forms
from parsers.secret import Secret

KEY: Final = bytes(range(160, 192))
BASE64: Final = base64.b64encode(KEY)


def sha1(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


@pytest.mark.parametrize(
    ("copy", "original", "how"),
    [
        (KEY + b"\n", KEY, "without its last byte, a newline,"),
        (KEY + b"\r\n", KEY, "without its last two bytes"),
        (KEY + b"\r\n", KEY + b"\n", "with line ends of Unix"),
        (KEY, KEY + b"\n", "with a newline at its end"),
        (BASE64 + b"\n", KEY, "decoded from base64"),
        (BASE64.rstrip(b"="), KEY, "decoded from base64"),
        (BASE64, KEY + b"\n", "decoded from base64 and with a line end"),
        (KEY.hex().encode(), KEY, "decoded from hex"),
        (b"\xff\xfe" + BASE64.decode().encode("utf-16-le"), BASE64 + b"\n", "line end"),
        (b"passkey: " + BASE64, BASE64, "without what stands around the key"),
        (
            base64.b64encode(b"forty bytes, which are no AES key at all"),
            b"forty bytes, which are no AES key at all",
            "base64",
        ),
        (KEY, BASE64 + b"\n", "written as base64"),
    ],
)
def test_the_original_is_known(copy: bytes, original: bytes, how: str) -> None:
    """The server's fingerprint is among those that a changed copy may have had, with what to do."""
    found = {each.fingerprint: each for each in mended_forms(Secret(copy))}
    assert how in found[sha1(original)].how
    assert sha1(copy) not in found


@pytest.mark.parametrize(
    ("copy", "original"),
    [
        (KEY + b"\n", KEY),
        (KEY + b"\r\n", KEY),
        (KEY + b"\n\n", KEY),
        (KEY, KEY + b"\n"),
        (BASE64 + b"\n", KEY),
        (KEY.hex().encode() + b"\n", KEY),
        (b"\xff\xfe" + "Tr0ub4dor&3!hors".encode("utf-16-le"), b"Tr0ub4dor&3!hors"),
        (KEY, BASE64),
        (b"one\r\ntwo\r\n", b"one\ntwo\n"),
    ],
)
def test_the_command_mends_the_file(tmp_path: Path, copy: bytes, original: bytes) -> None:
    """What is said to be typed makes the server's file out of the copy, in place or as `passkey`."""
    (mended,) = [each for each in mended_forms(Secret(copy)) if each.fingerprint == sha1(original)]
    (tmp_path / "copy").write_bytes(copy)
    shell = shutil.which("sh")
    assert shell is not None
    subprocess.run([shell, "-c", mended.command.replace("FILE", "copy")], cwd=tmp_path, check=True)
    result = tmp_path / ("passkey" if mended.command.endswith("passkey") else "copy")
    assert result.read_bytes() == original


@given(st.binary(max_size=80))
def test_no_fingerprint_twice(content: bytes) -> None:
    """Any file has changed forms, each fingerprint once and never its own; no key shows."""
    found = [each.fingerprint for each in mended_forms(Secret(content))]
    assert len(found) == len(set(found))
    assert sha1(content) not in found
