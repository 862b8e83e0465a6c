"""What a key shows of values that it does not open: text at the beginning, or padding at the end.

The padding of ISO 10126 says one byte: one value shows nothing, but twenty that all end so are of that key.
"""

import math
from collections.abc import Collection
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.layouts.layout import BLOCK
from audit.trial.aes_columns import AesColumns
from audit.trial.groups import Bytes
from audit.trial.plain_text import is_ascii_text
from parsers.secret import Secret

NO_KEY: Final = -1

_MOST: Final = 4_000_000
"""Blocks times keys: two seconds."""

_CHANCE: Final = 1e-3
_ASCII_CHANCE: Final = (98 / 256) ** BLOCK
_READINGS: Final = 3


def begins_as_text(decoded: pl.Series, aes_keys: Collection[Secret]) -> npt.NDArray[np.int32]:
    """The key, by its place, under which the first or second block of each value is ASCII; shape [n].

    Read are ECB, CBC behind a vector of zeros or the key, and from the second block on CBC behind any vector.
    A random block is ASCII once in five million times. NO_KEY where none shows, or where so many keys are
    tried that chance would show one.

    Args:
        decoded: values as bytes, from their first block on; nulls are NO_KEY.
        aes_keys: those of the established layouts.
    """
    found = np.full(len(decoded), NO_KEY, np.int32)
    if len(aes_keys) * _READINGS * _ASCII_CHANCE > _CHANCE or len(decoded) * len(aes_keys) > _MOST:
        return found
    for count in (1, 2):
        long_enough = (decoded.bin.size() >= count * BLOCK).fill_null(value=False).arg_true().to_numpy()
        if not long_enough.size:
            continue
        pieces = decoded.gather(long_enough).bin.head(count * BLOCK).to_list()
        blocks = np.frombuffer(b"".join(pieces), np.uint8).reshape(-1, count, BLOCK)
        for place, key in enumerate(aes_keys):
            plain = AesColumns(key).decrypt(np.ascontiguousarray(blocks[:, -1]))
            vectors = [blocks[:, 0]] if count == 2 else [_row(bytes(BLOCK)), _row(key.reveal()[:BLOCK])]
            for vector in vectors:
                found[long_enough[_is_ascii(plain ^ vector)]] = place
    return found


def _row(block: bytes) -> Bytes:
    return np.frombuffer(block, np.uint8).reshape(1, BLOCK)


def _is_ascii(blocks: Bytes) -> npt.NDArray[np.bool_]:
    return is_ascii_text(np.ascontiguousarray(blocks), np.full(len(blocks), BLOCK, np.intp))


_SHARE: Final = BLOCK / 256
"""This share of random blocks ends in 1 to 16."""

_CHANCE_LOG10: Final = -3.0
_MOST_PADDED: Final = 4_000_000
"""Values times keys: two seconds."""


def end_alike(decoded: pl.Series, aes_keys: Collection[Secret]) -> npt.NDArray[np.bool_]:
    """Which values end in 1 to 16 under a key under which more of them do than chance explains; shape [n].

    Read are ECB and a chain of CBC. By the bound (np)ᵏ/k!, corrected for the keys.

    Args:
        decoded: values as bytes; nulls, and what is not whole blocks, do not count.
        aes_keys: of all candidates, in every form.
    """
    found = np.zeros(len(decoded), np.bool_)
    whole = (decoded.bin.size() >= BLOCK) & (decoded.bin.size() % BLOCK == 0)
    rows = whole.fill_null(value=False).arg_true().to_numpy()
    if not rows.size or rows.size * len(aes_keys) > _MOST_PADDED:
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
    """log10 of the bound on the probability that chance gives as many."""
    expected = of * _SHARE
    if padded <= expected:
        return 0.0
    return (padded * math.log(expected) - math.lgamma(padded + 1)) / math.log(10)
