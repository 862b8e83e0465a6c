"""The class of decrypted bytes."""

import numpy as np

from audit.trial.plain_text import Content, classify


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
