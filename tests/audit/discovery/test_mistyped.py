"""A known text with a mistake in its first 16 bytes proves nothing."""

import random
from typing import Final

import polars as pl
import pytest

from audit.cloudbees.layouts import LAYOUTS
from audit.discovery.known_text import (
    PROPOSED_TEXT,
    KnownText,
    KnownTextProof,
    OtherValues,
    confirmed,
    prove,
    without_contradictions,
)
from audit.discovery.mistyped import Doubt
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from parsers.secret import Secret
from tests.support.sealing import UNKNOWN_VECTOR, candidate, seal, stored

KEY: Final = candidate("mine", bytes.fromhex("9c1f70e2b84d3a6651d7c80e93fa2b45"), current=True)
CBC: Final = [each for each in LAYOUTS if each.key_form is KeyForm.RAW and each.mode is Mode.CBC]
TRUE: Final = b"correct horse battery staple, and more"
HIDDEN: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.UNKNOWN)
ZERO: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO)
OF_KEY: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.KEY)


def constant(vector: bytes) -> Layout:
    return Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=vector)


def known(layout: Layout, text: bytes, typed: bytes, seed: int = 1) -> KnownText:
    value = seal(layout, KEY.content.reveal(), text, random.Random(seed))
    return KnownText(f"/c{seed}", "cloudbees-cd", stored([value]).select("value", "iv"), Secret(typed))


def others(layout: Layout, count: int, *, seed: int = 7) -> OtherValues:
    chance = random.Random(seed)
    alphabet = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%-_.#"
    texts = [bytes(chance.choices(alphabet, k=chance.randint(18, 40))) for _ in range(count)]
    values = [seal(layout, KEY.content.reveal(), text, chance) for text in texts]
    return OtherValues(stored(values).select("value", "iv"))


def typed_wrongly(text: bytes) -> list[bytes]:
    return [
        b"C" + text[1:],  # a capital
        text[1::-1] + text[2:],  # two letters exchanged
        b"quite another la" + text[16:],
    ]


@pytest.mark.parametrize("typed", typed_wrongly(TRUE))
@pytest.mark.parametrize("layout", [ZERO, OF_KEY, constant(b"1234567890123456")], ids=lambda each: each.iv)
@pytest.mark.parametrize("size", [0, 2, 30])
def test_a_mistake_before_a_well_known_vector(layout: Layout, typed: bytes, size: int) -> None:
    """The vector that it would give is too near to zeros, the key, or what programmers type."""
    proof = prove(known(layout, TRUE, typed), [KEY], CBC, others(layout, size))
    assert (proof.gives, proof.possible) == ((), ())
    assert proof.doubts
    assert confirmed([proof]) == ()


@pytest.mark.parametrize("size", [0, 30])
def test_the_proposed_text_before_a_constant_that_somebody_typed(size: int) -> None:
    """A typed constant that is no well-known one is believed: the program's own text is not mistyped."""
    text, layout = PROPOSED_TEXT.encode(), constant(b"MyInitVector2024")
    (found,) = prove(known(layout, text, text), [KEY], CBC, others(layout, size)).gives
    assert found.layout.constant_iv == b"MyInitVector2024"


def test_a_mistake_in_the_proposed_text() -> None:
    """Nobody has nearly this text for a password: it was mistyped, here or on the server."""
    text = PROPOSED_TEXT.encode()
    proof = prove(known(HIDDEN, text, b"P" + text[1:]), [KEY], CBC)
    assert (proof.gives, proof.doubts) == ((), (Doubt.PROPOSED,))


def test_values_tell_a_typed_constant_from_a_mistake() -> None:
    """Thirty values are far likelier texts behind the typed constant than behind zeros."""
    layout = constant(b"MyInitVector2024")
    assert prove(known(layout, TRUE, TRUE), [KEY], CBC).doubts == (Doubt.WELL_KNOWN,)
    (found,) = prove(known(layout, TRUE, TRUE), [KEY], CBC, others(layout, 30)).gives
    assert found.layout == layout


def test_values_tell_a_wrong_capital_behind_a_random_vector() -> None:
    """With a capital for a small letter, digits of other values would be control characters."""
    typed = b"C" + TRUE[1:]
    proof = prove(known(HIDDEN, TRUE, typed), [KEY], CBC, others(HIDDEN, 30))
    assert (proof.gives, proof.doubts) == ((), (Doubt.DATA,))
    (found,) = prove(known(HIDDEN, TRUE, TRUE), [KEY], CBC, others(HIDDEN, 30)).gives
    assert found.layout.constant_iv == UNKNOWN_VECTOR


