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
    rows = _suspects(tags)
    frame = pl.DataFrame({"row": rows, "high": tags[rows, 0], "low": tags[rows, 1]})
    shared = (
        frame.group_by("high", "low", maintain_order=True)
        .agg(pl.col("row"))
        .filter(pl.col("row").list.len() > 1)
        .sort(pl.col("row").list.first())
        .with_row_index("group", offset=1)
        .explode("row")
    )
    groups = np.zeros(len(tags), dtype=np.uint32)
    groups[shared["row"].to_numpy()] = shared["group"].to_numpy()
    letters = ["", *(_letters(number) for number in range(groups.max(initial=0)))]
    return pl.Series("group", letters, pl.String).gather(pl.Series(groups))


def _suspects(tags: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Rows whose second half of the tag comes again; with these few the exact work is done."""
    opened = np.flatnonzero(tags.any(axis=1))
    low = tags[opened, 1]
    ordered = np.sort(low)
    again = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    return opened[np.isin(low, again)]


def _letters(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters
