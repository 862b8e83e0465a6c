"""Stored values as bytes, wrapped and unwrapped, against Python's own decoders."""

import base64
import json
import random

import polars as pl
import pytest

from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode
from audit.layouts.wrapper import Wrapper
from audit.trial.views import View, Views


def decoded(view: View, *values: bytes | None, vector: bytes | None = None) -> list[bytes | None]:
    frame = pl.DataFrame(
        {"value": values, "iv": [vector] * len(values)}, {"value": pl.Binary, "iv": pl.Binary}
    )
    return Views(frame)[view].to_list()


@pytest.mark.parametrize("size", range(16, 34))
def test_base64_without_its_padding(size: int) -> None:
    """It is read like padded base64, `+` and `/` included; Octopus Deploy's readers take no such value."""
    content = b"\xfb\xff\xbe" + random.Random(size).randbytes(size - 3)
    padded = base64.b64encode(content)
    bare = padded.rstrip(b"=")
    assert b"+" in bare
    assert decoded(View(Encoding.BASE64), bare, padded, None) == [content, content, None]
    strict = View.of(Layout(KeyForm.MASTER_KEY, Mode.CBC, Iv.BESIDE))
    assert strict.padded_only
    vector = base64.b64encode(bytes(16))
    assert decoded(strict, padded + b"|" + vector, padded + b"|" + vector[:-2]) == [bytes(16) + content, None]


@pytest.mark.parametrize("damaged", [b"QUJDRA=", b"QUJDR", b"QUJDRB", b"QUJDRA===", b"QUJD=RA"])
def test_damaged_base64_is_none(damaged: bytes) -> None:
    """Half of the padding, a digit too many, bits that belong to no byte: no encoder writes these."""
    assert decoded(View(Encoding.BASE64), damaged) == [None]
    assert decoded(View(Encoding.BASE64), b"QUJDRA==", b"QUJDRA") == [b"ABCD", b"ABCD"]


@pytest.mark.parametrize("encoding", [Encoding.BASE64, Encoding.BASE64_URL, Encoding.HEX])
@pytest.mark.parametrize("wrapper", [Wrapper(b"{AES}"), Wrapper(b"ENC(", b")"), Wrapper(b"", b"#")])
def test_inside_a_head_and_tail(encoding: Encoding, wrapper: Wrapper) -> None:
    """What stands inside is decoded; a value that is not wrapped so is none."""
    content = random.Random(1).randbytes(48)
    written = {
        Encoding.BASE64: base64.b64encode(content),
        Encoding.BASE64_URL: base64.urlsafe_b64encode(content),
        Encoding.HEX: content.hex().encode(),
    }[encoding]
    view = View(encoding, wrapper=wrapper)
    whole = wrapper.head + written + wrapper.tail
    assert decoded(view, whole, written, b"", None, whole[:-1] + b"!") == [content, *[None] * 4]
    assert decoded(View(encoding), written, whole) == [content, None]


def test_inside_json() -> None:
    """The member's string is decoded, escapes and all; other members, objects and raw bytes do no harm."""
    content = b"\xfb\xff\xbe" * 11
    text = base64.b64encode(content + b"\0").decode()
    view = View(Encoding.BASE64, wrapper=Wrapper(member="ct"))
    values = [
        json.dumps({"kid": 7, "ct": text}).encode(),
        f'{{"ct":"{text}"}}'.replace("/", "\\/").replace("+", "\\u002b").replace("=", "\\u003d").encode(),
        b'{"ct":5}',
        b'{"other":"x"}',
        b"{AES}" + text.encode(),
        b'{"ct":"' + text.encode(),
        b"\xff\xfe",
        None,
    ]
    assert decoded(view, *values) == [content + b"\0", content + b"\0", *[None] * 6]
    assert decoded(View(Encoding.BASE64, wrapper=Wrapper(member='a"b')), values[0]) == [None]


def test_around_a_vector_beside() -> None:
    """The wrapper stands around both sides of a `|`, or around the value whose vector has its own column."""
    cipher, vector = bytes(range(32)), bytes(range(16))
    text, beside = base64.b64encode(cipher), base64.b64encode(vector)
    view = View(Encoding.BASE64, beside=True, wrapper=Wrapper(b"v1:"))
    assert decoded(view, b"v1:" + text + b"|" + beside, text + b"|" + beside) == [vector + cipher, None]
    assert decoded(view, b"v1:" + text, vector=beside) == [vector + cipher]
