"""Values under a given key that no trial opens: they are never called lost."""

import base64
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from Crypto.Cipher import AES

from audit.keys.key_ring import Key
from audit.layouts.layout import Iv, KeyForm, Layout, Mode, Padding
from audit.run.examine import examine
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret
from parsers.stores.interface import StoredValues
from tests.support.sealing import candidate, padded, passwords, ring_of, seal, stored

TAGS = SecretTags(Secret(bytes(16)))
ECB = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
GCM = Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=12)
UNKNOWN = Layout(KeyForm.RAW, Mode.CBC, Iv.UNKNOWN)
TYPED = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=b"1234567890123456")
KEY, OLD, MISSING = bytes(range(16)), bytes(range(50, 66)), bytes(range(100, 116))
CURRENT, OLDER = candidate("new", KEY, current=True), candidate("old", OLD)


def verdicts(of: list[bytes], others: list[bytes], *keys: Key) -> tuple[list[str], list[str]]:
    """Verdicts and reasons of `of`, beside other values."""
    frame = examine([StoredValues(stored([*others, *of]))], ring_of(*keys), TAGS).frame.tail(len(of))
    return frame["verdict"].to_list(), frame["reason"].to_list()


@pytest.mark.parametrize("padding", [Padding.ZERO, Padding.STAR, Padding.ISO10126])
@pytest.mark.parametrize("current", [GCM, ECB], ids=lambda each: each.name)
@pytest.mark.parametrize("sizes", [(16, 32), (16, 24, 32)])
def test_binary_secrets_where_padding_shows_text_alone(
    padding: Padding, current: Layout, sizes: tuple[int, ...]
) -> None:
    """Their key is given, and opens the texts in that layout: what it shows of them is nothing."""
    chance = random.Random(21)
    older = replace(ECB, padding=padding)
    others = [seal(current, KEY, text, chance) for text in passwords(30, chance)]
    others += [seal(older, OLD, text + b"!" * 12, chance) for text in passwords(20, chance)]
    binary = [seal(older, OLD, chance.randbytes(chance.choice(sizes)), chance) for _ in range(25)]
    assert "lost" not in verdicts(binary, others, CURRENT, OLDER)[0]


def test_secrets_in_utf_16_that_zeros_fill_up() -> None:
    """Zeros are stripped with the last byte of a text in UTF-16: it is not text then, and not lost."""
    chance = random.Random(22)
    zero = replace(ECB, padding=Padding.ZERO)
    others = [seal(zero, KEY, text + b"!" * 12, chance) for text in passwords(30, chance)]
    wide = [seal(zero, KEY, text.decode().encode("utf-16-le"), chance) for text in passwords(10, chance)]
    assert "lost" not in verdicts(wide, others, CURRENT)[0]


def test_a_length_that_only_padding_of_another_kind_has_is_lost() -> None:
    """Values of GCM are not of whole blocks: beside one that shows nothing they are lost all the same."""
    chance = random.Random(23)
    zero = replace(ECB, padding=Padding.ZERO)
    others = [seal(GCM, KEY, text, chance) for text in passwords(30, chance)]
    others += [seal(zero, OLD, text + b"!" * 12, chance) for text in passwords(20, chance)]
    lost = [seal(GCM, MISSING, text, chance) for text in passwords(20, chance) if len(text) % 16 != 4]
    assert set(verdicts(lost, others, CURRENT, OLDER)[0]) == {"lost"}


WRAPPED: dict[str, Callable[[bytes], bytes]] = {
    "head": lambda body: b"{AES}" + base64.b64encode(body),
    "prefix": lambda body: base64.b64encode(b"v2\0" + body),
    "both": lambda body: b"enc:v1:" + base64.b64encode(b"\1" + body),
}


def wrapped(form: str, layout: Layout, key: bytes, text: bytes, chance: random.Random) -> bytes:
    return WRAPPED[form](base64.b64decode(seal(layout, key, text, chance)))


@pytest.mark.parametrize("form", WRAPPED)
@pytest.mark.parametrize("count", [3, 10])
def test_single_blocks_behind_an_unknown_vector(form: str, count: int) -> None:
    """Text or bytes around the values change nothing: no key would open them, whichever wrote them."""
    chance = random.Random(24)
    others = [wrapped(form, ECB, KEY, text, chance) for text in passwords(40, chance, longest=40)]
    single = [wrapped(form, UNKNOWN, OLD, text, chance) for text in passwords(count, chance, longest=12)]
    found = Counter(verdicts(single, others, CURRENT, OLDER)[0])
    assert found["unknown"] >= count - 1
    assert found.keys() <= {"unknown", "ambiguous"}  # one block ends as if it were padded, by chance


