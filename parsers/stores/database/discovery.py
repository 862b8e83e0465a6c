"""Columns of a database that no mapping names and that hold what looks like ciphertext."""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import Final

import sqlalchemy as sa
from sqlalchemy import exc

from parsers.stores.ciphertext_form import BLOCK_BYTES, SHORTEST
from parsers.stores.database.catalogue import Catalogue, Column, Table, Unusable, python_type, select
from parsers.stores.database.faults import explain
from parsers.stores.database.rows import partitions
from parsers.stores.interface import NotAudited, Uncovered
from parsers.stores.unmapped import ColumnSearch, in_words, may_hold_ciphertext

MAX_ROWS: Final = 2_000_000
"""Rows of a table that are searched; a larger table is reported as searched in part."""

_FETCH_ROWS: Final = 256
"""Few rows, since a column may hold texts of a megabyte."""

_EXPLAINED: Final = f"searched for ciphertext in its first {MAX_ROWS:,} rows only"


def uncovered(
    connection: sa.Connection, catalogue: Catalogue, mapped: Collection[tuple[str, str]], *, store: str
) -> Iterator[Uncovered | NotAudited]:
    """Every column that is not in `mapped` (table, column) and has values in the form of ciphertext.

    All tables are searched, whatever their names, up to `MAX_ROWS` rows each. Keys are left out, since a
    binary id has 16 bytes as well: columns of primary and foreign keys, those that a foreign key refers to,
    `id` and `*_id`.

    Raises:
        DRIVER_FAULTS: the connection was lost. A table that this user may not read is only listed.
    """
    tables: list[Table] = []
    for name in catalogue.tables:
        match catalogue.find(name):
            case Table() as table:
                tables.append(table)
            case Unusable() as why:
                yield NotAudited(store, name, f"not searched for ciphertext: {why.value}")
    apart = {*mapped, *chain.from_iterable(table.targets for table in tables)}
    for table in tables:
        columns = list(_candidates(table, apart, everything=connection.dialect.name == "sqlite"))
        if not columns:
            continue
        try:
            yield from _search(connection, table, columns, store)
        except exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            connection.rollback()  # PostgreSQL refuses every statement after an error until then
            yield from _one_by_one(connection, table, columns, store)


def _candidates(table: Table, apart: Collection[tuple[str, str]], *, everything: bool) -> Iterator[Column]:
    """Text and binary columns; `everything` if a column's type does not restrict its values (SQLite)."""
    for column in table.columns:
        wanted = everything or (python_type(column.type) in {str, bytes} and not _is_short(column))
        if wanted and may_hold_ciphertext(column.name, table.keys) and (table.name, column.name) not in apart:
            yield column


def _is_short(column: Column) -> bool:
    """Whether no ciphertext fits into it, going by its type."""
    length = getattr(column.type, "length", None)
    shortest = BLOCK_BYTES if python_type(column.type) is bytes else SHORTEST
    return isinstance(length, int) and 0 < length < shortest


def _search(
    connection: sa.Connection,
    table: Table,
    columns: Sequence[Column],
    store: str,
    *,
    as_bytes: Collection[int] = (),
) -> Iterator[Uncovered | NotAudited]:
    """Search these columns, all of them read at once."""
    searches = [ColumnSearch(column.name) for column in columns]
    statement = select(table, columns, as_bytes=as_bytes).limit(MAX_ROWS + 1)
    count = 0
    for rows in partitions(connection, statement, _FETCH_ROWS):
        count += len(rows)
        for search, values in zip(searches, zip(*rows, strict=True), strict=True):
            search.add(values)
    for column, search in zip(columns, searches, strict=True):
        if forms := search.forms():
            yield Uncovered(store, f"{table.name}.{column.name}", forms.total(), in_words(forms))
    if count > MAX_ROWS:
        yield NotAudited(store, table.name, _EXPLAINED)


def _one_by_one(
    connection: sa.Connection, table: Table, columns: Sequence[Column], store: str
) -> Iterator[Uncovered | NotAudited]:
    """Search each column separately, so that one that cannot be read does not hide the others.

    SQLite does not check encodings, and its driver fails at text that is not UTF-8: it is read as bytes.
    """
    as_bytes = (0,) if connection.dialect.name == "sqlite" else ()
    for column in columns:
        try:
            yield from _search(connection, table, [column], store, as_bytes=as_bytes)
        except exc.DBAPIError as error:
            if error.connection_invalidated:
                raise
            connection.rollback()
            reason = f"not searched for ciphertext: {explain(error)}"
            yield NotAudited(store, f"{table.name}.{column.name}", reason)
