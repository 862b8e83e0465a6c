"""What one known text proves, it proves of the values that the data show to be of the same layout."""

import random
from collections.abc import Callable
from typing import Final

import pytest

from audit.keys.key_ring import KeyRing
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.layouts.user_supplied import SuppliedLayouts, together
from audit.run.examine import ExaminedProduct, examine
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret
from parsers.stores.interface import StoredValues
from tests.support.sealing import candidate, ring_of, seal, stored

TAGS: Final = SecretTags(Secret(bytes(16)))
KEY: Final = candidate("mine", bytes.fromhex("9c1f70e2b84d3a6651d7c80e93fa2b45"), current=True)
RING: Final = ring_of(KEY)
FRONT: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)
ZERO: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO)
OF_KEY: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.KEY)
ECB: Final = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)


def constant(vector: str) -> Layout:
    return Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=bytes.fromhex(vector))


OLDER: Final = constant("0177c2e98d3b5a6f4410fe27b9d08c3a")
NEWER: Final = constant("d6907b1f45e28ac3fe33129a704cb8e5")
Texts = Callable[[int], list[bytes]]


def ascii_texts(count: int, seed: int = 1) -> list[bytes]:
    chance = random.Random(seed)
    alphabet = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%-_.#"
    return [bytes(chance.choices(alphabet, k=chance.randint(18, 40))) for _ in range(count)]


def tokens(count: int, seed: int = 2) -> list[bytes]:
    return [random.Random(seed + at).randbytes(32) for at in range(count)]


def russian(count: int, seed: int = 3) -> list[bytes]:
    chance = random.Random(seed)
    letters = [*map(chr, range(0x430, 0x450)), *"0123456789"]
    return ["".join(chance.choices(letters, k=chance.randint(12, 30))).encode() for _ in range(count)]


def examined(proven: Layout, *parts: tuple[Layout, list[bytes]], ring: KeyRing = RING) -> ExaminedProduct:
    chance = random.Random(9)
    values = [seal(layout, KEY.content.reveal(), text, chance) for layout, texts in parts for text in texts]
    supplied = together(SuppliedLayouts(), [(proven, KEY.fingerprint)])
    return examine([StoredValues(stored(values))], ring, TAGS, supplied)


def known_texts(of: ExaminedProduct) -> list[bool]:
    return [each in {"proven", "strong"} for each in of.frame["text_confidence"]]


@pytest.mark.parametrize("texts", [ascii_texts, russian])
@pytest.mark.parametrize("layout", [NEWER, ZERO, OF_KEY, FRONT], ids=lambda each: each.name)
@pytest.mark.parametrize("count", [1, 3, 30])
def test_all_of_one_layout(layout: Layout, texts: Texts, count: int) -> None:
    """Texts that begin as such behind the proven vector are all known."""
    assert all(known_texts(examined(layout, (layout, texts(count)))))


@pytest.mark.parametrize(("old", "new"), [(1, 20), (2, 3), (5, 5), (25, 1), (40, 20)])
@pytest.mark.parametrize("older", [OLDER, FRONT], ids=lambda each: each.name)
def test_old_values_behind_something_else(older: Layout, old: int, new: int) -> None:
    """They stay open, and those behind the proven vector are known, however few or many there are of both."""
    of = examined(NEWER, (older, ascii_texts(old)), (NEWER, ascii_texts(new, seed=4)))
    assert known_texts(of) == [False] * old + [True] * new


@pytest.mark.parametrize(("old", "new"), [(2, 1), (3, 20), (20, 3)])
@pytest.mark.parametrize("older", [OLDER, ZERO, OF_KEY], ids=lambda each: each.name)
def test_a_vector_in_front_shows_in_no_single_value(older: Layout, old: int, new: int) -> None:
    """Where some of the others lie behind one constant, none is written as if it had its own vector."""
    of = examined(FRONT, (older, ascii_texts(old)), (FRONT, ascii_texts(new, seed=4)))
    assert not any(known_texts(of)[:old])
    wrong = [layout for layout, known in zip(of.frame["layout"], known_texts(of), strict=True) if known][:old]
    assert not wrong or set(wrong) == {older.name}


def test_old_values_in_ecb() -> None:
    """They tell themselves: their blocks do not hang together."""
    of = examined(NEWER, (ECB, ascii_texts(20)), (NEWER, ascii_texts(10, seed=4)))
    assert all(known_texts(of))
    assert of.frame["layout"].str.contains("ecb").to_list() == [True] * 20 + [False] * 10


@pytest.mark.parametrize("older", [OLDER, NEWER, FRONT], ids=lambda each: each.name)
@pytest.mark.parametrize("texts", [0, 20])
def test_a_binary_secret_tells_no_vector(older: Layout, texts: int) -> None:
    """Of 16 random bytes nobody can say whether another constant stands before them: it stays open."""
    of = examined(NEWER, (older, tokens(5)), (NEWER, ascii_texts(texts, seed=4)))
    assert known_texts(of) == [False] * 5 + [True] * texts


def test_zeros_and_a_typed_constant() -> None:
    """Either may turn a text behind the other into text: then nothing is known."""
    typed = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=b"MyInitVector2024")
    of = examined(ZERO, (typed, ascii_texts(20)), (ZERO, ascii_texts(5, seed=4)))
    right = [typed.name] * 20 + [ZERO.name] * 5
    named = of.frame["layout"].to_list()
    assert all(name == own for name, own, known in zip(named, right, known_texts(of), strict=True) if known)
    assert not any(known_texts(of)[:20])


def test_equal_headers_are_no_vectors_of_their_own() -> None:
    """Keys that begin alike are one first block behind a constant; no vector in front comes twice."""
    head = b"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA"
    keys = [head + text for text in ascii_texts(20)]
    of = examined(FRONT, (OLDER, keys), (FRONT, ascii_texts(2, seed=4)))
    assert not any(known_texts(of)[:20])
