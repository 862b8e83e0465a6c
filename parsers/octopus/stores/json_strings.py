"""Strings in the text of a JSON document: where exactly each of them is written."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from parsers.errors import StoreError
from parsers.octopus.stores.rows import clean
from parsers.stores.strict_json import json_object

_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\n\r]*")


class Written(NamedTuple):
    """A string or null as it is written: text[start:end], quotes included."""

    start: int
    end: int
    content: str | None

    def __repr__(self) -> str:
        """Where, and not what."""
        return f"Written({self.start}, {self.end})"


@dataclass(slots=True)
class _Step:
    """Steps to take from a value; `pointer` if it is wanted itself."""

    further: "dict[str, _Step]" = field(default_factory=dict)
    pointer: str | None = None


def strings_at(text: str, pointers: Iterable[str]) -> dict[str, Written]:
    """The strings and nulls that JSON pointers (RFC 6901) lead to; all others are left out.

    Raises:
        StoreError: the text is not a document that `json_object` reads.
    """
    json_object(text)
    root = _Step()
    for pointer in pointers:
        step = root
        for name in pointer.split("/")[1:]:
            step = step.further.setdefault(name, _Step())
        step.pointer = pointer
    found: dict[str, Written] = {}
    try:
        _value(text, _space(text, 0), root, found)
    except RecursionError as error:
        raise StoreError("nested too deeply") from error
    return found


def _value(text: str, at: int, step: _Step, found: dict[str, Written]) -> int:
    """The end of the value that begins `at`; what `step` wants of it is noted on the way."""
    first = text[at]
    if first == "{" and step.further:
        return _object(text, at, step, found)
    if first == "[" and step.further:
        return _array(text, at, step, found)
    content, end = _decoded(text, at)
    if step.pointer is not None and isinstance(content, str | None):
        found[step.pointer] = Written(at, end, content)
    return end


def _object(text: str, at: int, step: _Step, found: dict[str, Written]) -> int:
    at = _space(text, at + 1)
    while text[at] != "}":
        if text[at] == ",":
            at = _space(text, at + 1)
        name, at = _decoded(text, at)
        at = _space(text, _space(text, at) + 1)  # past the colon
        token = clean(str(name).replace("~", "~0").replace("/", "~1"))
        at = _space(text, _value(text, at, step.further.get(token, _NOTHING), found))
    return at + 1


def _array(text: str, at: int, step: _Step, found: dict[str, Written]) -> int:
    index = 0
    at = _space(text, at + 1)
    while text[at] != "]":
        if text[at] == ",":
            at = _space(text, at + 1)
            index += 1
        at = _space(text, _value(text, at, step.further.get(str(index), _NOTHING), found))
    return at + 1


def _decoded(text: str, at: int) -> tuple[object, int]:
    """The value that begins there, and its end."""
    content: object
    content, end = _DECODER.raw_decode(text, at)
    return content, end


def _space(text: str, at: int) -> int:
    return _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches everywhere, nothing at least


_NOTHING: Final = _Step()
