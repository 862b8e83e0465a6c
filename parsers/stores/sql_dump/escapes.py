"""What backslashes mean: in strings of MySQL and PostgreSQL, in COPY, in bytea."""

import re
from re import Match
from typing import Final

from parsers.errors import StoreError

_MYSQL: Final = re.compile(rb"(?s)\\(.)|''|\"\"")
_MYSQL_LETTERS: Final = {
    b"0": b"\0",
    b"b": b"\b",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"Z": b"\x1a",
    b"%": b"\\%",
    b"_": b"\\_",
}
_MYSQL_USUAL: Final = (
    (b"\\0", b"\0N"),
    *(
        (b"\\" + letter, _MYSQL_LETTERS.get(letter, letter))
        for letter in (b"'", b'"', b"n", b"r", b"Z", b"t", b"b")
    ),
)
"""What dumps escape, except two backslashes, which are handled separately."""
_MYSQL_TO_ESCAPE: Final = re.compile(rb"[\0\n\r\x1a\\'\"]")
_MYSQL_ESCAPES: Final = {b"\0": b"0", b"\n": b"n", b"\r": b"r", b"\x1a": b"Z"}
"""What `mysql_real_escape_string` escapes."""
_POSTGRESQL: Final = re.compile(
    rb"(?s)\\(?:([0-7]{1,3}+)|x([0-9A-Fa-f]{1,2}+)|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))|''"
)
_COPY: Final = re.compile(rb"(?s)\\(?:([0-7]{1,3}+)|x([0-9A-Fa-f]{1,2}+)|(.))")
_LETTERS: Final = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_COPY_LETTERS: Final = {**_LETTERS, b"v": b"\v"}
_BYTEA: Final = re.compile(rb"\\(?:([0-3][0-7]{2})|(\\))")


def mysql_text(raw: bytes, quote: bytes) -> bytes:
    """The inside of a string in `quote`s (MySQL manual, "String Literals")."""

    def meaning(found: Match[bytes]) -> bytes:
        if (letter := found[1]) is not None:
            return _MYSQL_LETTERS.get(letter, letter)
        return quote if found[0] == quote * 2 else found[0]

    return _MYSQL.sub(meaning, raw)


def mysql_escaped(raw: bytes) -> bytes:
    """`raw` as the inside of a quoted string, as MySQL's own tools write it."""
    return _MYSQL_TO_ESCAPE.sub(lambda found: b"\\" + _MYSQL_ESCAPES.get(found[0], found[0]), raw)


def mysql_texts(joined: bytes, count: int, opening: bytes) -> list[bytes]:
    r"""The insides of `count` strings that all begin with `opening` (`'`, `_binary '`), NULs between them.

    The same as `mysql_text` for each, ten times as fast; an empty list if one has another form, such as `''`
    for a quote. Escapes become tags that begin with NUL, which occurs nowhere else in the text.
    """
    between = b"'\0" + opening
    if joined.count(b"\0") != count - 1 or joined.count(between) != count - 1:
        return []
    if not (joined.startswith(opening) and joined.endswith(b"'")):
        return []
    quotes = joined.count(b"'") - 2 * count
    text = joined[len(opening) : -1].replace(between, b"\0S").replace(b"\\\\", b"\0B")
    if quotes != text.count(b"\\'"):
        return []
    if b"\\" in text:
        for escape, meaning in _MYSQL_USUAL:
            text = text.replace(escape, meaning)
        if b"\\" in text:
            return []
    return [
        piece.replace(b"\0B", b"\\").replace(b"\0N", b"\0") if b"\0" in piece else piece
        for piece in text.split(b"\0S")
    ]


def postgresql_text(raw: bytes) -> bytes:
    """The inside of an `E'…'` string (PostgreSQL manual, "String Constants with C-Style Escapes")."""

    def meaning(found: Match[bytes]) -> bytes:
        octal, digits, short, long, letter = found.groups()
        if octal is not None:
            return bytes([int(octal, 8) & 0xFF])
        if digits is not None:
            return bytes([int(digits, 16)])
        if (point := short or long) is not None:
            return _character(int(point, 16))
        return b"'" if letter is None else _LETTERS.get(letter, letter)

    return _POSTGRESQL.sub(meaning, raw)


def copy_text(raw: bytes) -> bytes:
    """A field of COPY's text format (PostgreSQL manual, "COPY")."""

    def meaning(found: Match[bytes]) -> bytes:
        octal, digits, letter = found.groups()
        if octal is not None:
            return bytes([int(octal, 8) & 0xFF])
        if digits is not None:
            return bytes([int(digits, 16)])
        return _COPY_LETTERS.get(letter, letter)

    return _COPY.sub(meaning, raw)


def bytea(text: bytes) -> bytes:
    r"""A bytea from its text: `\x4142`, or the older form with `\101` and `\\`.

    Raises:
        StoreError: neither.
    """
    if not text.startswith(rb"\x"):
        return _BYTEA.sub(lambda found: bytes([int(found[1], 8)]) if found[1] else b"\\", text)
    try:
        return bytes.fromhex(text[2:].decode("ascii"))
    except ValueError:
        # Without its cause, which holds the text.
        raise StoreError("a bytea is damaged") from None


def _character(point: int) -> bytes:
    try:
        return chr(point).encode()
    except (ValueError, OverflowError):
        raise StoreError("an escape for a character that does not exist") from None
