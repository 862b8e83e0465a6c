"""The columns of a mapped table by the role that each plays, as polars columns."""

from collections.abc import Callable, Sequence
from typing import Final

import polars as pl

from parsers.stores.column_values import bytes_column, key_column, text_column

KEYS: Final = frozenset({"key", "project_key"})
_BYTES: Final = frozenset({"value", "iv"})


def conversion(role: str) -> Callable[[Sequence[object]], pl.Series]:
    """What makes a column of `mapped_rows.ROW` out of what stands in the database."""
    if role in _BYTES:
        return bytes_column
    return key_column if role in KEYS else text_column
