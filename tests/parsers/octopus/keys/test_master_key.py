import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.octopus.keys.master_key import find_master_key
from parsers.secret import Secret

# Published in the tests of OctopusSolutionsEngineering/OctoterraWizard.
PUBLISHED = "6EdU6IWsCtMEwk0kPKflQQ=="
LONGER = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def found(text: str | bytes) -> bytes | None:
    key = find_master_key(Secret(text.encode() if isinstance(text, str) else text))
    return None if key is None else key.reveal()


@pytest.mark.parametrize("key", [PUBLISHED, LONGER])
@pytest.mark.parametrize(
    "printed",
    [
        "{}",
        "{}\n",
        "Octopus Master Key:\r\n{}\r\n",
        "Checking the Octopus Server\nOctopus Master Key: {}\n",
        'Some line\n{{"MasterKey":"{}"}}\n',
        '{{\n  "MasterKey": "{}"\n}}',
        "AAAAAAAAAAAAAAAAAAAAAA==\n{}\nDone.\n",
    ],
)
def test_every_printed_form(printed: str, key: str) -> None:
    """Each form of `show-master-key` gives the key, in UTF-8 with and without a mark and in UTF-16."""
    text = printed.format(key)
    expected = base64.b64decode(key)
    assert found(text) == expected
    assert found(b"\xef\xbb\xbf" + text.encode()) == expected
    assert found(b"\xff\xfe" + text.encode("utf-16-le")) == expected
    assert found(b"\xfe\xff" + text.encode("utf-16-be")) == expected


@pytest.mark.parametrize(
    "content",
    [
        "",
        "Octopus Master Key:",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",  # 24 bytes
        "6EdU6IWsCtMEwk0kPKflQR==",  # not canonical: the last digit's spare bits are set
        "password: 6EdU6IWsCtMEwk0kPKflQQ==",
        '{"MasterKey":5}',
        '{"MasterKey":"short"}',
        '{"MasterKey":"\\ud800"}',
        '{"a":' * 60_000,
        "[1]",
        b"\xff\xfe\x00",
        bytes(range(32)),
        bytes(range(200, 232)),
    ],
)
def test_what_is_no_master_key(content: str | bytes) -> None:
    """What is no printed master key gives none, and never an error."""
    assert found(content) is None


@pytest.mark.parametrize(
    "kept",
    [
        "MASTER_KEY={}\n",
        'export MASTER_KEY="{}"\n',
        "octopus:\n  masterKey: {} \n",
        '{{"kind": "Secret", "stringData": {{"master-key": "{}"}}}}',
        "\x1b[37m{}\x1b[0m\r\n",
        "# of the old server\nmaster key: {}\n",
    ],
)
@pytest.mark.parametrize("key", [PUBLISHED, LONGER, LONGER.rstrip("="), base64.b64decode(LONGER).hex()])
def test_where_people_keep_it(kept: str, key: str) -> None:
    """The vendor's image and chart, a secret's text, a terminal's output; also unpadded or in hex."""
    assert found(kept.format(key)) == base64.b64decode(PUBLISHED if key == PUBLISHED else LONGER)


@pytest.mark.parametrize("key", [PUBLISHED, LONGER])
def test_a_manifest_holds_it_twice_in_base64(key: str) -> None:
    """`data` of a Kubernetes secret is base64 of the key's own base64, with a newline or without."""
    for text in (key, f"{key}\n"):
        twice = base64.b64encode(text.encode()).decode()
        assert found(f"apiVersion: v1\nkind: Secret\ndata:\n  masterkey: {twice}\n") == base64.b64decode(key)


def test_two_keys_are_both_there() -> None:
    """Alone, 64 hex digits are a key; of two lines neither is preferred in that form."""
    digits = base64.b64decode(LONGER).hex()
    assert found(digits) == base64.b64decode(LONGER)
    assert found(f"{digits}\n{digits[::-1]}\n") is None


@given(st.binary(min_size=16, max_size=16) | st.binary(min_size=32, max_size=32))
def test_any_key_is_found(key: bytes) -> None:
    """Every key of 16 or 32 bytes is found in its bare and its JSON form."""
    text = base64.b64encode(key).decode()
    assert found(text) == key
    assert found(json.dumps({"MasterKey": text})) == key


@given(st.binary(max_size=300))
def test_any_bytes_end_well(content: bytes) -> None:
    """Random bytes give a key of a right length or none."""
    key = found(content)
    assert key is None or len(key) in {16, 32}
