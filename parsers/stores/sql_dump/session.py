"""How a dump is written from some statement on."""

import codecs
import re
from dataclasses import dataclass, replace
from typing import Final

from parsers.stores.sql_dump.dialect import Dialect

_NAMES: Final = re.compile(rb"(?i)SET\s++(?:NAMES\s++|client_encoding\s*+(?:=|TO)\s*+)['\"]?+(\w++)")
_STRINGS: Final = re.compile(rb"(?i)SET\s++standard_conforming_strings\s*+(?:=|TO)\s*+'?+(\w++)")
_MODE: Final = re.compile(rb"(?i)SET\s[^;]*?\bSQL_MODE\s*+=\s*+'([^']*+)'")
_CHARSETS: Final = {"latin1": "cp1252", "sql_ascii": "utf-8", "binary": "utf-8", "win1252": "cp1252"}


@dataclass(frozen=True, slots=True)
class Session:
    """What a server would have to remember between statements.

    Attributes:
        dialect: how literals and comments are written.
        charset: the encoding of text.
        delimiter: what ends a statement.
    """

    dialect: Dialect
    charset: str = "utf-8"
    delimiter: bytes = b";"

    def with_delimiter(self, delimiter: bytes) -> "Session":
        """The session after the `DELIMITER` of MySQL's clients."""
        return replace(self, delimiter=delimiter)

    def after_setting(self, text: bytes, at: int) -> "Session":
        """The session after the statement that begins `at`: a SET may change what follows."""
        if names := _NAMES.match(text, at):
            return replace(self, charset=_codec(names[1].decode("ascii", "replace").lower()))
        if strings := _STRINGS.match(text, at):
            return replace(self, dialect=Dialect(postgresql=True, backslashes=strings[1].lower() == b"off"))
        if not self.dialect.postgresql and (mode := _MODE.match(text, at)):
            escaped = b"NO_BACKSLASH_ESCAPES" not in mode[1].upper()
            return replace(self, dialect=Dialect(postgresql=False, backslashes=escaped))
        return self


def _codec(charset: str) -> str:
    try:
        return codecs.lookup(_CHARSETS.get(charset, charset)).name
    except LookupError:
        return "utf-8"
