"""Skipping in a dump: the rest of a statement, strings and comments of any length."""

import re
from re import Pattern
from typing import Final

from parsers.stores.sql_dump.dialect import Dialect, SqlSession
from parsers.stores.sql_dump.window import SqlWindow

LOOK_AHEAD: Final = 16
"""Bytes that suffice to see what an opening character opens."""

_TAG: Final = re.compile(rb"\$\w*+\$")
_LINE_COMMENT: Final = re.compile(rb"--|#")
_INSIDE: Final[dict[tuple[bytes, bool], Pattern[bytes]]] = {
    (quote, escaped): re.compile(
        rb"(?s)(?:[^"
        + quote
        + (rb"\\" if escaped else b"")
        + rb"]++"
        + (rb"|\\." if escaped else b"")
        + rb")*+"
    )
    for quote in (b"'", b'"', b"`")
    for escaped in (False, True)
}


def skip_statement(window: SqlWindow, session: SqlSession) -> int | None:
    """Skip the rest of a statement, in flat memory whatever is in it.

    Returns:
        The offset of a string or comment that never ends; None if the statement has an end.
    """
    skip = session.dialect.skip(session.delimiter)
    while True:
        window.pass_over(skip)
        if window.text.startswith(session.delimiter, window.position):
            window.position += len(session.delimiter)
            return None
        if len(window.text) - window.position < LOOK_AHEAD and window.more():
            continue
        if window.position == len(window.text):
            return None
        offset = window.offset
        if not _skip_unclosed(window, session.dialect):
            return offset


def _skip_unclosed(window: SqlWindow, dialect: Dialect) -> bool:
    """Skip a string or comment that opens here, else one byte; False if it never ends.

    Reached only where the pattern for a whole statement stopped: its end is not in memory, and may be
    gigabytes away, so the window must not grow until it is found.
    """
    opening = window.text[window.position : window.position + 1]
    if opening in {b"'", b'"', b"`"}:
        return _skip_quoted(window, opening, escaped=_is_escaped(window, opening, dialect))
    if window.text.startswith(b"/*", window.position):
        return _skip_to(window, b"*/")
    if _LINE_COMMENT.match(window.text, window.position):
        _skip_to(window, b"\n")
        return True
    if dialect.postgresql and (tag := _TAG.match(window.text, window.position)):
        window.position = tag.end()
        return _skip_to(window, tag[0])
    window.position += 1
    return True


def _is_escaped(window: SqlWindow, quote: bytes, dialect: Dialect) -> bool:
    if quote == b"`" or (dialect.postgresql and quote == b'"'):
        return False
    return dialect.backslashes or (
        dialect.postgresql and window.text[window.position - 1 : window.position] in {b"e", b"E"}
    )


def _skip_quoted(window: SqlWindow, quote: bytes, *, escaped: bool) -> bool:
    window.position += 1
    while True:
        window.pass_over(_INSIDE[quote, escaped])
        if window.text.startswith(quote, window.position):
            window.position += 1
            return True
        if not window.more():
            return False


def _skip_to(window: SqlWindow, end: bytes) -> bool:
    """Move past the next `end`; text that cannot contain its beginning is dropped."""
    while (found := window.text.find(end, window.position)) < 0:
        window.position = max(window.position, len(window.text) - len(end) + 1)
        if not window.more():
            window.position = len(window.text)
            return False
    window.position = found + len(end)
    return True
