"""Columns of `ec_` tables that hold what looks like ciphertext, and that no mapping names."""

import re
from base64 import b64decode
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import exc

from parsers.stores.ciphertext_form import looks_like_ciphertext
from parsers.stores.database.catalogue import Catalogue, Column, Table, Unusable, python_type, select
from parsers.stores.database.faults import explain
from parsers.stores.database.rows import partitions
from parsers.stores.interface import NotAudited, Uncovered

SAMPLE_ROWS: Final = 1_000
"""Values of a column that are looked at; all of them are counted only if one of these is suspicious."""

_FETCH_ROWS: Final = 100
"""A column may hold texts of a megabyte."""

_DIGEST_WORDS: Final = (
    "hash",
    "digest",
    "checksum",
    "fingerprint",
    "fingreprint",
    "md5",
    "sha1",
    "sha256",
    "uuid",
)
"""A column of such a name holds what no key opens."""

_WORDS: Final = re.compile(r"/[A-Za-z0-9/]*|[A-Za-z/]*|[a-z0-9/]*[g-z][a-z0-9/]*|[A-Z0-9/]*[G-Z][A-Z0-9/]*")
"""A path, or text without digits or in one case only: of random base64 one value in a hundred at most."""

_HEX: Final = re.compile(r"[0-9a-f]*|[0-9A-F]*")


def uncovered(
    connection: sa.Connection, catalogue: Catalogue, mapped: Collection[tuple[str, str]], *, store: str
) -> Iterator[Uncovered | NotAudited]:
    """Every column, not among `mapped` (table, column), whose values have the form of ciphertext.

    Keys are never candidates, since a binary id has 16 bytes too: columns of primary and foreign keys, what
    a foreign key points to, `id` and `*_id`. Nor are columns whose name says that they hold a digest.

    Raises:
        DRIVER_FAULTS: the connection was lost; a table without the right to read it is only listed.
    """
    tables: list[Table] = []
    for name in catalogue.tables:
        if name.casefold().startswith("ec_"):
            match catalogue.find(name):
                case Table() as table:
                    tables.append(table)
                case Unusable() as why:
                    yield NotAudited(store, name, f"not searched for ciphertext: {why.value}")
    apart = {*mapped, *chain.from_iterable(table.targets for table in tables)}
    for table in tables:
        for column in _candidates(table, apart, everything=connection.dialect.name == "sqlite"):
            try:
                if count := _count(connection, table, column):
                    yield Uncovered(store, f"{table.name}.{column.name}", count)
            except exc.DBAPIError as error:
                if error.connection_invalidated:
                    raise
                connection.rollback()
                reason = f"not searched for ciphertext: {explain(error)}"
                yield NotAudited(store, f"{table.name}.{column.name}", reason)


def _candidates(table: Table, apart: Collection[tuple[str, str]], *, everything: bool) -> Iterator[Column]:
    """Text and binary columns; `everything` where a column's type says nothing of its values (SQLite)."""
    for column in table.columns:
        name = column.name.casefold()
        is_key = column.name in table.keys or name == "id" or name.endswith("_id")
        is_digest = any(word in name for word in _DIGEST_WORDS)
        wanted = everything or python_type(column.type) in {str, bytes}
        if wanted and not is_key and not is_digest and (table.name, column.name) not in apart:
            yield column


def _count(connection: sa.Connection, table: Table, column: Column) -> int:
    """How many values have the form of ciphertext; 0 where none of the first `SAMPLE_ROWS` has it."""
    filled = select(table, [column], filled=True)
    sample = list(chain.from_iterable(_values(connection, filled.limit(SAMPLE_ROWS))))
    if not _suspicious(sample):
        return 0
    return sum(_suspicious(values) for values in _values(connection, filled))


def _values(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[list[object]]:
    for rows in partitions(connection, statement, _FETCH_ROWS):
        yield [row[0] for row in rows]


def _suspicious(values: Sequence[object]) -> int:
    texts = [value for value in values if isinstance(value, str)]
    binaries = [bytes(value) for value in values if isinstance(value, bytes | memoryview) and len(value)]
    return sum(map(_is_ciphertext, texts)) + _blocks(binaries)


def _is_ciphertext(text: str) -> bool:
    """Neither words that are base64 by chance, `/projects/Default/proc12`, nor text written in it."""
    if not looks_like_ciphertext(text) or _WORDS.fullmatch(text):
        return False
    return bool(_HEX.fullmatch(text)) or not b64decode(text).isascii()


def _blocks(values: Sequence[bytes]) -> int:
    """How many values there are if they are whole AES blocks and not all UUIDs, else 0.

    One value in 16 of anything has such a length, so most of them must.
    """
    whole = [value for value in values if len(value) % 16 == 0]
    if len(whole) * 2 <= len(values) or all(_is_uuid(value) for value in whole):
        return 0
    return len(whole)


def _is_uuid(value: bytes) -> bool:
    """Version 1 to 8 and the variant of RFC 9562, section 4."""
    return len(value) == 16 and value[8] >> 6 == 0b10 and 1 <= value[6] >> 4 <= 8
