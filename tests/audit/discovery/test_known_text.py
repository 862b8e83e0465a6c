"""A known plain text proves layout and key, or honestly does not."""

import random
from dataclasses import replace
from typing import Final

import polars as pl
import pytest

from audit.cloudbees.layouts import LAYOUTS
from audit.discovery.known_text import PROPOSED_TEXT, KnownText, KnownTextProof, confirmed, prove
from audit.layouts.layout import Iv, KeyForm, Layout, Mode, Padding
from parsers.secret import Secret
from tests.support.sealing import UNKNOWN_VECTOR, candidate, seal, stored

# One form of key file is enough here: what a file gives is not in question.
TABLE: Final = [each for each in LAYOUTS if each.key_form is KeyForm.RAW]
KEYS: Final = [candidate("other", bytes(range(7, 39))), candidate("mine", bytes(range(100, 116)))]
MINE: Final = KEYS[1].content.reveal()
HIDDEN: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.UNKNOWN)


def known(value: bytes, text: bytes, layout: Layout | None = None) -> KnownText:
    frame = stored([value], layout).select("system", "value", "iv")
    return KnownText("/projects/P/credentials/c", "cloudbees-cd", frame, Secret(text))


def names(proof: KnownTextProof) -> set[str]:
    return {name for each in proof.gives for name in each.names}


@pytest.mark.parametrize("text", [b"tiny", b"a password of more than one block", "Gr\xfc\xdfe".encode(), b""])
@pytest.mark.parametrize("prefix", [b"", b"\x01", b"v2:"])
@pytest.mark.parametrize(
    "layout",
    [each for each in TABLE if each.padding is Padding.PKCS7 and each.iv is not Iv.UNKNOWN],
    ids=lambda layout: layout.name,
)
def test_exactly_what_gives_the_text(layout: Layout, prefix: bytes, text: bytes) -> None:
    """One value and its text single out key and layout, up to layouts that write the same bytes."""
    layout = replace(layout, prefix=prefix)
    value = seal(layout, MINE, text, random.Random(1))
    proof = prove(known(value, text, layout), KEYS, TABLE)
    assert layout.name in names(proof)
    assert {each.key for each in proof.gives} == {1}
    for each in proof.gives:
        same_bytes = {each.layout.iv, layout.iv} <= {Iv.NONE, Iv.ZERO} and len(text) < 16
        assert each.layout.iv == layout.iv or same_bytes


@pytest.mark.parametrize("layout", TABLE[::5], ids=lambda layout: layout.name)
def test_a_wrong_text_proves_nothing(layout: Layout) -> None:
    """A text that differs in its last character is given by no hypothesis."""
    value = seal(layout, MINE, b"a password of two blocks", random.Random(2))
    assert prove(known(value, b"a password of two blockS", layout), KEYS, TABLE) == KnownTextProof((), ())


def test_an_unknown_vector_is_solved_by_two_blocks() -> None:
    """The second block tells the key, the first one the vector that nobody knew."""
    text = b"sixteen bytes, and some more"
    proof = prove(known(seal(HIDDEN, MINE, text, random.Random(3)), text), KEYS, TABLE)
    (found,) = proof.gives
    assert (found.key, found.layout.iv, found.layout.constant_iv) == (1, Iv.CONSTANT, UNKNOWN_VECTOR)


def test_one_block_behind_an_unknown_vector_needs_a_second_text() -> None:
    """With one block every key has a vector that fits; a second text leaves the true one alone."""
    chance = random.Random(4)
    proofs = [
        prove(known(seal(HIDDEN, MINE, text, chance), text), KEYS, TABLE) for text in (b"one", b"three")
    ]
    assert [proof.gives for proof in proofs] == [(), ()]
    assert {each.key for each in proofs[0].possible} == {0, 1}
    (found,) = confirmed(proofs)
    assert (found.key, found.layout.constant_iv) == (1, UNKNOWN_VECTOR)
    assert confirmed(proofs[:1]) == ()


def test_two_texts_of_one_length_leave_the_padding_open() -> None:
    """Each way to pad has a vector that fits both; none of them is taken for the only one."""
    chance = random.Random(4)
    proofs = [prove(known(seal(HIDDEN, MINE, text, chance), text), KEYS, TABLE) for text in (b"one", b"two")]
    assert len({each.layout.constant_iv for each in confirmed(proofs)}) > 1


@pytest.mark.parametrize("padding", Padding)
def test_the_proposed_text_shows_the_padding(padding: Padding) -> None:
    """Its last block is not full: four bytes of padding are enough to tell one way from the others."""
    layout = Layout(KeyForm.RAW, Mode.CBC, Iv.UNKNOWN, padding=padding)
    text = PROPOSED_TEXT.encode()
    (found, *others) = prove(known(seal(layout, MINE, text, random.Random(6)), text), KEYS, TABLE).gives
    assert not others
    assert found.layout == replace(layout, iv=Iv.CONSTANT, constant_iv=UNKNOWN_VECTOR)


def test_the_same_value_twice_confirms_nothing() -> None:
    """Two credentials with the same password and vector are one piece of knowledge."""
    value = seal(HIDDEN, MINE, b"same", random.Random(5))
    proofs = [prove(known(value, b"same"), KEYS, TABLE)] * 2
    assert confirmed(proofs) == ()


def test_several_values_at_one_location() -> None:
    """Where two stores hold the location, the value that has the text proves."""
    layout = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
    values = [seal(layout, MINE, text, random.Random(6)) for text in (b"old", b"new")]
    frame = pl.concat([known(value, b"").values for value in values])
    proof = prove(KnownText("/x", "cloudbees-cd", frame, Secret(b"new")), KEYS, TABLE)
    assert "aes-ecb/base64/key-raw" in names(proof)


@pytest.mark.parametrize("typo", [0, 1, 3])
@pytest.mark.parametrize("start", [0, 16])
def test_a_vector_out_of_the_key_is_never_given(start: int, typo: int) -> None:
    """A part of a key, or all but a few bytes of it after a mistyped text, would be a key on the screen."""
    text = b"a password of more than one block"
    vector = KEYS[0].content.reveal()[start : start + 16]
    layout = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=vector)
    value = seal(layout, KEYS[0].content.reveal(), text, random.Random(3))
    typed = bytes(byte ^ 1 if place < typo else byte for place, byte in enumerate(text))
    proof = prove(known(value, typed), KEYS, TABLE)
    assert {each.layout.iv for each in proof.gives} <= {Iv.KEY}
    assert bool(proof.gives) is (start == typo == 0)


def test_a_short_text_gives_no_piece_of_the_key_either() -> None:
    """Of a single block the vector would be the other half of the key: it is not even proposed."""
    key = KEYS[0].content.reveal()
    layout = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=key[16:])
    proof = prove(known(seal(layout, key, b"short", random.Random(4)), b"short"), KEYS, TABLE)
    assert not {each for each in (*proof.gives, *proof.possible) if each.layout.constant_iv == key[16:]}
