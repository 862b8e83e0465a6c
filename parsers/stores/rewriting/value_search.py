"""The search of a file for wanted values, in flat memory: as runs of characters, and in MySQL's strings."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from parsers.stores.rewriting.occurrences import Occurrence
from parsers.stores.rewriting.spelling import Characters, Spelling, find_spellings, is_token, may_hold
from parsers.stores.sql_dump.escapes import mysql_text

_SLACK: Final = 1 << 16
_ESCAPED: Final = 8
"""An escape of JSON has six characters, two more if its backslash is escaped again."""
_LOOK_BACK: Final = 2


class TokenSearch:
    """Searches a file's chunks, in their order, for values that are runs of characters.

    Args:
        characters: the file's encoding.
        olds: a number for each wanted value; at least one.
    """

    def __init__(self, characters: Characters, olds: Mapping[bytes, int]) -> None:
        self._characters = characters
        self._olds = olds
        # A value that is not a token can only be found in hexadecimal digits.
        self._shortest = min(len(old) if is_token(old) else 2 * len(old) for old in olds)
        self._most_held = _ESCAPED * max(map(len, olds)) + _SLACK
        self._held = b""
        self._at = 0

    def feed(self, chunk: bytes, *, last: bool = False) -> Iterator[Occurrence]:
        """The occurrences in this chunk; a run that may continue in the next is kept for it.

        Of a run that is longer than any value only the end is kept.
        """
        size = self._characters.size
        text = self._held + chunk
        inside = self._characters.in_token(text)
        bounds = np.flatnonzero(np.diff(inside, prepend=np.False_, append=np.False_))
        starts, ends = bounds[::2], bounds[1::2]
        unfinished = len(inside)
        if not last and len(inside) and inside[-1]:
            unfinished = int(starts[-1])
            starts, ends = starts[:-1], ends[:-1]
        long = ends - starts >= self._shortest
        for start, end in zip((starts[long] * size).tolist(), (ends[long] * size).tolist(), strict=True):
            run = self._characters.narrow(text[start:end])
            if (old := self._olds.get(run)) is not None:  # most are found this way
                yield Occurrence(self._at + start, end - start, old, Spelling.TEXT)
            elif may_hold(run):
                yield from self._in_run(run, text, start)
        kept = size * max(unfinished - _LOOK_BACK, len(inside) - self._most_held, 0)
        self._held = text[kept:]
        self._at += kept

    def _in_run(self, run: bytes, text: bytes, start: int) -> Iterator[Occurrence]:
        size = self._characters.size
        before = self._characters.narrow(text[max(start - _LOOK_BACK * size, 0) : start])
        for first, stop, old, spelling in find_spellings(run, before, self._olds):
            raw = run[first:stop] if spelling is Spelling.ESCAPED_TEXT else b""
            place = self._at + start + first * size
            yield Occurrence(place, (stop - first) * size, old, spelling, raw)


_AROUND: Final = 4
_NO_ESCAPES: Final = b"NO_BACKSLASH_ESCAPES"
"""A mode in which backslashes mean nothing: from there on nothing is found."""


class MysqlStringSearch:
    r"""Searches a file's chunks, in their order, for binary values in quotes: `'ab\0…'`, `_binary 'ab\0…'`.

    Whether a quote opens or closes a string is not known here, so both are tried. What follows a closing
    quote is not a value, or never appears in a record.

    Args:
        olds: a number for each wanted value; at least one.
    """

    def __init__(self, olds: Mapping[bytes, int]) -> None:
        shortest, longest = min(map(len, olds)), 2 * max(map(len, olds))
        self._olds = olds
        self._string = re.compile(
            rb"(?s)'(?<=[(, ]')((?:[^'\\]|\\.|''){%d,%d}+)(?='[,); ])" % (shortest, longest)
        )
        self._most_held = max(longest + _AROUND, len(_NO_ESCAPES))
        self._held = b""
        self._at = 0
        self._escapes = True

    def feed(self, chunk: bytes, *, last: bool = False) -> Iterator[Occurrence]:
        """The occurrences in this chunk; its end is kept for the next one.

        A string that is a token is left to `TokenSearch`.
        """
        del last  # a string never ends the file
        text = self._held + chunk
        self._escapes = self._escapes and _NO_ESCAPES not in text
        end = 0
        for string in self._string.finditer(text) if self._escapes else ():
            inside, end = string[1], string.end()
            is_plain = b"\\" not in inside and b"''" not in inside
            old = self._olds.get(inside if is_plain else mysql_text(inside, b"'"))
            if old is not None and not is_token(inside):
                start = string.start(1)
                yield Occurrence(self._at + start, end - start, old, Spelling.MYSQL_STRING)
        kept = max(end, len(text) - self._most_held, 0)
        self._held = text[kept:]
        self._at += kept
