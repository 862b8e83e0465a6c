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
        raise StoreError("an escape stands for no character") from None
