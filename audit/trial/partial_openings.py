"""What a key shows of values that it does not open: text at the beginning, or padding at the end.

The padding of ISO 10126 says one byte: one value shows nothing, but twenty that all end so are of that key.
"""

import math
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.layouts.layout import BLOCK, Padding
from audit.trial.aes_columns import AesColumns
from audit.trial.groups import Bytes, Rows
from audit.trial.padding import is_padded, may_be_padded
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
    last = _last_blocks(values)
    before = np.array([value[-BLOCK - 1] if len(value) > BLOCK else 0 for value in values], np.uint8)
    for key in aes_keys:
        ends = AesColumns(key).decrypt(last)[:, -1]
        for chained in (ends, ends ^ before):
            padded = may_be_padded(chained)
            if _log10(int(padded.sum()), len(rows)) + math.log10(2 * len(aes_keys)) <= _CHANCE_LOG10:
                found[rows[padded]] = True
    return found


def end_in_fill(
    decoded: pl.Series, aes_keys: Collection[Secret], fills: Collection[int]
) -> npt.NDArray[np.bool_]:
    """Which values end in three bytes that fill up, under any of these keys, in ECB or a chain; shape [n].

    A random block does once in 16 million times.

    Args:
        decoded: as for `end_alike`.
        aes_keys: of all candidates, in every form.
        fills: the bytes that fill up.
    """
    found = np.zeros(len(decoded), np.bool_)
    for rows, last in _ends(decoded, aes_keys, 3) if fills else ():
        for fill in fills:
            found[rows[(last == fill).all(axis=1)]] = True
    return found


def end_in_a_number(decoded: pl.Series, aes_keys: Collection[Secret]) -> npt.NDArray[np.bool_]:
    """Which values end in 1 to 16 under any of these keys, as ISO 10126 has it; shape [n].

    A random block does once in 16 times. A single block may lie behind a vector that is not looked for.

    Args:
        decoded: as for `end_alike`.
        aes_keys: of all candidates, in every form.
    """
    found = (decoded.bin.size() == BLOCK).fill_null(value=False).to_numpy().copy()
    for rows, last in _ends(decoded, aes_keys, 1):
        found[rows[may_be_padded(last[:, 0])]] = True
    return found


def _ends(decoded: pl.Series, aes_keys: Collection[Secret], count: int) -> Iterator[tuple[Rows, Bytes]]:
    """The last bytes of values of whole blocks under each key, in ECB and in a chain; shape [n, count]."""
    whole = (decoded.bin.size() >= BLOCK) & (decoded.bin.size() % BLOCK == 0)
    rows = whole.fill_null(value=False).arg_true().to_numpy().astype(np.intp)
    if not rows.size or rows.size * len(aes_keys) > _MOST_PADDED:
        return
    values = decoded.gather(pl.Series(rows)).to_list()
    last = _last_blocks(values)
    before = _last_blocks([bytes(BLOCK) + value[:-BLOCK] for value in values])
    for key in aes_keys:
        plain = AesColumns(key).decrypt(last)
        yield rows, plain[:, -count:]
        yield rows, (plain ^ before)[:, -count:]


def _last_blocks(values: Sequence[bytes]) -> Bytes:
    return np.frombuffer(b"".join(value[-BLOCK:] for value in values), np.uint8).reshape(-1, BLOCK)


_COUNTERS: Final = (0, 1)
"""What a server that knows no better begins with: a vector of zeros, a counter of one."""


def text_in_a_stream(decoded: pl.Series, aes_keys: Collection[Secret]) -> npt.NDArray[np.int32]:
    """The key, by its place, under which a block is text in CFB, OFB or CTR; shape [n], NO_KEY elsewhere.

    Read are the second block of CFB (NIST SP 800-38A, section 6.3) behind any vector, the first block of all
    three behind a vector in front, and behind one of zeros or a counter of one. A block is ASCII, or such
    with PKCS#7 behind it: as Java's `AES/CFB/PKCS5Padding` writes it. A random block is that once in five
    million times.

    Args:
        decoded: values as bytes, from their first block on; nulls are NO_KEY.
        aes_keys: of all candidates, in every form.
    """
    found = np.full(len(decoded), NO_KEY, np.int32)
    readings = 1 + len(_COUNTERS)
    if len(aes_keys) * readings * _ASCII_CHANCE > _CHANCE or len(decoded) * len(aes_keys) > _MOST:
        return found
    starts = np.stack([_row(number.to_bytes(BLOCK, "big"))[0] for number in _COUNTERS])
    for count in (1, 2):
        rows = (decoded.bin.size() >= count * BLOCK).fill_null(value=False).arg_true().to_numpy()
        if not rows.size:
            continue
        pieces = decoded.gather(rows).bin.head(count * BLOCK).to_list()
        blocks = np.frombuffer(b"".join(pieces), np.uint8).reshape(-1, count, BLOCK)
        for place, key in enumerate(aes_keys):
            encrypt = AesColumns(key).encrypt
            streams = (
                [encrypt(np.ascontiguousarray(blocks[:, 0]))]
                if count == 2
                else [row[None] for row in encrypt(starts)]
            )
            for stream in streams:
                found[rows[_is_text_or_padded(blocks[:, -1] ^ stream)]] = place
    return found


def _is_text_or_padded(blocks: Bytes) -> npt.NDArray[np.bool_]:
    """Whether each block is ASCII, or begins so and ends in PKCS#7; one of padding alone is not."""
    amount = np.where(is_padded(blocks, Padding.PKCS7), blocks[:, -1], np.uint8(0)).astype(np.intp)
    text: npt.NDArray[np.bool_] = is_ascii_text(np.ascontiguousarray(blocks), BLOCK - amount)
    text &= amount < BLOCK
    return text


def _log10(padded: int, of: int) -> float:
    """log10 of the bound on the probability that chance gives as many."""
    expected = of * _SHARE
    if padded <= expected:
        return 0.0
    return (padded * math.log(expected) - math.lgamma(padded + 1)) / math.log(10)
