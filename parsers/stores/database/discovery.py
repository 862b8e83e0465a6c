"""Columns of `ec_` tables that hold what looks like ciphertext, and that no mapping names."""

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import exc

from parsers.stores.database.catalogue import Catalogue, Column, Table, Unusable, python_type, select
from parsers.stores.database.faults import explain
from parsers.stores.database.rows import partitions
from parsers.stores.interface import NotAudited, Uncovered
from parsers.stores.unmapped import (
    SAMPLE_ROWS,
    TABLE_PREFIX,
    forms_of_ciphertext,
    in_words,
    may_hold_ciphertext,
)

_FETCH_ROWS: Final = 100
"""A column may hold texts of a megabyte."""


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
        if name.casefold().startswith(TABLE_PREFIX):
            match catalogue.find(name):
                case Table() as table:
                    tables.append(table)
                case Unusable() as why:
                    yield NotAudited(store, name, f"not searched for ciphertext: {why.value}")
    apart = {*mapped, *chain.from_iterable(table.targets for table in tables)}
    for table in tables:
        for column in _candidates(table, apart, everything=connection.dialect.name == "sqlite"):
            try:
                if forms := _forms(connection, table, column):
                    place = f"{table.name}.{column.name}"
                    yield Uncovered(store, place, forms.total(), in_words(forms))
            except exc.DBAPIError as error:
                if error.connection_invalidated:
                    raise
                connection.rollback()
                reason = f"not searched for ciphertext: {explain(error)}"
                yield NotAudited(store, f"{table.name}.{column.name}", reason)


def _candidates(table: Table, apart: Collection[tuple[str, str]], *, everything: bool) -> Iterator[Column]:
    """Text and binary columns; `everything` where a column's type says nothing of its values (SQLite)."""
    for column in table.columns:
        wanted = everything or python_type(column.type) in {str, bytes}
        if wanted and may_hold_ciphertext(column.name, table.keys) and (table.name, column.name) not in apart:
            yield column


def _forms(connection: sa.Connection, table: Table, column: Column) -> Counter[str]:
    """How many values have which form of ciphertext; none where none of the first `SAMPLE_ROWS` has any."""
    filled = select(table, [column], filled=True)
    sample = list(chain.from_iterable(_values(connection, filled.limit(SAMPLE_ROWS))))
    if not forms_of_ciphertext(sample):
        return Counter()
    return sum(map(forms_of_ciphertext, _values(connection, filled)), Counter())


def _values(connection: sa.Connection, statement: sa.Select[Any]) -> Iterator[list[object]]:
    for rows in partitions(connection, statement, _FETCH_ROWS):
        yield [row[0] for row in rows]
