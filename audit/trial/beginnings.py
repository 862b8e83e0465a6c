"""Values whose first blocks are text under a key, whatever the last ones are."""

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
