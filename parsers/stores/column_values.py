"""A database driver's values as polars columns: text, keys and stored bytes."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

import polars as pl


def text_column(values: Sequence[object]) -> pl.Series:
    r"""Values as text, times as databases print them, bytes that are not UTF-8 as `\xNN`; null stays null."""
    if _all(values, str):
        return _fast(values, pl.String)
    if _all(values, bytes):
        with suppress(pl.exceptions.ComputeError):  # some value is not UTF-8
            return _fast(values, pl.Binary).cast(pl.String)
    if _all(values, datetime) and (times := pl.Series(values=values)).dtype == pl.Datetime("us"):
        return times.dt.to_string("%Y-%m-%d %H:%M:%S%.f")
    return _each(values, _text, pl.String)


def key_column(values: Sequence[object]) -> pl.Series:
    """Values of a key as text: a binary one in lower-case hex, an integer in decimal, text as it is."""
    if _all(values, bytes):
        return _fast(values, pl.Binary).bin.encode("hex")
    return _each(values, _key, pl.String)


def bytes_column(values: Sequence[object]) -> pl.Series:
    """Stored values: bytes unchanged, text as UTF-8; null stays null."""
    if _all(values, bytes):
        return _fast(values, pl.Binary)
    return _fast(values, pl.String).cast(pl.Binary) if _all(values, str) else _each(values, _bytes, pl.Binary)


def _all(values: Sequence[object], kind: type) -> bool:
    """Whether every value is null or of this very type."""
    return set(map(type, values)) <= {kind, type(None)}


def _fast(values: Sequence[object], dtype: type[pl.String] | type[pl.Binary]) -> pl.Series:
    return pl.Series(values=values, dtype=dtype)


def _each(
    values: Sequence[object],
    convert: Callable[[object], str] | Callable[[object], bytes],
    dtype: type[pl.String] | type[pl.Binary],
) -> pl.Series:
    return pl.Series(values=[None if value is None else convert(value) for value in values], dtype=dtype)


def _text(value: object) -> str:
    match value:
        case bytes() | bytearray() | memoryview():
            return bytes(value).decode("utf-8", "backslashreplace")
        case _:
            return str(value)


def _key(value: object) -> str:
    match value:
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case _:
            return str(value)


def _bytes(value: object) -> bytes:
    match value:
        case bytes() | bytearray() | memoryview():
            return bytes(value)
        case _:
            return str(value).encode("utf-8", "surrogatepass")


KEYS: Final = frozenset({"key", "project_key"})
_BYTES: Final = frozenset({"value", "iv"})


def conversion(role: str) -> Callable[[Sequence[object]], pl.Series]:
    """The function that makes a column of `mapped_rows.ROW` from the database's values."""
    if role in _BYTES:
        return bytes_column
    return key_column if role in KEYS else text_column
