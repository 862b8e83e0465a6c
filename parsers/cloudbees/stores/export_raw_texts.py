"""Long runs of base64's letters in an export's own bytes: where in it ciphertext may stand.

Handing every text and attribute of an export to Python takes longer than parsing it does, and nearly none is
long enough. So the bytes are looked at before expat gets them, which costs next to nothing.
"""

import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from parsers.stores.ciphertext_form import SHORTEST
from parsers.stores.long_runs import LONG_RUN, MARK

MAX_REST: Final = 1 << 20
"""Bytes of a text or tag that is held until its end was read; a longer one is looked at in parts."""

_RUN: Final = re.compile(rb"[A-Za-z0-9+/_\\%-]+")
_ATTRIBUTE: Final = re.compile(rb"(?<=\s)([^\s<>/=\"']++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
"""Behind a space alone: else a tag of a megabyte without an end would be gone through a million times."""
_NAME: Final = re.compile(rb"<([^\s/>]+)")
_CDATA: Final = b"<![CDATA["
_ASIDE: Final = (b"<!--", b"<?")


class RawText(NamedTuple):
    """A text with a long run of letters.

    Attributes:
        start: where in the bytes the text begins (an attribute: its tag): what precedes gives the place.
        tag: the tag whose attribute it is; "" for the text of an element.
        attribute: the attribute's name, or "".
        text: what stands there.
    """

    start: int
    tag: str
    attribute: str
    text: str

    def __repr__(self) -> str:
        """Where it is, and nothing of what it holds."""
        return f"RawText({self.start}, {self.tag!r}, {self.attribute!r})"


def raw_texts(content: bytes) -> Iterator[RawText]:
    """Texts of elements and attributes with a run of at least `SHORTEST` letters, in their order."""
    marked = content.translate(MARK)
    at = marked.find(LONG_RUN)
    while at >= 0:
        opened = content.rfind(b"<", 0, at + 1)
        closed = content.rfind(b">", max(opened, 0), at + 1)
        if closed > opened or opened < 0:
            end = content.find(b"<", at)
            end = len(content) if end < 0 else end
            yield RawText(closed + 1, "", "", _text(content[closed + 1 : end]))
        elif content.startswith(_CDATA, opened):
            end = content.find(b"]]>", at)
            end = len(content) if end < 0 else end
            yield RawText(opened, "", "", content[opened + len(_CDATA) : end].decode("utf-8", "replace"))
        elif content.startswith(_ASIDE, opened):
            end = content.find(b"-->" if content.startswith(b"<!--", opened) else b"?>", at)
            end = len(content) if end < 0 else end
        else:
            found = _RUN.match(content, at)
            end = found.end() if found else at + SHORTEST
            if at > opened + 1:  # no long name of an element
                end = _end_of_tag(content, at)
                yield from _of_attributes(content[opened:end], opened)
        at = marked.find(LONG_RUN, max(end, at + 1))


def _end_of_tag(content: bytes, at: int) -> int:
    end = content.find(b">", at)
    return len(content) if end < 0 else end


def _of_attributes(tag: bytes, start: int) -> Iterator[RawText]:
    name = _NAME.match(tag)
    for attribute in _ATTRIBUTE.finditer(tag):
        value = attribute[2] if attribute[2] is not None else attribute[3]
        if name and len(value) >= SHORTEST:
            yield RawText(start, name[1].decode("utf-8", "replace"), _text(attribute[1]), _text(value))


def _text(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return html.unescape(text) if "&" in text else text


class Cuts:
    """A stream's chunks cut anew, so that no text and no tag is divided (up to `MAX_REST`)."""

    def __init__(self) -> None:
        self._rest = b""

    def whole(self, chunk: bytes | memoryview) -> bytes:
        """What is complete by now: up to the last `<`."""
        content = b"".join((self._rest, chunk))
        cut = content.rfind(b"<")
        if cut <= 0:
            cut = len(content) if len(content) > MAX_REST else 0
        elif len(content) - cut > MAX_REST:
            cut = len(content)
        self._rest = content[cut:]
        return content[:cut]

    def last(self) -> bytes:
        """What is left at the end."""
        rest, self._rest = self._rest, b""
        return rest
