"""The value of a literal in a dump, as the server would hold it in its column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from parsers.errors import StoreError
from parsers.stores.sql_dump.dialect import Dialect
from parsers.stores.sql_dump.escapes import bytea, copy_text, mysql_text, mysql_texts, postgresql_text

Value = bytes | str | None

_NUMBERS: Final = re.compile(rb"-?\d++(?:\0-?\d++)*+")
_PREFIX: Final = re.compile(rb"\s*+(_\w++|[xXbBnNeE](?='))?+\s*+(?=['\"])")
_CAST: Final = re.compile(rb"\s*+(?:::[\w\s.\"]++(?:\(\d++\))?+)?+\s*+")
_NUMBER: Final = re.compile(rb"\s*+([-+]?+\d++(?:\.\d*+)?+(?:[eE][-+]?+\d++)?+)" + _CAST.pattern)
_HEX_NUMBER: Final = re.compile(rb"\s*+0x((?:[0-9A-Fa-f]{2})*+)\s*+")
EXPRESSION: Final = "an expression instead of a value"
_WORDS: Final = {b"NULL": None, b"TRUE": "1", b"FALSE": "0"}


@dataclass(frozen=True, slots=True)
class ColumnForm:
    """The properties of a column's type that matter for its values.

    Attributes:
        binary: whether it holds bytes; None if unknown: then what is not text stays bytes.
        length: the length to which values are padded, as in BINARY(16); else 0.
    """

    binary: bool | None = None
    length: int = 0


UNKNOWN_FORM: Final = ColumnForm()


@dataclass(frozen=True, slots=True)
class LiteralReader:
    """Literals → values of one column: text, bytes for a binary column, None for NULL.

    Attributes:
        dialect: how they are written.
        charset: the encoding of text in the dump.
        form: the column's.
    """

    dialect: Dialect
    charset: str
    form: ColumnForm

    def insert_values(self, tokens: Sequence[bytes]) -> list[Value]:
        """The values of an INSERT.

        Raises:
            StoreError: one is an expression, which only a server can work out, or is damaged.
        """
        present = [token for token in tokens if token != b"NULL"] if b"NULL" in tokens else tokens
        values: list[Value] = self._uniform_values(present) or [
            self._insert_value(token) for token in present
        ]
        return values if len(present) == len(tokens) else _with_nulls(values, tokens, b"NULL")

    def copy_values(self, fields: Sequence[bytes]) -> list[Value]:
        """The fields of a COPY.

        Raises:
            StoreError: one is damaged.
        """
        present = [field for field in fields if field != rb"\N"] if rb"\N" in fields else fields
        values: list[Value] = [
            self._as_column_value(copy_text(field) if b"\\" in field else field) for field in present
        ]
        return values if len(present) == len(fields) else _with_nulls(values, fields, rb"\N")

    def _uniform_values(self, tokens: Sequence[bytes]) -> list[Value]:
        """All at once if they have one usual form, which is ten times as fast; else an empty list."""
        joined = b"\0".join(tokens)
        if not tokens or joined.count(b"\0") != len(tokens) - 1:
            return []
        if _NUMBERS.fullmatch(joined):
            return list(joined.decode().split("\0"))
        if self.form.binary is False and _is_plain(joined, len(tokens)):
            return list(joined[1:-1].decode(self.charset, "backslashreplace").split("'\0'"))
        if self.dialect.backslashes and not self.dialect.postgresql:
            return self._mysql_strings(joined, len(tokens))
        return []

    def _mysql_strings(self, joined: bytes, count: int) -> list[Value]:
        if self.form.binary is False:
            return [raw.decode(self.charset, "backslashreplace") for raw in mysql_texts(joined, count, b"'")]
        return [raw.ljust(self.form.length, b"\0") for raw in mysql_texts(joined, count, b"_binary '")]

    def _insert_value(self, token: bytes) -> Value:
        word = token.strip().upper()
        if word in _WORDS:
            return _WORDS[word]
        if number := _NUMBER.fullmatch(token):
            return number[1].decode()
        if digits := _HEX_NUMBER.fullmatch(token):
            return self._as_column_bytes(bytes.fromhex(digits[1].decode()))
        return self._string(token)

    def _string(self, token: bytes) -> bytes | str:
        prefix = _PREFIX.match(token)
        if prefix is None:
            raise StoreError(EXPRESSION)
        kind = (prefix[1] or b"").lower()
        # SQL joins literals that follow one another: 'ab' 'cd' is 'abcd'.
        pieces: list[bytes] = []
        at = prefix.end()
        while piece := self.dialect.string.match(token, at):
            pieces.append(self._unescape(piece[0], kind))
            at = piece.end() + len(token[piece.end() :]) - len(token[piece.end() :].lstrip())
        if not pieces or not _CAST.fullmatch(token, at):
            raise StoreError(EXPRESSION)
        return self._by_prefix(kind, b"".join(pieces))

    def _unescape(self, literal: bytes, kind: bytes) -> bytes:
        quote, raw = literal[:1], literal[1:-1]
        if not (self.dialect.backslashes or kind == b"e"):
            return raw.replace(quote * 2, quote)
        return postgresql_text(raw) if self.dialect.postgresql else mysql_text(raw, quote)

    def _by_prefix(self, kind: bytes, raw: bytes) -> bytes | str:
        """The value by the prefix before the quotes: `x'41'`, `_binary 'A'`, `N'A'`, `_latin1 'A'`."""
        if kind == b"x" or (kind == b"b" and self.dialect.postgresql):
            return self._as_column_bytes(_from_hex(raw))
        if kind == b"b":
            raise StoreError(EXPRESSION)
        if kind == b"_binary":
            return self._as_column_bytes(raw)
        return self._as_column_value(raw)

    def _as_column_value(self, raw: bytes) -> bytes | str:
        """A string as the column holds it."""
        if self.form.binary:
            return self._pad(bytea(raw) if self.dialect.postgresql else raw)
        if self.form.binary is None and not _is_utf8(raw):
            return raw
        return raw.decode(self.charset, "backslashreplace")

    def _as_column_bytes(self, raw: bytes) -> bytes | str:
        """Bytes as the column holds them: in a text column they are text in the column's own encoding."""
        return raw.decode("utf-8", "backslashreplace") if self.form.binary is False else self._pad(raw)

    def _pad(self, raw: bytes) -> bytes:
        return raw.ljust(self.form.length, b"\0")


def _is_plain(joined: bytes, count: int) -> bool:
    """Whether each is a string in quotes with neither quotes nor backslashes inside."""
    return (
        b"\\" not in joined
        and joined.startswith(b"'")
        and joined.endswith(b"'")
        and joined.count(b"'") == 2 * count == 2 + 2 * joined.count(b"'\0'")
    )


def _with_nulls(values: list[Value], tokens: Sequence[bytes], null: bytes) -> list[Value]:
    following = iter(values)
    return [None if token == null else next(following) for token in tokens]


def _from_hex(digits: bytes) -> bytes:
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        # Without its cause, which holds the text.
        raise StoreError("a hexadecimal literal is damaged") from None


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
