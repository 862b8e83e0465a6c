"""How SQL is written in a dump: its strings, names and comments, as patterns over bytes.

Every repetition is possessive: no pattern backtracks, whatever is in a file.
"""

import codecs
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from re import Pattern
from typing import Final

NAME: Final = rb'(?:`(?:[^`]|``)++`|"(?:[^"]|"")++"|[\w$]++)'
QUALIFIED: Final = NAME + rb"(?:\s*+\.\s*+" + NAME + rb"){0,2}+"
"""`table`, `schema.table`, each part quoted or not."""

_ESCAPED: Final = rb"'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*+'"
_DOUBLED: Final = rb"'[^']*+(?:''[^']*+)*+'"
_QUOTED: Final = {
    escaped: literal.replace(b"'", b'"') + rb"|`[^`]*+`"
    for escaped, literal in ((True, _ESCAPED), (False, _DOUBLED))
}
_NOT_EXECUTED: Final = rb"/\*M?!(?:99\d{3}|[2-9]\d{5})(?!\d).*?\*/"
"""A comment for servers of a version that does not exist: `/*M!999999\\- enable the sandbox mode */`."""
_CONDITIONAL: Final = rb"/\*M?!\d*+"
"""The start of a comment that is code for the server that wrote the dump: `/*!40101 SET NAMES utf8 */`."""


@dataclass(frozen=True)
class Dialect:
    """One way of writing SQL.

    Attributes:
        postgresql: whether it is PostgreSQL's; else MySQL's and MariaDB's.
        backslashes: whether a backslash escapes in every string (MySQL unless NO_BACKSLASH_ESCAPES is set,
            PostgreSQL only if standard_conforming_strings is off).
    """

    postgresql: bool
    backslashes: bool

    @property
    def _string(self) -> bytes:
        """A literal; two quotes in it are one."""
        if self.backslashes:
            return _ESCAPED
        return (
            rb"(?:(?<![eE])" + _DOUBLED + rb"|(?<=[eE])" + _ESCAPED + rb")" if self.postgresql else _DOUBLED
        )

    @property
    def _quoted(self) -> bytes:
        """A name in quotes, or with MySQL a string in double quotes."""
        return _QUOTED[self.backslashes and not self.postgresql]

    @property
    def _line_comment(self) -> bytes:
        return rb"--[^\n]*+\n" if self.postgresql else rb"(?:--(?=[\s\0])|#)[^\n]*+\n"

    @property
    def _comment(self) -> bytes:
        block = rb"/\*.*?\*/" if self.postgresql else rb"/\*(?!M?!).*?\*/"
        return block + rb"|" + self._line_comment

    @cached_property
    def lead(self) -> Pattern[bytes]:
        """Everything that may precede a statement."""
        conditional = rb"" if self.postgresql else rb"|" + _NOT_EXECUTED + rb"|" + _CONDITIONAL
        return re.compile(rb"(?s)(?:[\s;\0]++|" + self._comment + conditional + rb"|\*/)*+")

    def skip(self, delimiter: bytes) -> Pattern[bytes]:
        """As much of a statement as is complete: up to `delimiter`, or to a literal without its end."""
        return _skip(self, delimiter)

    @cached_property
    def unmarked(self) -> Pattern[bytes]:
        """Everything up to a parenthesis or comma outside quotes."""
        return re.compile(rb"(?s)(?:[^'\"`(),]++|" + self._string + rb"|" + self._quoted + rb")*+")

    @cached_property
    def string(self) -> Pattern[bytes]:
        """One literal, in either kind of quotes where both are strings."""
        other = b"" if self.postgresql else rb"|" + _QUOTED[self.backslashes].partition(rb"|`")[0]
        return re.compile(rb"(?s)" + self._string + other)

    @property
    def _value(self) -> bytes:
        """A literal, or an expression with calls in it."""
        nested = rb"\((?:[^'()]++|" + self._string + rb")*+\)"
        plain = rb"[^'\"`(),;]*+"
        return (
            plain
            + rb"(?:(?:"
            + self._string
            + rb"|"
            + self._quoted
            + rb"|"
            + nested
            + rb")"
            + plain
            + rb")*+"
        )

    @cached_property
    def any_row(self) -> Pattern[bytes]:
        """A row of any number of values."""
        return re.compile(rb"(?s)" + self._gap + rb"\(" + self._value + rb"(?:," + self._value + rb")*+\)")

    @property
    def _gap(self) -> bytes:
        comment = self._comment.replace(rb"[^\n]*+\n", rb"[^\n]*+(?:\n|\Z)")
        return rb"(?:\s++|" + comment + rb")*+"

    def row(self, count: int, wanted: Collection[int]) -> Pattern[bytes]:
        """A row of `count` values: a group for each wanted one in order, then the end of the row."""
        return _row(self, count, frozenset(wanted))


