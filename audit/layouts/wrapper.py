"""The text that stands around an encoded value: `{AES}…`, `ENC(…)`, a JSON object with one long member."""

import json
import re
from dataclasses import dataclass
from typing import Final, Self

_WHITE_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder()
_MAY_BE_ESCAPED: Final = "/+="
"""What some encoders escape although JSON need not: PHP writes `\\/`, .NET `\\u002B`, Gson `\\u003d`."""


@dataclass(frozen=True, slots=True, repr=False)
class JsonMember:
    """A member of a JSON object whose value is a string.

    Attributes:
        before: the object up to the string's opening quote, with it.
        written: the string as it is written down, escapes and all.
        text: what it says.
        after: the rest of the object, from the closing quote on.
    """

    before: str
    written: str
    text: str
    after: str

    @classmethod
    def of(cls, value: bytes, name: str) -> Self:
        """The member `name` of the object that `value` is.

        Raises:
            ValueError: it is not a JSON object with exactly one such member whose value is a string. Of
                doubled names one parser takes the first and another the last: such an object is not touched.
        """
        text = value.decode()
        try:
            found = [place for key, place in _strings(text) if key == name]
        except (IndexError, RecursionError) as error:
            raise ValueError("no JSON") from error
        if len(found) != 1 or found[0] is None:
            raise ValueError("no single string of this name")
        start, end, content = found[0]
        return cls(text[:start], text[start:end], content, text[end:])

    def exchanged(self, content: str) -> bytes:
        """The object with another string of the base64 or hex alphabets, escaped as the old one was."""
        for character in _MAY_BE_ESCAPED:
            forms = rf"\\(?:{re.escape(character)}|u00{ord(character):x})"
            escape = re.search(forms, self.written, re.IGNORECASE)
            if escape:
                content = content.replace(character, escape[0])
        return (self.before + content + self.after).encode()


_Place = tuple[int, int, str]


def _strings(text: str) -> list[tuple[str, _Place | None]]:
    """Each member's name with the place of its string, None where its value is of another kind.

    Raises:
        ValueError, IndexError: it is not a JSON object.
    """
    found: list[tuple[str, _Place | None]] = []
    at = _expect(text, _space(text, 0), "{")
    while True:
        at = _space(text, at)
        _expect(text, at, '"')
        name, at = _DECODER.raw_decode(text, at)
        at = _space(text, _expect(text, _space(text, at), ":"))
        content, end = _DECODER.raw_decode(text, at)
        found.append((name, (at + 1, end - 1, content) if isinstance(content, str) else None))
        at = _space(text, end)
        if text[at] == "}":
            break
        at = _expect(text, at, ",")
    if _space(text, at + 1) != len(text):
        raise ValueError("more than an object")
    return found


def _space(text: str, at: int) -> int:
    space = _WHITE_SPACE.match(text, at)
    return space.end() if space else at


def _expect(text: str, at: int, mark: str) -> int:
    if text[at] != mark:
        raise ValueError("no JSON object")
    return at + 1


@dataclass(frozen=True, slots=True)
class Wrapper:
    """Constant text around the encoded bytes; with `member`, a JSON object that holds them.

    Attributes:
        head: what every value begins with.
        tail: what every value ends with.
        member: the name of the JSON member whose string is the encoded value; its other members may differ
            from value to value. "" where the value is not JSON.
    """

    head: bytes = b""
    tail: bytes = b""
    member: str = ""

    @property
    def name(self) -> str:
        """A word for layouts' names, safe in every output: `{AES}`, `ENC()`, `json:data`."""
        if self.member:
            return f"json:{self.member}"
        return (self.head + self.tail).decode("ascii", "backslashreplace")

    def content(self, value: bytes) -> bytes:
        """What is wrapped.

        Raises:
            ValueError: the value is not wrapped so.
        """
        if self.member:
            return JsonMember.of(value, self.member).text.encode()
        if not self._stands_around(value):
            raise ValueError("other text around it")
        return value[len(self.head) : len(value) - len(self.tail)]

    def around(self, content: bytes, old: bytes | None) -> bytes:
        """The content wrapped; of a JSON object the one that `old` is, with this string alone exchanged.

        Raises:
            ValueError: JSON, and there is no old value that is such an object: what else stands in it cannot
                be known.
        """
        if not self.member:
            return self.head + content + self.tail
        if old is None:
            raise ValueError("no object to write it into")
        return JsonMember.of(old, self.member).exchanged(content.decode("ascii"))

    def _stands_around(self, value: bytes) -> bool:
        long_enough = len(value) >= len(self.head) + len(self.tail)
        return long_enough and value.startswith(self.head) and value.endswith(self.tail)


BARE: Final = Wrapper()
"""Nothing around it."""
