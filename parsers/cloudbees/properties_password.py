"""Another password in CloudBees CD's `database.properties`, every other byte as it is."""

import re
from re import Match
from typing import Final

from parsers.cloudbees.java_properties import properties
from parsers.errors import StoreError

_KEY: Final = "COMMANDER_DB_PASSWORD"

_NO_ENTRY: Final = rb"[ \t\f]*+(?:[#!][^\r\n]*+)?+(?:\r\n|[\r\n]|\Z)"
_CONTINUED: Final = rb"\\(?:\r\n|[\r\n])[ \t\f]*+"
_SPACE: Final = rb"(?:[ \t\f]|" + _CONTINUED + rb")*+"
_ENTRY: Final = re.compile(
    rb"(?s)"
    + _NO_ENTRY
    + rb"|("
    + _SPACE
    + rb"(?:"
    + _CONTINUED
    + rb"|\\.|[^\\=: \t\f\r\n])*+"
    + _SPACE
    + rb"[=:]?+"
    + _SPACE
    + rb")((?:\\(?:\r\n|.|\Z)|[^\\\r\n])*+)(?:\r\n|[\r\n]|\Z)"
)
# COMMANDER_DB_PASSWORD=zWjkbdMteM0VY1Ls3V+lwA\=\=

_ESCAPED: Final = re.compile(r"^ |[\\:=#!\t\n\f\r]|[^ -~]")
_LETTERS: Final = {"\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r"}


def replaced_password(content: bytes, new: bytes) -> bytes:
    r"""The file with `new` as the value of `COMMANDER_DB_PASSWORD`, written as `Properties.store` does: `\=`.

    Args:
        content: of the file.
        new: the password's ciphertext, as UTF-8.

    Raises:
        StoreError: the file is no properties file, names no password, or names it twice: which of the two
            was meant is for people to say, though the server takes the last.
    """
    found = [entry for entry in _ENTRY.finditer(content) if entry[1] is not None and _KEY in _read(entry)]
    if len(found) != 1:
        raise StoreError(f"{_KEY} stands there {len(found)} times, not once")
    start, end = found[0].span(2)
    if start == end:
        raise StoreError(f"{_KEY} has no value")
    return content[:start] + _written(new.decode()) + content[end:]


def _read(entry: Match[bytes]) -> dict[str, str]:
    return properties(entry[0])


def _written(text: str) -> bytes:
    def escape(found: Match[str]) -> str:
        character = found[0]
        if character in _LETTERS:
            return _LETTERS[character]
        if " " <= character <= "~":
            return f"\\{character}"
        units = character.encode("utf-16-be")
        return "".join(f"\\u{units[at : at + 2].hex().upper()}" for at in range(0, len(units), 2))

    return _ESCAPED.sub(escape, text).encode("ascii")
