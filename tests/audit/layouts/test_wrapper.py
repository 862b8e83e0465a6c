"""Text around encoded values: taken off, and put around new ones."""

import json

import pytest

from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.layouts.wrapper import BARE, Wrapper

OBJECTS = {
    "alone": b'{"data":"old+/=="}',
    "blanks and others": b'{ "v" : 2,\n "data" :\t"old+/==" , "tags":["x",{"data":"in"}], "k":"k \\" 7" }\n',
    "escaped": b'{"data":"old\\u002b\\/\\u003D\\u003d","n":null}',
    "not ASCII": '{"wer":"Jürgen","data":"old+/=="}'.encode(),
    "escaped name": b'{"d\\u0061ta":"old+/=="}',
}


@pytest.mark.parametrize("value", OBJECTS.values(), ids=list(OBJECTS))
def test_one_string_of_an_object_is_exchanged(value: bytes) -> None:
    """The string is read with its escapes undone, and nothing but it changes."""
    wrapper = Wrapper(member="data")
    assert wrapper.content(value) == b"old+/=="
    changed = wrapper.around(b"new+/=", value)
    before, after = json.loads(value), json.loads(changed)
    assert after == before | {"data": "new+/="}
    assert wrapper.around(b"old+/==", value).lower() == value.lower()


def test_escapes_stay_as_they_were() -> None:
    """A reader that knows no escapes keeps what it can read; one that wants them gets them."""
    assert Wrapper(member="d").around(b"a/b", b'{"d":"x\\/y"}') == b'{"d":"a\\/b"}'
    assert Wrapper(member="d").around(b"a/b", b'{"d":"x/y"}') == b'{"d":"a/b"}'


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"{",
        b'{"data"',
        b'{"data":"x"',
        b'{"data":"x"} {}',
        b'{"data":5}',
        b'{"other":"x"}',
        b'["data"]',
        b'{"data":"x","data":"y"}',
        b'{data:"x"}',
        b'{"data":"\xff"}',
        b'{"a":' + b"[" * 100_000,
    ],
)
def test_another_object_is_not_read(value: bytes) -> None:
    """What is no JSON, has no such string, or two of that name, is left alone."""
    with pytest.raises(ValueError):
        Wrapper(member="data").content(value)


def test_head_and_tail() -> None:
    """They stand around, both in full, and do not overlap."""
    wrapper = Wrapper(b"ENC(", b")")
    assert wrapper.content(b"ENC(abc)") == b"abc"
    assert wrapper.around(b"xyz", None) == b"ENC(xyz)"
    for other in (b"ENC(abc", b"abc)", b"enc(abc)", b"", b"(ENC(abc)"):
        with pytest.raises(ValueError, match="other text"):
            wrapper.content(other)
    with pytest.raises(ValueError, match="other text"):
        Wrapper(b"ab", b"b").content(b"ab")


def test_an_object_is_never_made_up() -> None:
    """Nobody knows what else belongs into it."""
    with pytest.raises(ValueError, match="no object"):
        Wrapper(member="data").around(b"x", None)


def test_layouts_are_named_after_it() -> None:
    """The name tells the wrapper, and that of a bare layout does not change."""
    layout = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
    assert BARE.content(b"abc") == b"abc"
    assert layout.name == "aes-ecb/base64/key-raw"
    inside = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE, wrapper=Wrapper(b"{AES}"))
    assert inside.name == "aes-ecb/base64/in-{AES}/key-raw"
