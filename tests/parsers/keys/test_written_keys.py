"""Keys in the forms that people hold them in."""

import base64
from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.keys.aes_forms import aes_forms, several_keys, written_keys
from parsers.secret import Secret
from tests.support.java_key import secret_key_spec

KEY: Final = bytes(range(184, 216))
SHORT: Final = bytes(range(240, 256))
BASE64: Final = base64.b64encode(KEY).decode()
URL_SAFE: Final = base64.urlsafe_b64encode(KEY).decode()
COLONS: Final = ":".join(f"{byte:02X}" for byte in KEY)
JAVA: Final = base64.b64encode(secret_key_spec(KEY)).decode()

AROUND: Final[dict[str, Callable[[str], bytes]]] = {
    "bare": str.encode,
    "newline": lambda text: f"{text}\n".encode(),
    "crlf": lambda text: f"{text}\r\n".encode(),
    "blank": lambda text: f"  {text} \n\n".encode(),
    "utf-8 mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "powershell": lambda text: b"\xff\xfe" + f"{text}\r\n".encode("utf-16-le"),
    "utf-16 without mark": lambda text: f"{text}\r\n".encode("utf-16-le"),
    "big-endian": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "comment": lambda text: f"# the passkey of node 1\n; do not lose\n// it\n\n{text}\n".encode(),
    "properties": lambda text: f"passkey={text}\r\n".encode(),
    "yaml": lambda text: f'passkey: "{text}"  # of 2019\n'.encode(),
    "shell": lambda text: f"export MASTER_KEY='{text}'\n".encode(),
    "json": lambda text: f'{{"kind": "Secret", "data": {{"passkey": "{text}"}}}}'.encode(),
    "terminal": lambda text: f"\x1b[37m{text}\x1b[0m\r\n".encode(),
    "manifest": lambda text: (
        b"apiVersion: v1\nkind: Secret\nmetadata:\n  name: cd\ndata:\n  passkey: "
        + base64.b64encode(text.encode())
        + b"\n"
    ),
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    ("text", "form"),
    [
        (BASE64, "base64"),
        (BASE64.rstrip("="), "base64"),
        (URL_SAFE, "base64"),
        (URL_SAFE.rstrip("="), "base64"),
        (KEY.hex(), "hex"),
        (f"0x{KEY.hex().upper()}", "hex"),
        (COLONS, "hex"),
        (COLONS.replace(":", "-"), "hex"),
        (COLONS.replace(":", " "), "hex"),
        (", ".join(f"0x{byte:02x}" for byte in KEY), "hex"),
    ],
)
def test_a_key_is_read_whatever_is_around_it(around: str, text: str, form: str) -> None:
    """Every spelling in every wrapping gives the key; a manifest gives it as base64 of the spelling."""
    keys = written_keys(Secret(AROUND[around](text)))
    assert keys["base64" if around == "manifest" and form != "base64" else form].reveal() == KEY


@pytest.mark.parametrize("around", ["bare", "newline", "powershell", "properties", "comment", "json"])
def test_a_java_object_in_base64(around: str) -> None:
    """A serialized key survives its trip through base64, as one from a properties file has made."""
    assert written_keys(Secret(AROUND[around](JAVA)))["java"].reveal() == KEY


@pytest.mark.parametrize("size", [16, 24, 32])
def test_a_java_object(size: int) -> None:
    """What ObjectOutputStream wrote of a SecretKeySpec is a key of its size, and in no other form."""
    content = Secret(secret_key_spec(KEY[:size]))
    assert {form: key.reveal() for form, key in written_keys(content).items()} == {"java": KEY[:size]}


@given(st.integers(0, 200), st.binary(max_size=4))
def test_a_damaged_java_object_is_no_key(place: int, junk: bytes) -> None:
    """Cut off or overwritten at any place, the object gives a key of a key's length or none, and no error."""
    whole = secret_key_spec(KEY)
    for damaged in (whole[:place], whole[:place] + junk + whole[place + len(junk) :]):
        found = written_keys(Secret(damaged)).get("java")
        assert found is None or len(found) in {16, 24, 32}
    assert "java" not in written_keys(Secret(whole[: len(whole) - 1]))


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\n\n", b" \n"])
def test_a_line_end_behind_raw_bytes(line_end: bytes) -> None:
    """An editor's line end is cut off; the key keeps a last byte that looks like one."""
    assert written_keys(Secret(KEY + line_end))["trimmed"].reveal() == KEY
    for last in (b"\n", b"\r", b" ", b"\t"):
        key = KEY[:31] + last
        assert written_keys(Secret(key))["raw"].reveal() == key
        if line_end == b"\n":
            assert written_keys(Secret(key + line_end))["trimmed"].reveal() == key


@pytest.mark.parametrize(
    "around", ["newline", "crlf", "powershell", "properties", "yaml", "comment", "terminal"]
)
def test_a_key_that_is_text(around: str) -> None:
    """Sixteen letters are a key of their own bytes, without what stands around them."""
    text = "Tr0ub4dor&3!horse"[:16]
    assert written_keys(Secret(AROUND[around](text)))["trimmed"].reveal() == text.encode()


@pytest.mark.parametrize(
    "content",
    [
        b"COMMANDER_DB_PASSWORD=zWjkbdMteM0VY1Ls3V+lwA==\n",
        b"passkey.fingerprint=95daec80877f164f13935bac14adde8cf636fe7b\n",
        b"id: 550e8400-e29b-41d4-a716-446655440000\nname: x\n",
        b"md5: d41d8cd98f00b204e9800998ecf8427e\n",
        b"Read me first. This folder holds backups of conf.\n",
        b"",
    ],
)
def test_what_is_no_key(content: bytes) -> None:
    """Passwords, fingerprints, checksums, ids and prose are no keys in any form."""
    assert aes_forms(Secret(content)) == ()


def test_several_keys_in_one_file() -> None:
    """Lines that are keys, labelled or not, are several; a key over two lines is one."""
    other = base64.b64encode(SHORT).decode()
    for text in (
        f"{BASE64}\n{other}\n",
        f"node1: {BASE64}\r\nnode2: {other}\r\n",
        f"# keys\n{BASE64}\n\n{other}",
    ):
        found = several_keys(Secret(text.encode()))
        assert [written_keys(each)["base64"].reveal() for each in found] == [KEY, SHORT]
    broken = f"{COLONS[:30]}\n{COLONS[30:]}\n".replace(":", " ")
    assert several_keys(Secret(broken.encode())) == ()
    assert written_keys(Secret(broken.encode()))["hex"].reveal() == KEY
    assert several_keys(Secret(KEY)) == several_keys(Secret(f"{BASE64}\n{BASE64}\n".encode())) == ()


@given(st.binary(max_size=200))
def test_any_bytes_have_their_forms(content: bytes) -> None:
    """Any bytes can be asked for all their forms; raw keys are always found."""
    keys = written_keys(Secret(content))
    assert ("raw" in keys) == (len(content) in {16, 24, 32})
    assert all(len(key) in {16, 24, 32} for key in keys.values())
    several_keys(Secret(content))


@given(st.text(alphabet=" a=:#\"'{}[]-,0xfA\n", max_size=120))
def test_hostile_text_is_read_quickly(text: str) -> None:
    """No text of separators and quotes makes the patterns run away or fail."""
    for content in (text, text * 50, "a" + " " * 60_000 + text, "k" * 60_000 + "=" + text):
        written_keys(Secret(content.encode()[:65_000]))
