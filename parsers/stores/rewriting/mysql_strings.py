r"""The search for wanted bytes that stand in dumps of MySQL as `_binary 'ab\0…'`."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from parsers.stores.rewriting.occurrences import Occurrence
from parsers.stores.rewriting.spelling import Spelling, is_token
from parsers.stores.sql_dump.escapes import mysql_text

_LITERAL: Final = re.compile(rb"(?s)_binary '((?:[^'\\]++|\\.|'')*+)'")
_AROUND: Final = 16


class MysqlStringSearch:
    """Fed with a file's chunks in their order.

    Args:
        olds: a number for each wanted value; at least one.
    """

    def __init__(self, olds: Mapping[bytes, int]) -> None:
        self._olds = olds
        self._most_held = 2 * max(map(len, olds)) + _AROUND
        self._held = b""
        self._at = 0

    def feed(self, chunk: bytes, *, last: bool = False) -> Iterator[Occurrence]:
        """What is found in this chunk; its end is kept for the next one.

        A literal of nothing but characters of a run is left to the search for runs.
        """
        text = self._held + chunk
        end = 0
        for literal in _LITERAL.finditer(text):
            if literal.end() == len(text) and not last:
                break  # the quote may be half of an escaped one
            end = literal.end()
            inside = literal[1]
            if len(inside) > self._most_held or is_token(inside):
                continue
            old = self._olds.get(mysql_text(inside, b"'"))
            if old is not None:
                yield Occurrence(self._at + literal.start(1), len(inside), old, Spelling.MYSQL_STRING)
        kept = max(end, len(text) - self._most_held, 0)
        self._held = text[kept:]
        self._at += kept
