"""Values that all end in an amount of padding under one key: binary secrets behind ISO 10126.

Such a padding says one byte, so that one value says nothing; twenty that all end so are of that key.
"""

import math
from collections.abc import Collection
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.layouts.layout import BLOCK
from audit.trial.aes_columns import AesColumns
from parsers.secret import Secret

_SHARE: Final = BLOCK / 256
"""Of random blocks so many end in 1 to 16."""

_CHANCE_LOG10: Final = -3.0
_MOST: Final = 4_000_000
"""Values times keys: two seconds."""


def end_alike(decoded: pl.Series, aes_keys: Collection[Secret]) -> npt.NDArray[np.bool_]:
    """Which values end in 1 to 16 under a key under which more of them do than chance explains; shape [n].

    Read are ECB and a chain of CBC. By the bound (np)ᵏ/k!, corrected for the keys.

    Args:
        decoded: values as bytes; nulls, and what is no whole blocks, are none.
        aes_keys: of all candidates, in every form.
    """
    found = np.zeros(len(decoded), np.bool_)
    whole = (decoded.bin.size() >= BLOCK) & (decoded.bin.size() % BLOCK == 0)
    rows = whole.fill_null(value=False).arg_true().to_numpy()
    if not rows.size or rows.size * len(aes_keys) > _MOST:
        return found
    values = decoded.gather(rows).to_list()
    last = np.frombuffer(b"".join(value[-BLOCK:] for value in values), np.uint8).reshape(-1, BLOCK)
    before = np.array([value[-BLOCK - 1] if len(value) > BLOCK else 0 for value in values], np.uint8)
    for key in aes_keys:
        ends = AesColumns(key).decrypt(last)[:, -1]
        for chained in (ends, ends ^ before):
            padded = (chained - np.uint8(1)) < BLOCK  # 0 wraps round to 255
            if _log10(int(padded.sum()), len(rows)) + math.log10(2 * len(aes_keys)) <= _CHANCE_LOG10:
                found[rows[padded]] = True
    return found


def _log10(padded: int, of: int) -> float:
    """log10 of the bound on the probability that chance gives so many."""
    expected = of * _SHARE
    if padded <= expected:
        return 0.0
    return (padded * math.log(expected) - math.lgamma(padded + 1)) / math.log(10)
