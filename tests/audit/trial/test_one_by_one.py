"""Layouts that a user supplies: opened one by one, against openssl, PyCryptodome and published values."""

import base64
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from Crypto.Cipher import AES, DES, DES3, Blowfish

from audit.layouts.layout import Layout, Padding
from audit.trial.best import best_openings
from audit.trial.hypothesis import hypotheses
from audit.trial.opened import OpenedValues
from audit.trial.plain_text import Content
from audit.trial.same_secret import SecretTags
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from parsers.secret import Secret
from tests.support.one_layout import layout_of, opened, written
from tests.support.openssl_enc import LEGACY, decrypted, encrypted
from tests.support.sealing import candidate, passwords, stored

TAGS: Final = SecretTags(Secret(bytes(16)))
PASSPHRASE: Final = b"correct horse"
KEY8, KEY16, KEY24 = bytes(range(8)), bytes(range(20, 36)), bytes(range(50, 74))

OPENSSL: Final[dict[str, tuple[dict[str, str | int], list[str]]]] = {
    "aes-256-cbc": ({"preset": "openssl-salted"}, ["-aes-256-cbc"]),
    "md5": ({"preset": "openssl-salted-md5"}, ["-aes-256-cbc", "-md", "md5"]),
    "aes-128": ({"preset": "openssl-salted", "key_size": 16}, ["-aes-128-cbc", "-md", "sha256"]),
    "pbkdf2": ({"preset": "openssl-salted-pbkdf2"}, ["-aes-256-cbc", "-pbkdf2"]),
    "pbkdf2 -iter": (
        {"preset": "openssl-salted-pbkdf2", "iterations": 77, "digest": "sha512"},
        ["-aes-256-cbc", "-pbkdf2", "-iter", "77", "-md", "sha512"],
    ),
    "3des": (
        {"preset": "openssl-salted-md5", "cipher": "3des", "key_size": 24},
        ["-des-ede3-cbc", "-md", "md5"],
    ),
    "des": (
        {"preset": "openssl-salted-md5", "cipher": "des", "key_size": 8},
        ["-des-cbc", "-md", "md5", *LEGACY],
    ),
    "blowfish": (
        {"preset": "openssl-salted-md5", "cipher": "blowfish", "key_size": 16},
        ["-bf-cbc", "-md", "md5", *LEGACY],
    ),
    "no salt": (
        {"preset": "openssl-salted", "prefix": "", "salt_size": 0},
        ["-aes-256-cbc", "-nosalt"],
    ),
}

LIBRARY: Final = {"aes": AES, "3des": DES3, "des": DES, "blowfish": Blowfish}
KEYS: Final = {"aes": KEY16, "3des": KEY24, "des": KEY8, "blowfish": b"any length"}


def all_opened(values: list[bytes | None], layout: Layout, contents: list[bytes]) -> list[OpenedValues]:
    tried = hypotheses([candidate(str(place), each) for place, each in enumerate(contents)], [layout])
    return list(try_keys(Views(stored(values, layout)), tried))


def texts(values: list[bytes], layout: Layout, content: bytes) -> dict[int, bytes]:
    return {
        int(row): plain[:length].tobytes()
        for each in all_opened(list(values), layout, [content])
        for row, plain, length in zip(each.rows, each.plain, each.lengths, strict=True)
    }


@pytest.mark.parametrize("name", OPENSSL)
def test_openssl_enc(name: str) -> None:
    """What `openssl enc` encrypted under a passphrase opens, and it opens what is written."""
    settings, words = OPENSSL[name]
    layout = layout_of(**settings)
    plain = [
        b"x",
        b"seven77",
        b"eight888",
        b"fifteen bytes..",
        b"sixteen bytes...",
        "Grüße aus Köln".encode(),
        b"y" * 100,
    ]
    values = [encrypted(each, PASSPHRASE, *words) for each in plain]
    assert texts(values, layout, PASSPHRASE + b"\n") == dict(enumerate(plain))  # a file ends with its line
    assert [opened(value, layout, PASSPHRASE) for value in values] == plain
    assert [decrypted(written(each, layout, PASSPHRASE), PASSPHRASE, *words) for each in plain] == plain


