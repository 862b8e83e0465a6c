"""CloudBees CD's own `database.properties`: where its database is, and how its password is exchanged."""

import re
from pathlib import Path
from re import Match
from typing import Final

import sqlalchemy as sa

from parsers.cloudbees.java_properties import properties
from parsers.errors import StoreError
from parsers.product import ConnectionDetails
from parsers.secret import Secret

_MAX_BYTES: Final = 1 << 20
_DEFAULT_NAME: Final = "commander"
"""The product's own default (docs, "Configuring CloudBees CD to use an alternate database")."""

_DRIVERS: Final = {
    "builtin": "mariadb+pymysql",
    "mariadb": "mariadb+pymysql",
    "mysql": "mysql+pymysql",
    "postgresql": "postgresql+psycopg",
    "sqlserver": "mssql+pymssql",
    "oracle": "oracle+oracledb",
}
_PORTS: Final = {"mariadb": 3306, "mysql": 3306, "postgresql": 5432, "sqlserver": 1433, "oracle": 1521}
"""The built-in database has a port of its own, which is not published."""

# jdbc:mysql://db.example.com:3306/commander?useSSL=false
# jdbc:sqlserver://db.example.com:1433;databaseName=commander
# jdbc:jtds:sqlserver://db.example.com:1433/commander;instance=x
# jdbc:oracle:thin:@db.example.com:1521:ORCL      jdbc:oracle:thin:@//db.example.com:1521/service
_JDBC: Final = re.compile(
    r"jdbc:(?:jtds:)?(?P<type>[a-z]+):(?:thin:[^@]*@)?(?://)?(?:[^@/;?]*@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[/:;?]+)(?::(?P<port>\d+))?"
    r"(?:(?P<separator>[/:])(?P<name>[^;?]*)|;(?:[^;]*;)*?databaseName=(?P<database>[^;]*))?.*",
    re.IGNORECASE | re.DOTALL,
)


def read_database_properties(path: Path) -> ConnectionDetails:
    """The connection that `path` describes; a password in plain text the server encrypts at its next start.

    Each of the keys for type, host, port and name wins over the same part of `COMMANDER_DB_URL`.

    Raises:
        StoreError: no such file, no properties, or no database in them.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise StoreError(f"{str(path)!r} cannot be read: {error.strerror}") from error
    if len(content) > _MAX_BYTES:
        raise StoreError(f"{str(path)!r} is not a database.properties file: more than {_MAX_BYTES} bytes")
    try:
        found = properties(content)
        password = found.get("COMMANDER_DB_PASSWORD", "")
        return ConnectionDetails(_url(found), Secret(password.encode()) if password else None)
    except StoreError as error:
        hint = error.hint or "give the database's URL with --store instead"
        raise StoreError(f"{str(path)!r}: {error.message}", hint=hint) from error


def _url(found: dict[str, str]) -> str:
    jdbc = _jdbc_parts(found.get("COMMANDER_DB_URL", ""))
    kind = (found.get("COMMANDER_DB_TYPE") or jdbc.get("type") or "").lower()
    host = found.get("COMMANDER_DB_HOST") or jdbc.get("host")
    if not kind or not host:
        raise StoreError("it names no database: COMMANDER_DB_TYPE and COMMANDER_DB_HOST are missing")
    if kind not in _DRIVERS:
        raise StoreError(f"COMMANDER_DB_TYPE {kind[:40]!r} is not one of {', '.join(_DRIVERS)}")
    name = found.get("COMMANDER_DB_NAME") or jdbc.get("name") or jdbc.get("database") or _DEFAULT_NAME
    is_service = kind == "oracle" and jdbc.get("separator") == "/" and not found.get("COMMANDER_DB_NAME")
    return sa.URL.create(
        _DRIVERS[kind],
        username=found.get("COMMANDER_DB_USER") or None,
        host=host.strip("[]"),
        port=_port(found.get("COMMANDER_DB_PORT") or jdbc.get("port"), kind),
        database=None if is_service else name,
        query={"service_name": name} if is_service else {},
    ).render_as_string()


def _jdbc_parts(url: str) -> dict[str, str]:
    parts = _JDBC.fullmatch(url)
    return {key: value for key, value in parts.groupdict().items() if value} if parts else {}


def _port(text: str | None, kind: str) -> int:
    if text is None:
        if kind not in _PORTS:
            raise StoreError(f"COMMANDER_DB_PORT is missing, and {kind!r} has no default that is known")
        return _PORTS[kind]
    if not re.fullmatch("[0-9]{1,5}", text):
        raise StoreError(f"COMMANDER_DB_PORT {text[:40]!r} is not a port")
    return int(text)


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
        StoreError: the file is not a properties file, names no password, or names it twice: which of the two
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
