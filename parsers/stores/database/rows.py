"""Rows of a table, streamed from a database as frames."""

from collections.abc import Collection, Generator, Iterator, Sequence
from typing import Any, Final

import polars as pl
import sqlalchemy as sa
from sqlalchemy import exc

from parsers.stores.column_values import KEYS, conversion
from parsers.stores.database.catalogue import select
from parsers.stores.database.plan import ReadableTable

FETCH_ROWS: Final = 1_024
"""Rows that are Python objects at once; more cost memory and are slower, by cache misses."""


def stream(connection: sa.Connection, source: ReadableTable) -> Generator[pl.DataFrame]:
    """Frames of at most `FETCH_ROWS` rows, a column for each role, in the database's own order.

    Raises:
        DRIVER_FAULTS: all rows before the fault were yielded, except up to `FETCH_ROWS` of them.
    """
    statement = select(
        source.table, list(source.columns.values()), as_bytes=_as_bytes(connection, source.columns)
    )
    conversions = [conversion(role) for role in source.columns]
    for rows in partitions(connection, statement, FETCH_ROWS):
        columns = zip(conversions, zip(*rows, strict=True), strict=True)
        yield pl.DataFrame([convert(values) for convert, values in columns], schema=list(source.columns))


def partitions(
    connection: sa.Connection, statement: sa.Select[Any], size: int
) -> Iterator[Sequence[sa.Row[Any]]]:
    """Rows, `size` at a time, streamed from the server.

    A caller that stops before the end finds the connection closed: otherwise the driver would read the rest.
    """
    result = connection.execution_options(stream_results=True, yield_per=size).execute(statement)
    cursor = result.cursor
    try:
        yield from result.partitions()
    except BaseException as stop:
        _abandon(cursor)
        result.close()
        if not isinstance(stop, exc.DBAPIError):
            connection.invalidate()
        raise


def _abandon(cursor: object) -> None:
    """Keep PyMySQL from reading an unbuffered result to its end, even over a lost connection."""
    if (unread := getattr(cursor, "_result", None)) is not None and hasattr(unread, "unbuffered_active"):
        unread.unbuffered_active = False


def _as_bytes(connection: sa.Connection, roles: Collection[str]) -> list[int]:
    """Positions to read as bytes, since SQLite's driver fails at text that is not UTF-8.

    None in a file of UTF-16, whose text would come as bytes of UTF-16.
    """
    if connection.dialect.name != "sqlite":
        return []
    if connection.exec_driver_sql("PRAGMA encoding").scalar() != "UTF-8":
        return []
    return [position for position, role in enumerate(roles) if role not in KEYS]
