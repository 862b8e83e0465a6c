"""Letters (A, B, … Z, AA) for credentials that share a secret."""

import numpy as np
import numpy.typing as npt
import polars as pl


def group_letters(tags: npt.NDArray[np.uint64]) -> pl.Series:
    """A letter for each value whose secret another one shares, else "".

    Letters go by first appearance, so that the same store gives the same letters though tags change each run.

    Args:
        tags: equal for equal secrets, zeros where nothing was opened; shape [n, 2].
    """
    frame = pl.DataFrame({"high": tags[:, 0], "low": tags[:, 1]}).with_row_index("row")
    shared = (
        frame.filter((pl.col("high") != 0) | (pl.col("low") != 0))
        .group_by("high", "low", maintain_order=True)
        .agg(pl.col("row").first().alias("first"), pl.len().alias("size"))
        .filter(pl.col("size") > 1)
        .sort("first")
        .select("high", "low")
    )
    lettered = shared.with_columns(pl.Series("group", [_letters(n) for n in range(shared.height)], pl.String))
    joined = frame.join(lettered, on=["high", "low"], how="left", maintain_order="left")
    return joined["group"].fill_null("")


def _letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
