import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.keys.aes_forms import AesForm, aes_forms, decode_base64, key_bits
from parsers.secret import Secret

KEY = bytes(range(200, 232))


@pytest.mark.parametrize(
    ("content", "forms"),
    [
        (KEY, [("raw", 256)]),
        (KEY[:24], [("raw", 192)]),
        (KEY + b"\n", [("trimmed", 256)]),
        (KEY.hex().encode(), [("hex", 256)]),
        (KEY[:16].hex().encode() + b"\r\n", [("trimmed", 256), ("hex", 128), ("base64", 192)]),
        (base64.b64encode(KEY) + b"\n", [("base64", 256)]),
        (base64.b64encode(KEY[:16]), [("raw", 192), ("base64", 128)]),
        (b"k" * 20, []),
        (b"", []),
    ],
)
def test_every_form_is_listed(content: bytes, forms: list[tuple[str, int]]) -> None:
    """All the ways to read a file as an AES key are listed, none preferred silently."""
    assert aes_forms(Secret(content)) == tuple(AesForm(form, bits) for form, bits in forms)


@given(
    st.binary(min_size=16, max_size=16)
    | st.binary(min_size=24, max_size=24)
    | st.binary(min_size=32, max_size=32)
)
def test_the_length_of_a_raw_key_wins(key: bytes) -> None:
    """A file of 16, 24 or 32 bytes has the bits of its length; a master key in it has its own."""
    assert key_bits(Secret(key), None) == 8 * len(key)
    assert key_bits(Secret(key), Secret(bytes(16))) == 128


@given(st.binary())
def test_base64_reads_back(content: bytes) -> None:
    """Canonical base64 decodes to what was encoded; a line break makes it something else."""
    text = base64.b64encode(content)
    assert decode_base64(text) == content
    assert decode_base64(text + b"\n") == b""
