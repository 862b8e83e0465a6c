r"""The search for wanted bytes that stand in dumps of MySQL between quotes: `'ab\0…'`, `_binary 'ab\0…'`."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from parsers.stores.rewriting.occurrences import Occurrence
from parsers.stores.rewriting.spelling import Spelling, is_token
from parsers.stores.sql_dump.escapes import mysql_text

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
