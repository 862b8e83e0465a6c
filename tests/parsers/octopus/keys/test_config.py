import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.errors import KeyFileError
from parsers.keys.key_file import KeyFile
from parsers.keys.read_key_files import read_key_files
from parsers.octopus.keys.config import read_octopus_config
from parsers.secret import Secret
from parsers.unread import Unread

# Made for testing: the master key below as a JSON string, sealed under this machine-id.
MACHINE_ID = b"0123456789abcdef0123456789abcdef\n"
MASTER_KEY = base64.b64decode("AAECAwQFBgcICQoLDA0ODw==")
SEALED = "FKGWw2t+3uS1rYMcrZvb4I1/HSS0x5yHw9iKijv5HO8="
DPAPI = "AQAAANCMnd8BFdERjHoAwE/Cl+sBAAAAPLANTEDMARKER=="


def config(value: str, *, before: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>{before}
<octopus-settings xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <set key="Octopus.Home">/home/octopus</set>
  <set key="Octopus.Storage.MasterKey">{value}</set>
  <set key="Octopus.WebPortal.ListenPrefixes">http://localhost:8080/</set>
</octopus-settings>""".encode()


def opened(content: bytes, *machine_secrets: bytes) -> bytes:
    return read_octopus_config(Secret(content), [Secret(each) for each in machine_secrets]).reveal()


def test_the_linux_form_opens_with_its_machine_id() -> None:
    """The value opens with its machine-id, also behind a byte-order mark and after a wrong one."""
    assert opened(config(SEALED), MACHINE_ID) == MASTER_KEY
    assert opened(b"\xef\xbb\xbf" + config(SEALED), b"f" * 32, b"", b"x.y", MACHINE_ID) == MASTER_KEY


def test_the_linux_form_opens_with_a_machinekey(tmp_path: Path) -> None:
    """What openssl sealed under the key and vector of a machinekey file opens with it."""
    key, vector = bytes(range(32)), bytes(range(50, 66))
    text = b'"' + base64.b64encode(b"m" * 32) + b'"'
    program = shutil.which("openssl")
    assert program is not None
    arguments = ["enc", "-aes-256-cbc", "-K", key.hex(), "-iv", vector.hex(), "-a", "-A"]
    sealed = subprocess.run(
        [program, *arguments], input=text, capture_output=True, check=True
    ).stdout.decode()
    machinekey = base64.b64encode(key) + b"." + base64.b64encode(vector) + b"\n"
    assert opened(config(sealed), machinekey) == b"m" * 32
    (tmp_path / "machinekey").write_bytes(machinekey)
    (tmp_path / "Server.linux.config").write_bytes(config(sealed))
    (found,) = read_key_files(str(tmp_path / "Server.linux.config"))
    assert isinstance(found, KeyFile)
    assert found.master_key == Secret(b"m" * 32)


def test_the_windows_form_says_what_to_do(tmp_path: Path) -> None:
    """A value sealed by Windows names the command to run there, and shows nothing of the value."""
    with pytest.raises(KeyFileError, match="Windows") as error:
        opened(config(DPAPI), MACHINE_ID)
    assert "show-master-key" in error.value.hint
    (tmp_path / "OctopusServer.config").write_bytes(config(DPAPI))
    (found,) = read_key_files(str(tmp_path / "OctopusServer.config"))
    assert isinstance(found, Unread)
    assert "show-master-key" in found.reason
    assert "PLANTED" not in found.reason


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (config(SEALED), "no machinekey or machine-id"),
        (config("not base64"), "no known form"),
        (config("QUJD"), "no known form"),
        (config(""), "without Octopus.Storage.MasterKey"),
        (b"<octopus-settings>", "well-formed"),
        (b"<octopus-settings/>", "without"),
        (config("&x;", before='<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "document type"),
        (config("&lol;", before='<!DOCTYPE a [<!ENTITY lol "&lol;&lol;">]>'), "document type"),
    ],
)
def test_what_cannot_be_opened(content: bytes, message: str) -> None:
    """Each way in which a configuration file has no key for us is an error of its own."""
    with pytest.raises(KeyFileError, match=message):
        opened(content, b"f" * 32)


@given(st.binary(max_size=200), st.binary(max_size=60))
def test_any_bytes_end_well(value: bytes, machine_secret: bytes) -> None:
    """Random values and machine secrets give the project's own error, never another and never a key."""
    with pytest.raises(KeyFileError):
        opened(config(base64.b64encode(value).decode()), machine_secret)


@given(st.binary(max_size=300))
def test_any_file_ends_well(content: bytes) -> None:
    """Random bytes for a configuration file give the project's own error."""
    with pytest.raises(KeyFileError):
        opened(content, MACHINE_ID)
