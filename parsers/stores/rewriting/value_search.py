"""The search of a file for wanted values, in flat memory: runs of characters, and strings of MySQL."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from parsers.stores.rewriting.occurrences import Occurrence
from parsers.stores.rewriting.spelling import Characters, Spelling, is_token, may_hold, spelled_in
from parsers.stores.sql_dump.escapes import mysql_text

_SLACK: Final = 1 << 16
_ESCAPED: Final = 8
"""An escape of JSON has six characters, two more if its backslash is escaped again."""
_LOOK_BACK: Final = 2


class RunSearch:
    """Fed with a file's chunks in their order.

    Args:
        characters: how the file is written.
        olds: a number for each wanted value; at least one.
    """

    def __init__(self, characters: Characters, olds: Mapping[bytes, int]) -> None:
        self._characters = characters
        self._olds = olds
        # What is no token stands in hexadecimal digits only.
        self._shortest = min(len(old) if is_token(old) else 2 * len(old) for old in olds)
        self._most_held = _ESCAPED * max(map(len, olds)) + _SLACK
        self._held = b""
        self._at = 0

    def feed(self, chunk: bytes, *, last: bool = False) -> Iterator[Occurrence]:
        """What is found in this chunk; a run that may go on in the next is kept for it.

        Of a run that is longer than any value can be only the end is kept.
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
            run = self._characters.narrowed(text[start:end])
            if (old := self._olds.get(run)) is not None:  # most are found at once
                yield Occurrence(self._at + start, end - start, old, Spelling.TEXT)
            elif may_hold(run):
                yield from self._in_run(run, text, start)
        kept = size * max(unfinished - _LOOK_BACK, len(inside) - self._most_held, 0)
        self._held = text[kept:]
        self._at += kept

    def _in_run(self, run: bytes, text: bytes, start: int) -> Iterator[Occurrence]:
        size = self._characters.size
        before = self._characters.narrowed(text[max(start - _LOOK_BACK * size, 0) : start])
        for first, behind, old, spelling in spelled_in(run, before, self._olds):
            raw = run[first:behind] if spelling is Spelling.ESCAPED_TEXT else b""
            place = self._at + start + first * size
            yield Occurrence(place, (behind - first) * size, old, spelling, raw)


_AROUND: Final = 4
_NO_ESCAPES: Final = b"NO_BACKSLASH_ESCAPES"
"""A mode in which backslashes mean nothing: what it may cover is left alone."""


class MysqlStringSearch:
    """Fed with a file's chunks in their order.

    Whether a quote opens or closes a string is not known here: both are tried, and what follows one that
    closes is no value, or never arrives in a record.

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
        """What is found in this chunk; its end is kept for the next one.

        A string of nothing but characters of a run is left to the search for runs.
        """
        del last  # a string is followed by something
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
