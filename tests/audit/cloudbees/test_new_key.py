"""New passkeys: of the form of one that the server made, never shown."""

import base64
import re
import string

import pytest

from audit.cloudbees.new_key import new_passkey
from audit.errors import ReencryptionError
from parsers.secret import Secret

HEX = b"00112233445566778899aabbccddeeff"


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


def test_nothing_is_shown() -> None:
    """A new key's text tells its length alone."""
    made = new_passkey(Secret(HEX))
    assert re.fullmatch(r"Secret\(32 bytes\)", f"{made!r}")
    assert not set(made.reveal().decode()) - set(string.hexdigits)