@pytest.mark.parametrize(
    ("preset", "passphrase", "value", "plain"),
    [
        # github.com/sergueik/springboot_study, basic-jasypt-go/README.md
        ("jasypt-basic", b"password", b"VIYeyCyD9/55Hhd1IajXmA==", b"test"),
        # README.md of a fork of Jasypt, "encrypt `hello world` text with `truth` password"
        ("jasypt-basic", b"truth", b"D12otaM0aKTKe7aFlESXSJpBA2TQWho2", b"hello world"),
        # github.com/okshok/learn, JasyptMain.java, and TestJasypt.java of a public course on microservices:
        # these name the passphrase alone, but a wrong one gives padded text once in 10⁹ values
        (
            "jasypt-strong",
            b"mypassword",
            b"XKrwy4mefxPgl0gfstzP18mFPtxZME0HmdF3Q1/ESHzJdm8xBZutGP/9inIndYOK",
            b"password",
        ),
        (
            "jasypt-strong",
            b"Demo_Pwd!2020",
            b"/XNKe7j7//VEeXMhGd/TsHhzuIkm1qXnAV/H7BNI5Fwq7aOuAuPNCvJImDGv/kpJ",
            b"springCloud_Pwd",
        ),
    ],
)
def test_published_values_of_jasypt(preset: str, passphrase: bytes, value: bytes, plain: bytes) -> None:
    """Values that Jasypt itself wrote, with their passphrases, open to their texts; and new ones do."""
    layout = layout_of(preset=preset)
    assert texts([value], layout, passphrase) == {0: plain}
    assert opened(value, layout, passphrase) == plain
    assert texts([written(plain, layout, passphrase)], layout, passphrase) == {0: plain}


def padded_by_hand(plain: bytes, padding: Padding, block: int) -> bytes:
    amount = block - len(plain) % block
    match padding:
        case Padding.PKCS7:
            return plain + bytes([amount]) * amount
        case Padding.ISO10126:
            return plain + random.Random(3).randbytes(amount - 1) + bytes([amount])
        case Padding.X923:
            return plain + bytes(amount - 1) + bytes([amount])
        case Padding.ZERO:
            return plain + bytes(amount % block)
        case Padding.STAR:
            return plain + b"*" * (amount % block)


def by_pycryptodome(cipher: str, mode: str, iv: str, padding: Padding, plain: bytes) -> bytes:
    """A value in base64; a vector in front is random, one that is zero or constant is left out."""
    library, key = LIBRARY[cipher], KEYS[cipher]
    content = padded_by_hand(plain, padding, library.block_size)
    if mode == "ecb":
        return base64.b64encode(library.new(key, library.MODE_ECB).encrypt(content))
    vectors = {
        "zero": bytes(library.block_size),
        "constant": bytes(range(library.block_size)),
        "key": key[: library.block_size],
    }
    vector = vectors.get(iv) or random.Random(4).randbytes(library.block_size)
    body = library.new(key, library.MODE_CBC, iv=vector).encrypt(content)
    return base64.b64encode((vector if iv == "front" else b"") + body)


@pytest.mark.parametrize("padding", Padding)
@pytest.mark.parametrize(
    ("mode", "iv"), [("ecb", "none"), *(("cbc", iv) for iv in ("front", "zero", "constant", "key"))]
)
@pytest.mark.parametrize("cipher", ["3des", "des", "blowfish"])
def test_ciphers_modes_and_paddings(cipher: str, mode: str, iv: str, padding: Padding) -> None:
    """Each cipher, mode, place of the vector and padding, against another implementation, both ways."""
    constant = {"constant_iv": bytes(range(8)).hex()} if iv == "constant" else {}
    layout = layout_of(cipher=cipher, mode=mode, iv=iv, padding=padding.value, key_form="raw", **constant)
    plain = [b"x", b"seven77", b"eight888", "Köln".encode(), b"y" * 41]
    values = [by_pycryptodome(cipher, mode, iv, padding, each) for each in plain]
    assert texts(values, layout, KEYS[cipher]) == dict(enumerate(plain))
    new = [written(each, layout, KEYS[cipher]) for each in plain]
    assert [opened(value, layout, KEYS[cipher]) for value in new] == plain
    if iv != "front" and padding is not Padding.ISO10126:
        assert new == values


def test_a_key_of_16_bytes_for_3des_is_used_twice() -> None:
    """Two-key 3DES (NIST SP 800-67, keying option 2) is of the key K₁ K₂ K₁."""
    layout = layout_of(cipher="3des", mode="ecb", iv="none", key_form="raw")
    value = base64.b64encode(DES3.new(KEY16 + KEY16[:8], DES3.MODE_ECB).encrypt(b"seven77\x01"))
    assert texts([value], layout, KEY16) == {0: b"seven77"}


def test_keys_of_another_length_are_not_tried() -> None:
    """A file of a length that the cipher does not take gives no hypothesis; a passphrase is not empty."""
    sizes = range(60)
    taken = {
        cipher: [
            size
            for size in sizes
            if hypotheses(
                [candidate("k", bytes(range(100, 100 + size)))],
                [layout_of(cipher=cipher, mode="ecb", iv="none", key_form="raw")],
            )
        ]
        for cipher in ("3des", "des", "blowfish")
    }
    assert taken == {"3des": [16, 24], "des": [8], "blowfish": list(range(4, 57))}
    phrase = layout_of(preset="jasypt-basic")
    assert [size for size in sizes if hypotheses([candidate("k", b"x" * size)], [phrase])] == list(sizes)[1:]


