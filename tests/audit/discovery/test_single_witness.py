"""Single blocks contradict a vector behind which they are not padded, and one that they cannot have."""

import random
from typing import Final

import numpy as np
import pytest

from audit.cloudbees.layouts import LAYOUTS
from audit.discovery.discover import discover
from audit.discovery.first_block import likelier_counters
from audit.discovery.known_text import KnownText, OtherValues, prove
from audit.discovery.mistyped import Doubt
from audit.discovery.sample import sample
from audit.discovery.single_witness import padding_contradicts
from audit.layouts.layout import Iv, KeyForm, Layout, Mode, Padding
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret
from tests.support.sealing import UNKNOWN_VECTOR, candidate, passwords, seal, stored

KEY: Final = candidate("k", bytes(range(100, 116)))
TAGS: Final = SecretTags(Secret(bytes(16)))
ZERO: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO)
FRONT: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)
BOTH: Final = {Iv.FRONT, Iv.UNKNOWN}
HIDDEN: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.UNKNOWN)


def behind(vector: bytes) -> Layout:
    return Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=vector)


def long_texts(count: int, chance: random.Random) -> list[bytes]:
    return [text + b" and a second block" for text in passwords(count, chance)]


def values(layout: Layout, texts: list[bytes], chance: random.Random, key: bytes = b"") -> list[bytes]:
    return [seal(layout, key or KEY.content.reveal(), text, chance) for text in texts]


def vectors(store: list[bytes]) -> set[Iv]:
    """What may stand before the first block of the values that show most."""
    evidence = discover(sample([stored(store)]), [KEY], LAYOUTS, TAGS).established[0]
    return {each.layout.iv for each in evidence.alike}


@pytest.mark.parametrize("number", [1, 3, 16])
@pytest.mark.parametrize("seed", range(4))
def test_single_blocks_behind_a_number_contradict_zeros(number: int, seed: int) -> None:
    """Text stays text behind 00…01, but padding does not stay padding."""
    chance = random.Random(seed)
    layout = behind(bytes(15) + bytes([number]))
    short = passwords(4, chance, longest=12)
    assert vectors(values(layout, [*long_texts(20, chance), *short], chance)) != {Iv.ZERO}
    assert vectors(values(ZERO, [*long_texts(20, chance), *short], chance)) == {Iv.ZERO}


def test_lost_single_blocks_do_not_contradict_zeros() -> None:
    """Those of a key that is missing are no text behind zeros."""
    chance = random.Random(3)
    lost = values(ZERO, passwords(20, chance, longest=12), chance, key=bytes(range(7, 23)))
    assert vectors([*values(ZERO, long_texts(20, chance), chance), *lost]) == {Iv.ZERO}


@pytest.mark.parametrize(("count", "found"), [(1, {Iv.FRONT}), (2, BOTH), (8, BOTH)])
def test_single_blocks_that_nothing_opens_contradict_a_vector_in_front(count: int, found: set[Iv]) -> None:
    """They would not exist there: values may be behind vectors that are not stored. One may be damaged."""
    chance = random.Random(count)
    front = values(FRONT, long_texts(40, chance), chance)
    short = [chance.randbytes(16) for _ in range(count)]
    single = [
        value for vector in short for value in values(behind(vector), passwords(1, chance, longest=9), chance)
    ]
    assert vectors(front) == {Iv.FRONT}
    assert vectors([*front, *single]) == found


def test_what_begins_a_text_shows_a_vector_in_front() -> None:
    """The head of a key in PEM stands in the middle of nothing."""
    chance = random.Random(5)
    texts = [*long_texts(40, chance), b"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA"]
    lost = values(ZERO, passwords(8, chance, longest=9), chance, key=bytes(range(7, 23)))
    assert vectors([*values(FRONT, texts, chance), *lost]) == {Iv.FRONT}


def test_single_blocks_that_another_layout_opens_contradict_nothing() -> None:
    """They are of the layout that opens them."""
    chance = random.Random(6)
    ecb = values(Layout(KeyForm.RAW, Mode.ECB, Iv.ZERO), passwords(20, chance, longest=12), chance)
    assert vectors([*values(FRONT, long_texts(60, chance), chance), *ecb]) == {Iv.FRONT}


def test_lost_single_blocks_of_a_layout_without_a_vector_contradict_none_in_front() -> None:
    """Beside values in ECB those of a missing key are lost, and say nothing of other values' vectors."""
    chance = random.Random(7)
    ecb = Layout(KeyForm.RAW, Mode.ECB, Iv.ZERO)
    opened = values(ecb, passwords(20, chance, longest=12), chance)
    lost = values(ecb, passwords(8, chance, longest=9), chance, key=bytes(range(7, 23)))
    assert vectors([*values(FRONT, long_texts(60, chance), chance), *opened, *lost]) == {Iv.FRONT}


@pytest.mark.parametrize(("single", "proven"), [(0, True), (3, False)])
def test_a_text_that_ends_alike_is_doubted_where_single_blocks_contradict(single: int, proven: bool) -> None:
    """The first 16 bytes of another credential's text give another vector, which spoils their padding."""
    chance = random.Random(9)
    stored_text, given = b"mtzcrhwqdjmphxka-shared-suffix", b"pfuobqnlzlkygtwe-shared-suffix"
    value = seal(HIDDEN, KEY.content.reveal(), stored_text, chance)
    others = values(HIDDEN, passwords(single, chance, longest=10), chance)
    known = KnownText("/c", "cloudbees-cd", stored([value]).select("system", "value", "iv"), Secret(given))
    population = OtherValues(stored([value, *others]).select("value", "iv"))
    proof = prove(known, [KEY], LAYOUTS, population)
    assert bool(proof.gives) is proven
    assert proven or proof.doubts == (Doubt.DATA,)
    right = KnownText(
        "/c", "cloudbees-cd", stored([value]).select("system", "value", "iv"), Secret(stored_text)
    )
    assert {each.layout.constant_iv for each in prove(right, [KEY], LAYOUTS, population).gives} == {
        UNKNOWN_VECTOR
    }


def test_most_of_the_single_blocks_decide() -> None:
    """A key may have had two constants: a few that are not padded are behind the other one."""
    padded = np.frombuffer(b"secret" + bytes([10]) * 10, np.uint8)
    spoiled = padded ^ np.frombuffer(bytes(15) + b"\x01", np.uint8)
    assert padding_contradicts(np.array([spoiled]), bytes(16), Padding.PKCS7)
    assert not padding_contradicts(np.array([spoiled, padded, padded]), bytes(16), Padding.PKCS7)
    assert not padding_contradicts(np.array([spoiled ^ 0x80]), bytes(16), Padding.PKCS7)


def test_letters_alone_show_a_number_before_many_texts() -> None:
    """`a` and `` ` `` are one bit apart, and only one of them is in passwords."""
    chance = random.Random(4)
    letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    texts = np.array([list(chance.choices(letters, k=16)) for _ in range(60)], np.uint8)
    first = bytes([1]) + bytes(15)
    assert likelier_counters(texts) == []
    assert first in likelier_counters(texts ^ np.frombuffer(first, np.uint8))
