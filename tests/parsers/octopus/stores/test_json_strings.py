"""Strings found in the text of JSON documents."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.errors import StoreError
from parsers.octopus.stores.json_strings import strings_at


def found(text: str, *pointers: str) -> dict[str, str]:
    """What is written at each pointer."""
    return {pointer: text[at.start : at.end] for pointer, at in strings_at(text, pointers).items()}


def test_where_strings_are_written() -> None:
    """Members, items and escaped names lead to the string, quotes and escapes included."""
    text = '\n{ "a/b" : [ 1, {"~": "x\\u002By"} ,"\\/z"], "": {"n":null}, "d": "q" } '
    pointers = "/a~1b/1/~0", "/a~1b/2", "//n", "/d"
    written = ['"x\\u002By"', '"\\/z"', "null", '"q"']
    assert found(text, *pointers) == dict(zip(pointers, written, strict=True))
    assert strings_at(text, pointers)["/a~1b/1/~0"].content == "x+y"


@pytest.mark.parametrize("pointer", ["/x", "/a", "/a/2", "/a/01", "/a/-", "/b/c", "/n", "/a/0/q"])
def test_what_is_no_string_is_not_found(pointer: str) -> None:
    """Numbers, objects, arrays, and places that are not there."""
    assert found('{"a":[{},"s"],"b":"t","n":1}', pointer) == {}


@pytest.mark.parametrize(
    "text", ["", "[]", '{"a":', '{"a":"1","a":"2"}', '{"a":NaN}', '{"a":"1"} x', "\ufeff{}"]
)
def test_what_readers_refuse(text: str) -> None:
    """A document that could not be read is not changed either."""
    with pytest.raises(StoreError):
        strings_at(text, ["/a"])


def test_deep_nesting_is_refused() -> None:
    """No document ends the program."""
    with pytest.raises(StoreError, match="too deeply"):
        strings_at('{"a":' + "[" * 100_000 + "]" * 100_000 + "}", ["/a/0"])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('ab/~"\\é', max_size=2), inner, max_size=3)
    ),
)


@given(
    st.dictionaries(st.text(max_size=3), VALUES, max_size=3), st.sampled_from([None, 1, "\t"]), st.booleans()
)
def test_every_string_is_found(document: dict[str, object], indent: str | int | None, ascii_: bool) -> None:
    """However a document is laid out, each pointer leads to the very string, and to its text."""
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_)
    expected = dict(strings(document, ""))
    there = strings_at(text, expected)
    assert {pointer: at.content for pointer, at in there.items()} == expected
    assert all(json.loads(text[at.start : at.end]) == at.content for at in there.values())


def strings(value: object, pointer: str) -> list[tuple[str, str | None]]:
    """Every string and null in a document, by its pointer."""
    match value:
        case None | str():
            return [(pointer, value)]
        case dict():
            steps = [(name.replace("~", "~0").replace("/", "~1"), inner) for name, inner in value.items()]
        case list():
            steps = [(str(index), inner) for index, inner in enumerate(value)]
        case _:
            return []
    return [found for step, inner in steps for found in strings(inner, f"{pointer}/{step}")]
