"""The syntax of Java properties files, as `java.util.Properties.load` reads it."""

import re
from collections.abc import Iterator
from typing import Final

from parsers.errors import StoreError

_BLANKS: Final = " \t\f"
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
# COMMANDER_DB_URL=jdbc\:mysql\://host  — an escaped character belongs to the key or value
_ENTRY: Final = re.compile(r"((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(?:u(.{0,4})|(.?))", re.DOTALL)
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


def properties(content: bytes) -> dict[str, str]:
    r"""Keys and values; of a key that stands there twice the last value counts.

    Raises:
        StoreError: a `\u` without four hex digits, or half of a character; the message names the line only.
    """
    found: dict[str, str] = {}
    for number, line in _logical_lines(content.decode("latin-1")):
        if (entry := _ENTRY.fullmatch(line)) is not None:
            key, value = entry.groups()
            found[_unescaped(key, number)] = _unescaped(value, number)
    return found


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """(number of the first line, line) without comments and blank lines, continuations joined."""
    joined, first = "", 0
    for number, raw in enumerate(_LINE_END.split(text), 1):
        line = raw.lstrip(_BLANKS)
        if not first and (not line or line[0] in "#!"):
            continue
        first = first or number
        if _continues(line):
            joined += line[:-1]
            continue
        yield first, joined + line
        joined, first = "", 0
    if first:
        yield first, joined


def _continues(line: str) -> bool:
    """An odd number of backslashes at the end escapes the line's end."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _unescaped(text: str, line: int) -> str:
    def character(escape: re.Match[str]) -> str:
        digits, other = escape.groups()
        if digits is None:
            return _CONTROLS.get(other, other)
        if not re.fullmatch("[0-9A-Fa-f]{4}", digits):
            raise StoreError(f"line {line}: \\u is not followed by four hex digits")
        return chr(int(digits, 16))

    # Java's characters are of UTF-16: "🔑" is written \ud83d\udd11.
    units = _ESCAPE.sub(character, text).encode("utf-16", "surrogatepass")
    try:
        return units.decode("utf-16")
    except UnicodeDecodeError:
        # Without its cause, which holds the text.
        raise StoreError(f"line {line}: half of a character stands alone") from None