@pytest.mark.parametrize(
    "settings",
    [{"preset": "jasypt-basic"}, {"cipher": "3des", "mode": "ecb", "iv": "none", "key_form": "raw"}],
)
def test_each_key_opens_its_own(settings: dict[str, str]) -> None:
    """Of values under three keys each is opened best by its own; a wrong one opens hardly any, and weakly."""
    layout = layout_of(**settings)
    contents = [random.Random(number).randbytes(24).hex()[:24].encode() for number in range(3)]
    plain = passwords(60, random.Random(8))
    values: list[bytes | None] = [
        written(text, layout, contents[place % 3]) for place, text in enumerate(plain)
    ]
    tried = hypotheses([candidate(str(place), each) for place, each in enumerate(contents)], [layout])
    best = best_openings(60, try_keys(Views(stored(values)), tried), tried, TAGS)
    assert best.hypothesis.tolist() == [place % 3 for place in range(60)]
    assert (best.log10 < -4).all()
    assert best.rival_log10.min() > -6


def test_gcm_under_a_passphrase() -> None:
    """Salt, nonce, ciphertext and tag, as many programs write it; the tag proves it."""
    layout = layout_of(
        mode="gcm",
        iv="front",
        nonce_size=12,
        derivation="pbkdf2",
        digest="sha256",
        iterations=100,
        salt_size=16,
        key_size=32,
    )
    value = written(b"a password", layout, PASSPHRASE)
    (found,) = all_opened([value], layout, [PASSPHRASE])
    assert found.plain[0, : found.lengths[0]].tobytes() == b"a password"
    assert found.log10[0] == found.last_log10[0] < -38
    assert all_opened([value], layout, [b"another"]) == []


@pytest.mark.parametrize("padding", [Padding.PKCS7, Padding.ISO10126, Padding.X923, Padding.ZERO])
def test_the_odds_hold_for_wrong_keys(padding: Padding) -> None:
    """Of values under another key no more open at a level than it says."""
    layout = layout_of(cipher="3des", mode="ecb", iv="none", key_form="raw", padding=padding.value)
    noise = np.random.default_rng(5).integers(0, 256, (60_000, 8), np.uint8)
    values: list[bytes | None] = [base64.b64encode(row.tobytes()) for row in noise]
    log10 = np.concatenate([each.log10 for each in all_opened(values, layout, [KEY24])])
    for level in (-1.5, -2.0, -2.5, -3.0, -4.0, -5.0):
        expected = len(values) * len(Content) * 10**level
        assert (log10 <= level).sum() <= expected + 5 * expected**0.5


def test_equal_last_blocks_are_one_piece_of_evidence() -> None:
    """In ECB a block of padding is the same in every value: a wrong key that pads it seems to open all."""
    layout = layout_of(cipher="3des", mode="ecb", iv="none", key_form="raw")
    plain = [f"{number:08d}".encode() for number in range(50)] + [
        f"{number:016d}".encode() for number in range(50)
    ]
    found = all_opened(
        [by_pycryptodome("3des", "ecb", "none", Padding.PKCS7, each) for each in plain], layout, [KEY24]
    )
    last = np.concatenate([each.last_log10 for each in found])
    assert (last < 0).sum() == 1
    assert (np.concatenate([each.log10 for each in found]) < -20).all()


def test_padding_that_shows_nothing_is_no_opening() -> None:
    """Without padding and without text nothing speaks for a key."""
    layout = layout_of(cipher="3des", mode="ecb", iv="none", key_form="raw", padding="zero")
    noise = [base64.b64encode(random.Random(number).randbytes(16)) for number in range(300)]
    found = all_opened(list(noise), layout, [KEY24])
    assert sum(len(each.rows) for each in found) < 20
    assert all((each.log10 < 0).all() for each in found)


@pytest.mark.parametrize("text", [b"", b"ends in a zero\x00"])
def test_a_text_that_padding_would_swallow_is_not_written(text: bytes) -> None:
    """It would come back shorter."""
    layout = layout_of(mode="cbc", iv="zero", key_form="raw", padding="zero")
    with pytest.raises(ValueError):
        written(text, layout, KEY16)


def test_a_cipher_that_openssl_was_built_without() -> None:
    """Where the legacy provider is not loaded, Blowfish is named as missing, without a traceback."""
    code = """
from audit.errors import LayoutError
from tests.support.one_layout import layout_of, written
try:
    written(b"a password", layout_of(cipher="blowfish", mode="ecb", iv="none", key_form="raw"), b"a key")
except LayoutError as error:
    print(error.message)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"CRYPTOGRAPHY_OPENSSL_NO_LEGACY": "1"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(
        "this machine's OpenSSL has no blowfish: values of blowfish-ecb/base64/key-raw"
    )