@lru_cache(maxsize=256)
def _row(dialect: Dialect, count: int, wanted: frozenset[int]) -> Pattern[bytes]:
    value = dialect._value  # noqa: SLF001  # a method's second half: methods themselves cannot be cached
    values = rb",".join(rb"(" + value + rb")" if at in wanted else value for at in range(count))
    gap = dialect._gap  # noqa: SLF001  # as above
    return re.compile(rb"(?s)" + gap + rb"\(" + values + rb"\)" + gap + rb"(?:\*/\s*+)?+([,;]|\Z)")


@lru_cache(maxsize=64)
def _skip(dialect: Dialect, delimiter: bytes) -> Pattern[bytes]:
    first, rest = delimiter[:1], delimiter[1:]
    plain = rb"[^'\"`/$#\-" + re.escape(first) + rb"]*+"
    whole = dialect._string + rb"|" + dialect._quoted + rb"|" + dialect._comment  # noqa: SLF001  # as above
    if dialect.postgresql:
        whole += rb"|/(?=[^*])|-(?=[^-])|\$(\w*+)\$.*?\$\1\$|\$(?=[\w ]*+[^$\w ])|#"
    else:
        whole += rb"|/(?=[^*])|" + _CONDITIONAL + rb"|-(?=[^-])|--(?=[^\s\0])|\$"
    if rest:
        lone = re.escape(first) + rb"(?=.{" + str(len(rest)).encode() + rb"})"
        whole = rb"(?!" + re.escape(delimiter) + rb")(?:" + whole + rb"|" + lone + rb")"
    return re.compile(rb"(?s)" + plain + rb"(?:(?:" + whole + rb")" + plain + rb")*+")


MYSQL: Final = Dialect(postgresql=False, backslashes=True)
POSTGRESQL: Final = Dialect(postgresql=True, backslashes=False)

_POSTGRESQL_SIGNS: Final = re.compile(
    rb"(?im)PostgreSQL database|^\\restrict\s|^\\connect\s|standard_conforming_strings|\bpg_catalog\."
    rb"|^COPY\s[^;]*\sFROM\s+stdin|^SET\s+client_encoding"
)


def dialect_of(head: bytes) -> Dialect:
    """PostgreSQL's by signs that only its dumps have; else MySQL's, the product's usual database."""
    return POSTGRESQL if _POSTGRESQL_SIGNS.search(head) else MYSQL


_NAMES: Final = re.compile(rb"(?i)SET\s++(?:NAMES\s++|client_encoding\s*+(?:=|TO)\s*+)['\"]?+(\w++)")
_STRINGS: Final = re.compile(rb"(?i)SET\s++standard_conforming_strings\s*+(?:=|TO)\s*+'?+(\w++)")
_MODE: Final = re.compile(rb"(?i)SET\s[^;]*?\bSQL_MODE\s*+=\s*+'([^']*+)'")
_CHARSETS: Final = {"latin1": "cp1252", "sql_ascii": "utf-8", "binary": "utf-8", "win1252": "cp1252"}


@dataclass(frozen=True, slots=True)
class SqlSession:
    """The state that a server keeps between statements.

    Attributes:
        dialect: how literals and comments are written.
        charset: the encoding of text.
        delimiter: what ends a statement.
    """

    dialect: Dialect
    charset: str = "utf-8"
    delimiter: bytes = b";"

    def with_delimiter(self, delimiter: bytes) -> "SqlSession":
        """The session after the `DELIMITER` of MySQL's clients."""
        return replace(self, delimiter=delimiter)

    def after_setting(self, text: bytes, at: int) -> "SqlSession":
        """The session after the statement that begins at `at`: a SET may change how the rest is written."""
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
