"""How a stored value can be written in a file: as it is, in hexadecimal digits, or in quotes."""

import codecs
import re
from collections.abc import Iterator, Mapping
from enum import Enum, IntEnum
from typing import Final, NamedTuple, assert_never

import numpy as np
import numpy.typing as npt

from parsers.stores.sql_dump.escapes import mysql_escaped

TOKEN_CHARACTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_|-\\"
"""The characters of base64, base64url and hex, Octopus' bar, and the start of a JSON escape."""

_TOKEN: Final = re.compile(rb"[A-Za-z0-9+/=_|-]*+")
_SHORTEST_CIPHERTEXT: Final = 22
"""The length of 16 bytes in base64 without padding."""

_HEX: Final = re.compile(rb"(?:0[xX]|\\++[xX])((?:[0-9A-Fa-f]{2})++)")
# 0x4142   \x4142   \\x4142 (in a COPY)
_MAY_BE_HEX: Final = re.compile(rb"(?:0[xX])?+[0-9A-Fa-f]++")
_DIGITS: Final = re.compile(rb"(?:[0-9A-Fa-f]{2})++")
_HEX_QUOTES: Final = (b"x'", b"X'")
_BAR: Final = re.compile(rb"\||\\++u007[cC]")
_ESCAPE: Final = re.compile(rb"\\++(?:u00([0-9A-Fa-f]{2})|(/))")
# abc\/def\u002Bghi\u003D, escaped again where JSON contains JSON


class Spelling(IntEnum):
    """How a value is written in a file."""

    TEXT = 0
    ESCAPED_TEXT = 1
    HEX = 2
    HEX_CAPITALS = 3
    MYSQL_STRING = 4


class SpelledValue(NamedTuple):
    """A value within a run of characters: its range, its number, and how it is written."""

    start: int
    end: int
    old: int
    spelling: Spelling


def is_token(value: bytes) -> bool:
    """Whether a value can be written in any file without escapes."""
    return _TOKEN.fullmatch(value) is not None


def core(value: bytes) -> bytes:
    """The part of a value that is searched for and replaced.

    A token without surrounding white space; else the longest token in the text, if that can be ciphertext:
    what surrounds it (`{AES}…`, `ENC(…)`, JSON) may be escaped in the file, and stays. Else all of it.
    """
    inner = value.strip()
    if is_token(inner):
        return inner
    longest = max(_TOKEN.findall(value), key=len)
    return longest if len(longest) >= _SHORTEST_CIPHERTEXT and value.isascii() else value


def may_hold(run: bytes) -> bool:
    """Whether `find_spellings` can find anything in a run: a quick test, since most runs are words."""
    return b"|" in run or b"\\" in run or _MAY_BE_HEX.fullmatch(run) is not None


def find_spellings(run: bytes, before: bytes, olds: Mapping[bytes, int]) -> Iterator[SpelledValue]:
    """The values within a run of `TOKEN_CHARACTERS` that is not a value as a whole.

    Args:
        run: the characters.
        before: the two characters before it.
        olds: a number for each value.
    """
    if (found := _HEX.fullmatch(run)) or (before in _HEX_QUOTES and (found := _DIGITS.fullmatch(run))):
        digits = found[found.re.groups]
        if (old := olds.get(bytes.fromhex(digits.decode()))) is not None:
            spelling = Spelling.HEX_CAPITALS if digits == digits.upper() else Spelling.HEX
            yield SpelledValue(len(run) - len(digits), len(run), old, spelling)
    elif b"|" in run or b"\\" in run:
        yield from _in_parts(run, olds)


def _in_parts(run: bytes, olds: Mapping[bytes, int]) -> Iterator[SpelledValue]:
    """Values between bars, which may separate cells or belong to a value, and in JSON's escapes."""
    body = run.rstrip(b"\\")
    starts, ends = [0], []
    for bar in _BAR.finditer(body):
        ends.append(bar.start())
        starts.append(bar.end())
    spans = list(zip(starts, [*ends, len(body)], strict=True))
    parts = [_unescaped(body[start:end]) for start, end in spans]
    at = 0
    while at < len(parts):
        for count in (2, 1):
            old = olds.get(b"|".join(parts[at : at + count])) if at + count <= len(parts) else None
            if old is not None:
                start, end = spans[at][0], spans[at + count - 1][1]
                is_escaped = b"\\" in body[start:end]
                yield SpelledValue(start, end, old, Spelling.ESCAPED_TEXT if is_escaped else Spelling.TEXT)
                at += count - 1
                break
        at += 1


def _unescaped(text: bytes) -> bytes:
    if b"\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: found[2] or bytes.fromhex(found[1].decode()), text)


def fits(new: bytes, old: bytes, spelling: Spelling) -> bool:
    """Whether `new` can be written in the place of `old` without changing its meaning there."""
    match spelling:
        case Spelling.TEXT | Spelling.ESCAPED_TEXT:
            return is_token(new) and (b"|" in old or b"|" not in new)
        case Spelling.HEX | Spelling.HEX_CAPITALS | Spelling.MYSQL_STRING:
            return True
        case _:
            assert_never(spelling)


def spell(new: bytes, spelling: Spelling) -> bytes:
    """The value in this spelling."""
    match spelling:
        case Spelling.TEXT | Spelling.ESCAPED_TEXT:
            return new
        case Spelling.HEX:
            return new.hex().encode()
        case Spelling.HEX_CAPITALS:
            return new.hex().upper().encode()
        case Spelling.MYSQL_STRING:
            return mysql_escaped(new)
        case _:
            assert_never(spelling)


_IN_TOKEN: Final = np.zeros(1 << 16, np.bool_)
_IN_TOKEN[np.frombuffer(TOKEN_CHARACTERS, np.uint8)] = True
_IN_TOKEN_TABLE: Final = _IN_TOKEN[:256].tobytes()


class Characters(Enum):
    """How ASCII is encoded in a file."""

    BYTES = "latin-1"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"

    @property
    def size(self) -> int:
        """Bytes of one character."""
        return 1 if self is Characters.BYTES else 2

    def encode(self, text: bytes) -> bytes:
        """ASCII text in the file's encoding."""
        return text if self is Characters.BYTES else text.decode("ascii").encode(self.value)

    def narrow(self, content: bytes) -> bytes:
        """ASCII text from the file's encoding; other characters lose half of their bytes."""
        match self:
            case Characters.BYTES:
                return content
            case Characters.UTF_16_LE:
                return content[::2]
            case Characters.UTF_16_BE:
                return content[1::2]

    def in_token(self, content: bytes) -> npt.NDArray[np.bool_]:
        """For each whole character, whether it is one of `TOKEN_CHARACTERS`."""
        if self is Characters.BYTES:
            return np.frombuffer(content.translate(_IN_TOKEN_TABLE), np.bool_)
        kind = "<u2" if self is Characters.UTF_16_LE else ">u2"
        inside: npt.NDArray[np.bool_] = _IN_TOKEN[np.frombuffer(content, kind, len(content) // 2)]
        return inside


def characters_of(head: bytes) -> Characters:
    """The encoding by the byte-order mark; of XML also by its first two characters (XML 1.0, appendix F)."""
    if head.startswith((codecs.BOM_UTF16_LE, b"<\0?\0")):
        return Characters.UTF_16_LE
    if head.startswith((codecs.BOM_UTF16_BE, b"\0<\0?")):
        return Characters.UTF_16_BE
    return Characters.BYTES
