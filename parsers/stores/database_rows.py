"""Rows of a table, streamed from a database as frames."""

from collections.abc import Collection, Iterator
from typing import Final

import polars as pl
import sqlalchemy as sa

from parsers.stores.column_values import bytes_column, key_column, text_column
from parsers.stores.database_catalogue import select
from parsers.stores.database_plan import ReadableTable

FETCH_ROWS: Final = 2_048
"""Rows that are Python objects at a time; more of them cost memory and are slower (caches)."""

_CONVERSIONS: Final = {
    "key": key_column,
    "project_key": key_column,
    "value": bytes_column,
    "iv": bytes_column,
}


def stream(connection: sa.Connection, source: ReadableTable) -> Iterator[pl.DataFrame]:
    """Frames of at most `FETCH_ROWS` rows, a column for each role, in the database's own order.

    Raises:
        DRIVER_FAULTS: what was read before was handed out, up to the last `FETCH_ROWS` rows.
    """
    statement = select(
        source.table, list(source.columns.values()), as_bytes=_as_bytes(connection, source.columns)
    )
    streaming = connection.execution_options(stream_results=True, yield_per=FETCH_ROWS)
    conversions = [_CONVERSIONS.get(role, text_column) for role in source.columns]
    for rows in streaming.execute(statement).partitions():
        columns = zip(conversions, zip(*rows, strict=True), strict=True)
        yield pl.DataFrame([convert(values) for convert, values in columns], schema=list(source.columns))


def _as_bytes(connection: sa.Connection, roles: Collection[str]) -> list[int]:
    """SQLite checks no encoding, and its driver stops at text that is no UTF-8."""
    if connection.dialect.name != "sqlite":
        return []
    return [position for position, role in enumerate(roles) if _CONVERSIONS.get(role) is not key_column]
