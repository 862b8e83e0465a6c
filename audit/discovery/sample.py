"""The values that layouts are found from."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import polars as pl

from audit.layouts.layout import BLOCK

SAMPLE_SIZE: Final = 8_192
"""Values spread evenly: a layout of one value in a thousand still shows, and 2,000 hypotheses take seconds.
With those of rare lengths it may be three times as many."""

_OF_EVERY_LENGTH: Final = 32

_SIZE: Final = pl.col("value").bin.size()

_LONGEST_PREFIX: Final = 8
_ENOUGH_TO_SHARE: Final = 5


def sample(batches: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Distinct values, spread evenly over the store, and some of every length; the columns `value` and `iv`.

    Equal values would count as independent evidence, which they are not: one of each is taken. Every length
    is there, since a rare one may be the only trace of a layout.
    """
    together = pl.concat(batch.select("value", "iv") for batch in batches)
    # By a hash of 64 bits: a collision leaves out one value, and comparing takes ten times as long.
    distinct = together.filter(_SIZE > 0, pl.col("value").hash().is_first_distinct())
    step = max(1, distinct.height // SAMPLE_SIZE)
    lengths = distinct.select(_SIZE.n_unique()).item()
    of_every_length = min(_OF_EVERY_LENGTH, SAMPLE_SIZE // max(1, lengths))
    evenly = pl.int_range(pl.len()) % step == 0
    return distinct.sort(_SIZE, maintain_order=True).filter(
        evenly | (pl.int_range(pl.len()).over(_SIZE) < of_every_length)
    )


def is_whole(batches: Iterable[pl.DataFrame]) -> bool:
    """Whether `sample` takes every distinct value of these, so that looking again shows nothing new."""
    return sum(batch.height for batch in batches) <= SAMPLE_SIZE


def independent(decoded: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """One value for each distinct last block; shape [n].

    In ECB equal last blocks (a full block of padding, say) decrypt to the same bytes under every key, right
    or wrong; only one of them is evidence.
    """
    tail = decoded.bin.tail(BLOCK)
    return (tail.is_first_distinct() & tail.is_not_null()).to_numpy()


def shared_prefixes(decoded: pl.Series) -> list[bytes]:
    """Constant bytes in front that the data suggest, apart from none at all: version bytes and the like.

    Looked for among the values of each length modulo 16, since a prefix shifts the blocks behind it. Chance
    alone gives a shared byte to n/256 of the values: far more must share it.
    """
    found: list[bytes] = []
    sizes = decoded.bin.size()
    for residue in range(BLOCK):
        of_residue = decoded.filter((sizes % BLOCK == residue) & (sizes > BLOCK))
        prefix = _common_prefix(of_residue)
        # Ciphertext in whole blocks behind a prefix leaves its length over; GCM can leave anything.
        found += [prefix[:size] for size in range(1, len(prefix) + 1)]
    return list(dict.fromkeys(found))


def _common_prefix(values: pl.Series) -> bytes:
    prefix = b""
    while len(prefix) < _LONGEST_PREFIX:
        heads = values.bin.head(len(prefix) + 1).value_counts(sort=True, name="times").head(1)
        if not heads.height:
            break
        head, times = heads.row(0)
        if times < max(_ENOUGH_TO_SHARE, values.len() // 16):
            break
        prefix = head
        values = values.filter(values.bin.starts_with(prefix))
    return prefix
