"""Exports of Octopus.Migrator: there the key is new each time, and the vector always zeros."""

from typing import Final

import polars as pl

_ZERO_VECTOR: Final = b"|AAAAAAAAAAAAAAAAAAAAAA=="
"""What ends every value that it exports."""


def with_zero_vectors(values: pl.DataFrame) -> frozenset[str]:
    """The stores in which every value has the vector of zeros.

    A single odd value would make every vector of its store the same: so it is all of them, or none.

    Args:
        values: with `store` and `value`.
    """
    barred = values.filter(pl.col("value").bin.contains(b"|"))
    zero = pl.col("value").bin.ends_with(_ZERO_VECTOR).all()
    return frozenset(barred.group_by("store").agg(zero.alias("zero")).filter("zero")["store"])