@pytest.mark.parametrize("form", WRAPPED)
def test_single_blocks_behind_a_typed_vector(form: str) -> None:
    chance = random.Random(25)
    others = [wrapped(form, ECB, KEY, text, chance) for text in passwords(40, chance, longest=40)]
    single = [wrapped(form, TYPED, OLD, text[:8], chance) for text in passwords(3, chance)]
    assert set(verdicts(single, others, CURRENT, OLDER)[0]) == {"ambiguous"}


@pytest.mark.parametrize("form", WRAPPED)
def test_binary_secrets_behind_iso_10126(form: str) -> None:
    chance = random.Random(26)
    iso = replace(ECB, padding=Padding.ISO10126)
    others = [wrapped(form, iso, KEY, text, chance) for text in passwords(40, chance, longest=40)]
    binary = [wrapped(form, iso, OLD, chance.randbytes(20), chance) for _ in range(20)]
    assert "lost" not in verdicts(binary, others, CURRENT, OLDER)[0]


@pytest.mark.parametrize("form", WRAPPED)
def test_a_population_in_a_wrapper_whose_key_is_missing_is_lost(form: str) -> None:
    chance = random.Random(27)
    others = [wrapped(form, ECB, KEY, text, chance) for text in passwords(40, chance, longest=40)]
    lost = [wrapped(form, ECB, MISSING, text, chance) for text in passwords(20, chance, longest=40)]
    for keys in ([CURRENT], [CURRENT, OLDER]):
        assert Counter(verdicts(lost, others, *keys)[0])["lost"] >= 19


def cfb(text: bytes, chance: random.Random) -> bytes:
    return AES.new(OLD, AES.MODE_CFB, iv=bytes(range(7, 23)), segment_size=128).encrypt(text)


def cfb_behind_its_vector(text: bytes, chance: random.Random) -> bytes:
    vector = chance.randbytes(16)
    return vector + AES.new(OLD, AES.MODE_CFB, iv=vector, segment_size=128).encrypt(text)


def ofb(text: bytes, chance: random.Random) -> bytes:
    return AES.new(OLD, AES.MODE_OFB, iv=bytes(16)).encrypt(text)


def ctr_behind_its_vector(text: bytes, chance: random.Random) -> bytes:
    vector = chance.randbytes(16)
    return vector + AES.new(OLD, AES.MODE_CTR, nonce=b"", initial_value=vector).encrypt(text)


@pytest.mark.parametrize("mode", [cfb, cfb_behind_its_vector, ofb, ctr_behind_its_vector])
def test_a_stream_mode_with_padding(mode: Callable[[bytes, random.Random], bytes]) -> None:
    """As Java's `AES/CFB/PKCS5Padding` writes it: of whole blocks, and text under an idle key."""
    chance = random.Random(28)
    others = [seal(ECB, KEY, text, chance) for text in passwords(40, chance, longest=40)]
    texts = [padded(text, Padding.PKCS7, chance) for text in passwords(20, chance, longest=40)]
    found, reasons = verdicts(
        [base64.b64encode(mode(text, chance)) for text in texts], others, CURRENT, OLDER
    )
    assert set(found) <= {"unknown", "ambiguous"}
    assert sum("text under old" in reason for reason in reasons) >= 8


def test_two_values_in_a_stream_mode_do_not_excuse_a_missing_key() -> None:
    chance = random.Random(29)
    others = [seal(ECB, KEY, text, chance) for text in passwords(40, chance, longest=40)]
    texts = [padded(text + b"!" * 16, Padding.PKCS7, chance) for text in passwords(2, chance)]
    stream = [base64.b64encode(cfb(text, chance)) for text in texts]
    lost = [seal(ECB, MISSING, text, chance) for text in passwords(20, chance, longest=40)]
    found, _ = verdicts([*stream, *lost], others, CURRENT, OLDER)
    assert found[:2] == ["unknown"] * 2
    assert Counter(found[2:])["lost"] >= 19
