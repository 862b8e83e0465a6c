"""The class of decrypted bytes."""

import numpy as np
import pytest

from audit.trial.plain_text import (
    Content,
    Damage,
    begins_as_text,
    classify,
    damage,
    goes_on_as_text,
)


def test_every_byte_at_every_place() -> None:
    """Eight bytes at a time give the class that each byte alone has, wherever it is; padding is left out."""
    for width in (16, 13):  # the second one takes the way byte by byte
        for length in (16, 15, 9, 8, 1):
            places = min(length, width)
            rows = np.full((256 * places, width), ord("a"), np.uint8)
            rows[:, places:] = 3
            for place in range(places):
                rows[256 * place : 256 * place + 256, place] = np.arange(256)
            classes = classify(rows, np.full(len(rows), places)).reshape(places, 256)
            expected = [0 if 32 <= byte < 127 or byte in b"\t\n\r" else 2 for byte in range(256)]
            assert (classes == np.array(expected)).all()


def test_text_beyond_ascii() -> None:
    """Strict UTF-8 of printable characters is text; overlong, cut off and control characters are not."""
    texts = ["Gr\u00fc\u00dfe", "\u043f\u0430\u0440\u043e\u043b\u044c", "\u6570\u636e", "\U0001f511"]
    others = [b"\xc0\xaf", b"\xe6\x95", b"\xed\xa0\x80", "a\u0085".encode(), b"ok\x00", b"\xff"]
    samples = [*(text.encode() for text in texts), *others]
    rows = np.array([list(sample.ljust(16, b"\x01")) for sample in samples], np.uint8)
    classes = classify(rows, np.array([len(sample) for sample in samples]))
    assert classes.tolist() == [Content.TEXT] * len(texts) + [Content.BINARY] * len(others)


def damage_of(text: bytes, changed: bytes) -> Damage:
    """What is said of a text whose bytes were changed, in whole blocks with padding."""
    width = (len(text) // 16 + 1) * 16
    plain = np.frombuffer(changed.ljust(width, b"\x07"), np.uint8).reshape(1, -1)
    return Damage(int(damage(plain, np.array([len(text)]))[0]))


PASSPHRASE = b"correct horse battery staple, and then some more"
GARBLED = bytes(range(200, 216))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (GARBLED + PASSPHRASE[16:], Damage.LIKELY),  # the first block, with a known vector
        (
            PASSPHRASE[:16] + GARBLED + b"\x90" + PASSPHRASE[33:],
            Damage.LIKELY,
        ),  # a block, and a byte of the next
        (b"\x90" + PASSPHRASE[1:], Damage.LIKELY),  # a byte of the vector
        (GARBLED * 3, Damage.NONE),  # nothing of it is text
    ],
)
def test_a_changed_byte_of_ciphertext_shows(changed: bytes, said: Damage) -> None:
    """Text goes on around what a changed byte garbles; binary secrets are binary throughout."""
    assert damage_of(PASSPHRASE, changed) is said


def test_a_short_end_after_a_garbled_block_tells_nothing() -> None:
    """Three bytes may be text by chance: only the store's other values can say more."""
    assert damage_of(b"a password of 19 by", GARBLED + b" by") is Damage.POSSIBLE
    assert (
        damage_of(b"twelve bytes", GARBLED[:12]) is Damage.NONE
    )  # one block: with damage its padding were gone


@pytest.mark.parametrize(
    ("block", "content"),
    [
        (b"plain ASCII text", Content.ASCII),
        ("Пароль".encode() + b"\xd0", Content.TEXT),  # cut within a character
        (b"\xd0\x9f\xff", Content.BINARY),
        (b"abc\x80", Content.BINARY),  # a byte that follows nothing
        (b"\x90", Content.BINARY),
    ],
)
def test_how_texts_begin(block: bytes, content: Content) -> None:
    """Only a character that is cut off at the end may be missing a part."""
    assert begins_as_text(block) is content


def test_how_texts_go_on() -> None:
    """A character may have begun in the block before."""
    assert goes_on_as_text(b"\x9f and more")
    assert not goes_on_as_text(b"\x9f\x9f\x9f\x9f and more")
    assert not goes_on_as_text(GARBLED[:4])
