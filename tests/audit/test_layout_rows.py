"""The table of `layouts` for people."""

import polars as pl
import pytest

from audit.cli.layout_rows import layout_rows, odds
from audit.run.layouts import LAYOUT_TABLE

VECTOR = "50a4a3a6d07f5c0c332f8b1224083fd2"


def table(*rows: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=LAYOUT_TABLE, orient="row")


@pytest.mark.parametrize(
    ("p_value", "words"),
    [(1.0, ""), (0.5, "1 in 2"), (0.004, "1 in 250"), (1.4933e-9, "1 in 10^8"), (1e-300, "1 in 10^99")],
)
def test_odds(p_value: float, words: str) -> None:
    """As people say them, and never better than they are."""
    assert odds(p_value) == words


def test_the_row_of_a_layout() -> None:
    """A vector is shortened; twins and what may be meant instead stand below, as they differ."""
    alike = (
        "aes-cbc/iv-front/base64/key-trimmed, aes-cbc/iv-unknown/base64/key-raw, "
        "aes-cbc/iv-unknown/base64/key-trimmed, aes-ecb/base64/key-raw"
    )
    rows = layout_rows(
        table(
            (
                "cloudbees-cd",
                "aes-cbc/iv-front/base64/key-raw",
                alike,
                "passkey",
                31,
                31,
                1e-77,
                True,
                "data",
            ),
            ("cloudbees-cd", f"aes-cbc/iv-{VECTOR}/base64/key-raw", "", "old", 3, 4, 0.2, False, ""),
        )
    )
    assert rows.columns == ("layout", "key", "opens", "by chance", "shown by")
    assert rows.rows == [
        ["aes-cbc/iv-front/base64/key-raw", "passkey", "31/31", "1 in 10^77", "the data"],
        ["  or iv-unknown", "", "", "", ""],
        ["  or aes-ecb/base64", "", "", "", ""],
        ["  or key-trimmed", "", "", "", ""],
        ["aes-cbc/iv-50a4a3…/base64/key-raw", "old", "3/4", "1 in 5", "nothing"],
    ]


def test_two_products_are_named() -> None:
    """The product has a column where there is more than one."""
    row = ("aes-gcm/nonce-12/base64/key-raw", "", "k", 2, 2, 1e-9, True, "published")
    rows = layout_rows(table(("cloudbees-cd", *row), ("octopus", *row)))
    assert [each[0] for each in rows.rows] == ["cloudbees-cd", "octopus"]
    assert rows.columns[0] == "system"


def test_it_fits_80_columns() -> None:
    """With the usual names and counts."""
    name = f"aes-cbc/iv-{VECTOR}/base64/key-raw"
    row = ("cloudbees-cd", name, "", "passkey", 8192, 8192, 1e-300, True, "known text")
    (cells,) = layout_rows(table(row)).rows
    assert sum(len(str(each)) for each in cells) + 3 * len(cells) <= 80
