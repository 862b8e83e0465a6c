"""Placeholders: they replace each occurrence while a reader finds out which record it belongs to.

A placeholder is as long as what it replaces, with bars, equals signs and escapes in the same places, so that
a reader takes it for ciphertext. The rest is digits, which are valid in base64 and in hexadecimal.
"""

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final, assert_never

from parsers.archives.interface import ByteStream
from parsers.stores.rewriting.occurrences import Occurrence
from parsers.stores.rewriting.scan import ScannedFile
from parsers.stores.rewriting.spelling import Characters, Spelling

LEAST_DIGITS: Final = 12
"""A shorter value gets no placeholder; no ciphertext is that short."""

_NUMBER_DIGITS: Final = 9
_KEPT: Final = re.compile(rb"([|=]++|\\++(?:u[0-9A-Fa-f]{4}|.))")
_NO_DIGITS: Final = b"|=+/-_"


@dataclass(frozen=True, slots=True, repr=False)
class Placeholders:
    """Placeholders by number, and numbers by placeholder.

    Attributes:
        salt: digits that fill them up; from the file's digest, so that no file can contain them already.
        olds: the values, by their number.
    """

    salt: bytes
    olds: list[bytes]

    def of(self, occurrence: Occurrence, number: int, characters: Characters) -> bytes:
        """The placeholder for an occurrence, in the file's encoding."""
        match occurrence.spelling:
            case Spelling.TEXT:
                text = self._like(self.olds[occurrence.old], number)
            case Spelling.ESCAPED_TEXT:
                text = self._like(occurrence.raw, number)
            case Spelling.HEX | Spelling.HEX_CAPITALS | Spelling.MYSQL_STRING:
                text = self._digits(occurrence.length // characters.size, number)
            case _:
                assert_never(occurrence.spelling)
        return characters.encode(text)

    def number(self, value: bytes) -> int | None:
        """The number of the placeholder that a reader yielded as `value`; None if it is not one."""
        number = self._number(value.translate(None, _NO_DIGITS))
        return self._number(value.hex().encode()) if number is None else number

    def _like(self, text: bytes, number: int) -> bytes:
        """Digits where `text` has letters and digits; `text` itself if it has too few."""
        pieces = _KEPT.split(text)
        length = sum(map(len, pieces[::2]))
        if length < LEAST_DIGITS:
            return text
        digits = iter(self._digits(length, number))
        pieces[::2] = [bytes(islice(digits, len(piece))) for piece in pieces[::2]]
        return b"".join(pieces)

    def _number(self, digits: bytes) -> int | None:
        if len(digits) < LEAST_DIGITS or not digits.isdigit():
            return None
        number = int(digits[-_NUMBER_DIGITS:])
        return number if digits == self._digits(len(digits), number) else None

    def _digits(self, length: int, number: int) -> bytes:
        filling = length - _NUMBER_DIGITS
        return (self.salt * (filling // len(self.salt) + 1))[:filling] + b"%0*d" % (_NUMBER_DIGITS, number)


class MarkedStream:
    """A `ByteStream` of the same length as the inner one, with placeholders for the occurrences."""

    def __init__(self, stream: ByteStream, file: ScannedFile, placeholders: Placeholders) -> None:
        self._stream = stream
        self._file = file
        self._placeholders = placeholders
        self._at = 0

    def readinto(self, buffer: memoryview, /) -> int:
        """As `ByteStream.readinto`."""
        buffer = buffer.cast("B")
        count = self._stream.readinto(buffer)
        end = self._at + count
        file = self._file
        for index, found in file.occurrences.within(self._at, end):
            text = self._placeholders.of(found, file.first + index, file.characters)
            start = found.start - self._at
            cut, stop = max(-start, 0), min(start + found.length, count)
            buffer[start + cut : stop] = text[cut : stop - start]
        self._at = end
        return count

    def close(self) -> None:
        """As `ByteStream.close`."""
        self._stream.close()
