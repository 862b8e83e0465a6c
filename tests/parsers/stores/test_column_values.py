"""Columns out of whatever objects a driver hands out."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest

from parsers.stores.column_values import bytes_column, key_column, text_column


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a", None, "ü"], ["a", None, "ü"]),
        ([b"a", None, "ü".encode()], ["a", None, "ü"]),
        ([b"a\xff", b"b", None], ["a\\xff", "b", None]),
        (["a", b"b", 3, Decimal("1.5")], ["a", "b", "3", "1.5"]),
        ([datetime(2021, 3, 4, 5, 6, 7, tzinfo=UTC)], ["2021-03-04 05:06:07+00:00"]),
        (
            [
                datetime.fromisoformat("2021-03-04T05:06:07"),
                None,
                datetime.fromisoformat("2021-03-04T05:06:07.5"),
            ],
            ["2021-03-04 05:06:07", None, "2021-03-04 05:06:07.500"],
        ),
        ([None, None], [None, None]),
    ],
)
def test_text(values: list[object], expected: list[str | None]) -> None:
    """Text stays as it is; everything else is shown as a database prints it."""
    found = text_column(values)
    assert found.dtype == pl.String
    assert found.to_list() == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([bytes(range(16)), None], ["000102030405060708090a0b0c0d0e0f", None]),
        ([1, 2**63, None], ["1", "9223372036854775808", None]),
        (["id-1", memoryview(b"\x01"), 3], ["id-1", "01", "3"]),
        ([uuid.UUID(int=1)], ["00000000-0000-0000-0000-000000000001"]),
    ],
)
def test_keys(values: list[object], expected: list[str | None]) -> None:
    """Binary keys in hex, integers in decimal, also side by side."""
    assert key_column(values).to_list() == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["zWj=", None, "ü"], [b"zWj=", None, "ü".encode()]),
        ([b"\x00\xff", None], [b"\x00\xff", None]),
        (["a", memoryview(b"b"), bytearray(b"c"), 4], [b"a", b"b", b"c", b"4"]),
    ],
)
def test_stored_bytes(values: list[object], expected: list[bytes | None]) -> None:
    """Not a byte is changed."""
    found = bytes_column(values)
    assert found.dtype == pl.Binary
    assert found.to_list() == expected