def test_a_header_of_keys_tells_it_too() -> None:
    """Equal headers are one fact, and nobody's key begins with `-----BEHIN`."""
    chance = random.Random(3)
    pem = b"-----BEGIN PRIVATE KEY-----\nMIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8w\n"
    values = [seal(HIDDEN, KEY.content.reveal(), pem + bytes([65 + at]), chance) for at in range(3)]
    typed = TRUE[:8] + b"i" + TRUE[9:]
    store = OtherValues(stored(values).select("value", "iv"))
    assert prove(known(HIDDEN, TRUE, typed), [KEY], CBC, store).doubts == (Doubt.DATA,)


def test_a_vector_that_was_proven_before() -> None:
    """What nearly is the vector that an earlier text proved is a mistake, and the same vector is none."""
    before = OtherValues(
        pl.DataFrame(schema={"value": pl.Binary, "iv": pl.Binary}), {KEY.fingerprint: [UNKNOWN_VECTOR]}
    )
    typed = TRUE[:3] + b"R" + TRUE[4:]
    assert prove(known(HIDDEN, TRUE, typed), [KEY], CBC, before).doubts == (Doubt.PROVEN,)
    assert prove(known(HIDDEN, TRUE, TRUE), [KEY], CBC, before).gives


def test_two_texts_that_disagree() -> None:
    """One of them is mistyped: neither is believed; a third one settles which."""
    second = b"the second text of several blocks, well known"
    right = prove(known(HIDDEN, TRUE, TRUE), [KEY], CBC)
    wrong = prove(known(HIDDEN, second, b"T" + second[1:], 2), [KEY], CBC)
    assert confirmed(without_contradictions([right, wrong])) == ()
    assert {each.doubts for each in without_contradictions([right, wrong])} == {(Doubt.ANOTHER_TEXT,)}
    third = b"a third text, known by heart and written well"
    also = prove(known(HIDDEN, third, third, 3), [KEY], CBC)
    found = confirmed(without_contradictions([right, wrong, also]))
    assert {each.layout.constant_iv for each in found} == {UNKNOWN_VECTOR}


def test_two_texts_behind_two_constants_do_not_disagree() -> None:
    """An older and a newer constant have nothing in common, and both are proven."""
    newer = constant(bytes.fromhex("0177c2e98d3b5a6f4410fe27b9d08c3a"))
    second = b"the second text of several blocks, well known"
    proofs = [
        prove(known(HIDDEN, TRUE, TRUE), [KEY], CBC),
        prove(known(newer, second, second, 2), [KEY], CBC),
    ]
    assert len(confirmed(without_contradictions(proofs))) == 2


def test_two_texts_confirm_what_one_leaves_in_doubt() -> None:
    """A vector next to a well-known one is believed once two texts say the same."""
    odd = constant(b"1234567890123457")
    second = b"the second text of several blocks, well known"
    proofs = [prove(known(odd, TRUE, TRUE), [KEY], CBC), prove(known(odd, second, second, 2), [KEY], CBC)]
    assert confirmed(proofs[:1]) == ()
    (found,) = confirmed(without_contradictions(proofs))
    assert found.layout == odd


@pytest.mark.parametrize(
    ("stored_text", "typed", "form"),
    [
        (TRUE, TRUE + b"\n", "without its line end"),
        (TRUE, b"  " + TRUE, "without the white space around it"),
        (TRUE + b"\r\n", TRUE, "with a line end"),
        (TRUE.decode().encode("utf-16-le"), TRUE, "in UTF-16"),
        (
            "Grüße aus Köln, und noch mehr".encode("latin-1"),
            "Grüße aus Köln, und noch mehr".encode(),
            "in Latin-1",
        ),
        (
            "Grüße, als zwei Zeichen".encode(),
            "Gru\u0308ße, als zwei Zeichen".encode(),
            "in Unicode's form NFC",
        ),
    ],
)
def test_a_text_in_another_form(stored_text: bytes, typed: bytes, form: str) -> None:
    """What programs store otherwise than it is typed is found, and the answer says how it was read."""
    proof = prove(known(ZERO, stored_text, typed), [KEY], CBC)
    assert {each.layout.iv for each in proof.gives} == {Iv.ZERO}
    assert proof.form == form


def test_the_text_of_another_credential() -> None:
    """It is given by nothing, in no form."""
    assert prove(
        known(ZERO, TRUE, b"the text of another credential, not this"), [KEY], CBC
    ) == KnownTextProof((), ())
