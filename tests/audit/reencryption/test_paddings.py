"""Single values in every padding, and re-encryption from and to layouts that a user supplies."""

import base64
from typing import Final

import pytest
from Crypto.Cipher import AES
from hypothesis import given
from hypothesis import strategies as st

from audit.layouts.layout import Padding
from audit.reencryption.adopted_layout import in_layouts
from audit.reencryption.cipher import Notation, fresh_vector
from audit.reencryption.new_layout import NewLayout
from parsers.secret import Secret
from tests.support.one_layout import hypothesis_of, layout_of, opened, written
from tests.support.openssl_enc import decrypted
from tests.support.sealing import candidate

KEY: Final = bytes(range(40, 72))
PASSPHRASE: Final = b"correct horse"


def by_pycryptodome(value: bytes) -> bytes:
    """The padded text of a value with its vector in front."""
    content = base64.b64decode(value)
    return AES.new(KEY, AES.MODE_CBC, iv=content[:16]).decrypt(content[16:])


@pytest.mark.parametrize("padding", Padding)
@given(plain=st.binary(min_size=1, max_size=40).filter(lambda plain: plain[-1] not in b"*\x00"))
def test_aes_in_every_padding(padding: Padding, plain: bytes) -> None:
    """What stands behind the text is what the padding's standard says, and it comes off again."""
    layout = layout_of(mode="cbc", iv="front", key_form="raw", padding=padding.value)
    value = written(plain, layout, KEY)
    content = by_pycryptodome(value)
    behind = content.removeprefix(plain)
    amount = 16 - len(plain) % 16
    wanted = {
        Padding.PKCS7: bytes([amount]) * amount,
        Padding.X923: bytes(amount - 1) + bytes([amount]),
        Padding.ISO10126: behind[:-1] + bytes([amount]),
        Padding.ZERO: bytes(amount % 16),
        Padding.STAR: b"*" * (amount % 16),
    }[padding]
    assert behind == wanted
    assert len(content) % 16 == 0
    assert opened(value, layout, KEY) == plain


@pytest.mark.parametrize(
    ("padding", "last", "text"),
    [
        ("pkcs7", b"fourteen bytes\x02\x02", b"fourteen bytes"),
        ("pkcs7", b"fourteen bytes\x01\x02", None),
        ("pkcs7", b"fifteen bytes..\x00", None),
        ("pkcs7", b"fifteen bytes..\x11", None),
        ("x923", b"thirteen byte\x00\x00\x03", b"thirteen byte"),
        ("x923", b"thirteen byte\x00\x01\x03", None),
        ("x923", b"fifteen bytes..\x00", None),
        ("iso10126", b"thirteen byte\xfe\x07\x03", b"thirteen byte"),
        ("iso10126", b"fifteen bytes..\x11", None),
        ("iso10126", b"\x01" * 15 + b"\x10", b""),
        ("zero", b"thirteen byte\x00\x00\x00", b"thirteen byte"),
        ("star", b"sixteen bytes...", b"sixteen bytes..."),
        ("star", b"*" * 32, b"*" * 16),
        ("zero", b"sixteen bytes..." + bytes(16), b"sixteen bytes..."),
    ],
)
def test_padding_is_checked(padding: str, last: bytes, text: bytes | None) -> None:
    """To the last byte that the standard lays down."""
    layout = layout_of(mode="ecb", iv="none", key_form="raw", padding=padding)
    value = base64.b64encode(AES.new(KEY, AES.MODE_ECB).encrypt(last))
    assert opened(value, layout, KEY) == text


@pytest.mark.parametrize("old", ["jasypt-basic", "jasypt-strong", "openssl-salted-md5"])
@pytest.mark.parametrize("new", ["jasypt-basic", "jasypt-strong", "openssl-salted", ""])
def test_from_one_to_another(old: str, new: str) -> None:
    """The text comes over whole, under a salt of its own each time."""
    before = layout_of(preset=old)
    after = layout_of(preset=new) if new else layout_of(mode="cbc", iv="front", key_form="raw")
    to = NewLayout((hypothesis_of(after, KEY),), Notation(), "a test")
    plain = opened(written("Grüße".encode(), before, PASSPHRASE), before, PASSPHRASE)
    assert plain is not None
    made = [to.encrypt(Secret(plain)) for _ in range(5)]
    values = {each.value for each in made if each is not None}
    assert len(values) == 5
    assert {opened(each, after, KEY) for each in values} == {"Grüße".encode()}


def test_openssl_reads_what_is_written() -> None:
    """Mark, salt and ciphertext stand as `openssl enc -d` wants them."""
    value = written(b"a password", layout_of(preset="openssl-salted-pbkdf2"), PASSPHRASE)
    assert value.startswith(b"U2FsdGVkX1")
    assert decrypted(value, PASSPHRASE, "-aes-256-cbc", "-pbkdf2") == b"a password"


def test_salts_are_fresh() -> None:
    """Salt and vector are random, and as long as the layout says."""
    layout = layout_of(preset="jasypt-strong")
    assert len({fresh_vector(layout) for _ in range(1_000)}) == 1_000
    assert {len(fresh_vector(layout)) for _ in range(3)} == {32}
    assert len(fresh_vector(layout_of(preset="jasypt-basic"))) == 8


def test_no_file_becomes_a_passphrase_by_its_length() -> None:
    """A layout of passphrases is not taken over from other keys' values; a proven one is."""
    target, layout = candidate("new", KEY), layout_of(preset="jasypt-basic")
    assert list(in_layouts(target, 0, [layout], length=14)) == []
    assert [each.layout for each in in_layouts(target, 0, [layout], length=None)] == [layout]
