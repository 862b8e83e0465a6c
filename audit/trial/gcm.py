"""GCM in columns (NIST SP 800-38D): nonce in front, tag of 16 bytes at the end; the tag decides.

Under most keys nothing opens, and the first byte of a tag says so 255 times in 256: that byte is made for all
values under eight keys at once. What passes is checked whole: in columns where it is much, else by the
library, as are values so few or so long that a table of products does not pay.

The cost, for n values of b blocks under k keys: n · k of AES (3 ns), n · k · b · 2 look-ups (0.9 ns), and
20 µs for each block of the longest and eight keys. A nonce that must be hashed costs 20 ns more for each
value and key.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.layouts.layout import BLOCK
from audit.trial.aes_columns import AesColumns
from audit.trial.ghash import LONGEST, TOGETHER, Ghash, Messages
from audit.trial.groups import Bytes, Group, RaggedValues, Rows
from audit.trial.hypothesis import Hypothesis
from audit.trial.odds import TAG_LOG10
from audit.trial.opened import OpenedValues
from audit.trial.padding import padded
from audit.trial.plain_text import classify
from parsers.secret import Secret

STANDARD_NONCE: Final = 12
"""Bytes of a nonce that the standard takes as it is; others are hashed (section 7.1)."""

Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, repr=False)
class GcmValues:
    """What every key needs of n values of all lengths, made once.

    Attributes:
        values: the values, prefixes taken off.
        nonce_size: bytes of the nonce.
        sizes: bytes of each ciphertext, ascending; shape [n].
        short: the ciphertexts that are hashed in columns, which are the first m of them.
        tags: of these; shape [m, 2].
        nonces: of these, if they must be hashed, else None.
        counters: J₀ of the standard for these, if they need not be; shape [m, 16].
    """

    values: RaggedValues
    nonce_size: int
    sizes: Rows
    short: Messages
    tags: Words
    nonces: Messages | None
    counters: Bytes

    @classmethod
    def of(cls, groups: Sequence[Group], nonce_size: int, many: int) -> "GcmValues":
        """Take groups of values that are long enough for nonce and tag, shortest first; at least one.

        So `many` of them for each block of the longest are hashed in columns.
        """
        values = RaggedValues.of(groups)
        short = [group.data for group in groups[: _short(groups, nonce_size, many)]]
        nonces = [data[:, :nonce_size] for data in short]
        hashed = nonce_size != STANDARD_NONCE
        count = sum(len(data) for data in short)
        counters = np.zeros((count, BLOCK), np.uint8)
        counters[:, -1] = 1
        if nonces and not hashed:
            counters[:, :STANDARD_NONCE] = np.concatenate(nonces)
        return cls(
            values=values,
            nonce_size=nonce_size,
            sizes=values.lengths - nonce_size - BLOCK,
            short=Messages.of([data[:, nonce_size:-BLOCK] for data in short]),
            tags=np.concatenate([np.empty((0, BLOCK), np.uint8), *(data[:, -BLOCK:] for data in short)]).view(
                np.uint64
            ),
            nonces=Messages.of(nonces) if hashed else None,
            counters=counters,
        )

    def __len__(self) -> int:
        return len(self.sizes)


def _short(groups: Sequence[Group], nonce_size: int, many: int) -> int:
    """How many of the groups, shortest first, have `many` values for each block of the longest."""
    sizes = np.array([group.length - nonce_size - BLOCK for group in groups])
    values = np.cumsum([len(group.rows) for group in groups])
    pays = (sizes <= LONGEST) & (values >= many * (1 - -sizes // BLOCK))
    return int(np.flatnonzero(pays)[-1]) + 1 if pays.any() else 0


MANY: Final = 4
"""Values for each block of the longest that pay for a table of products under eight keys: it takes 20 µs for
a block, a call of the library 1.5 µs for a value and key."""

_FEW_TRIALS: Final = 2_500
"""Values times keys that the library checks sooner than tables are begun at all, which takes 7 ms."""

_NEVER: Final = 1 << 40

_MANY_OPENED: Final = 16
"""So many times more pay for a table of one key's own."""

_BLOCKS_AT_ONCE: Final = 1_024
"""Blocks of the longest value times keys: their products with every bit take 2 MB."""

Numbered = tuple[int, Hypothesis]


def open_gcm(
    groups: Sequence[Group], tried: Sequence[Numbered], *, many: int = MANY
) -> Iterator[OpenedValues]:
    """What these hypotheses open, whatever the lengths.

    Args:
        groups: values of one length each, shortest first, prefixes taken off.
        tried: hypotheses in GCM, each with its place in the whole list; those of one AES key stand together.
        many: so many values for each block of the longest are checked in columns, fewer one by one, as are
            few trials; 0 checks all in columns.

    Yields:
        openings of one length each.
    """
    if many and sum(len(group.rows) for group in groups) * len(tried) <= _FEW_TRIALS:
        many = _NEVER
    values = _by_nonce_size(groups, tried, many)
    if not values:
        return
    by_key = [(key, list(of_key)) for key, of_key in groupby(tried, key=lambda item: item[1].aes_key)]
    blocks = max(each.short.blocks for each in values.values())
    at_once = max(TOGETHER, _BLOCKS_AT_ONCE // blocks // TOGETHER * TOGETHER)
    for start in range(0, len(by_key), at_once):
        some = by_key[start : start + at_once]
        keys = _GcmKeys([aes_key for aes_key, _ in some], max(2, blocks))
        for size, of_size in values.items():
            under_keys = _UnderKeys(of_size, keys)
            for place, rows in enumerate(under_keys.screened()):
                for index, hypothesis in some[place][1]:
                    if hypothesis.layout.nonce_size == size:
                        for of_length, plain in under_keys.open(place, rows, many):
                            yield _judge(index, of_size.values.rows[of_length], plain)


def _by_nonce_size(groups: Sequence[Group], tried: Sequence[Numbered], many: int) -> Mapping[int, GcmValues]:
    """The values taken apart; sizes are missing for which all of them are too short."""
    values = {}
    for size in dict.fromkeys(each.layout.nonce_size for _, each in tried):
        long_enough = [group for group in groups if group.length >= size + BLOCK]
        if long_enough:
            values[size] = GcmValues.of(long_enough, size, many)
    return values


def _judge(index: int, rows: Rows, plain: Bytes) -> OpenedValues:
    lengths = np.full(len(rows), plain.shape[1], np.intp)
    odds = np.full(len(rows), TAG_LOG10)
    return OpenedValues(index, rows, padded(plain), lengths, classify(plain, lengths), odds, odds)


class _GcmKeys:
    """What keys need once, for all layouts."""

    def __init__(self, aes_keys: Sequence[Secret], blocks: int) -> None:
        self.ciphers = [AesColumns(key) for key in aes_keys]
        self.libraries = [AESGCM(key.reveal()) for key in aes_keys]
        self._blocks = blocks

    @cached_property
    def ghash(self) -> Ghash:
        """Their tables: only values that are checked in columns need them."""
        zero = np.zeros((1, BLOCK), np.uint8)
        return Ghash(np.concatenate([each.encrypt(zero) for each in self.ciphers]), self._blocks)


class _UnderKeys:
    """Values under several keys; rows are places in `values`, ascending, and so with their lengths."""

    def __init__(self, values: GcmValues, keys: _GcmKeys) -> None:
        self._values = values
        self._keys = keys
        self._nonce_places = [] if values.nonces is None else list(values.nonces.places())

    def screened(self) -> Iterator[Rows]:
        """By key the short values whose tag begins as the key makes it: the right ones, and a few."""
        count = len(self._keys.ciphers)
        if not len(self._values.short):
            yield from (np.empty(0, np.intp) for _ in range(count))
            return
        hashed = self._keys.ghash.first_bytes(self._values.short)
        expected = self._values.tags.view(np.uint8)[:, 0].copy()
        for place in range(count):
            mask = self._keystream(place, 0, self._counters(place))
            wrong = mask[:, 0] ^ hashed[place // TOGETHER, :, place % TOGETHER] ^ expected
            yield np.flatnonzero(wrong == 0)

    def open(self, place: int, screened: Rows, many: int) -> Iterator[tuple[Rows, Bytes]]:
        """Of these rows, and of all that are not short, those whose tag fits under the key of this number.

        Length by length; with their plain text, shape [n, length].
        """
        one_by_one = np.arange(len(self._values.short), len(self._values))
        if len(screened) < many * _MANY_OPENED * self._values.short.blocks:
            one_by_one = np.concatenate([screened, one_by_one])
        elif screened.size:
            yield from self._in_columns(place, screened)
        texts = dict(self._one_by_one(place, one_by_one))
        for of_length in self._of_one_length(np.array([*texts], np.intp)):
            plain = np.frombuffer(b"".join(texts[row] for row in of_length.tolist()), np.uint8)
            yield of_length, plain.reshape(len(of_length), -1)

    def _of_one_length(self, rows: Rows) -> list[Rows]:
        if not rows.size:
            return []
        return np.split(rows, np.flatnonzero(np.diff(self._values.sizes[rows])) + 1)

    def _in_columns(self, place: int, rows: Rows) -> Iterator[tuple[Rows, Bytes]]:
        hashed = self._keys.ghash.whole(self._values.short.only(rows), place).view(np.uint64)
        counters = self._counters(place)[rows]
        tags = hashed ^ self._keystream(place, 0, counters).view(np.uint64)
        fit = (tags == self._values.tags[rows]).all(axis=1)
        rows, counters = rows[fit], counters[fit]
        start = 0
        for of_length in self._of_one_length(rows):
            yield of_length, self._decrypt(place, of_length, counters[start : start + len(of_length)])
            start += len(of_length)

    def _one_by_one(self, place: int, rows: Rows) -> Iterator[tuple[int, bytes]]:
        """Those of these rows whose tag fits, and their plain texts, by the library."""
        data, decrypt = self._values.values.data.data, self._keys.libraries[place].decrypt
        starts = self._values.values.starts[rows]
        bodies, ends = starts + self._values.nonce_size, starts + self._values.values.lengths[rows]
        for row, start, body, end in zip(
            *(each.tolist() for each in (rows, starts, bodies, ends)), strict=True
        ):
            try:
                yield row, decrypt(data[start:body], data[body:end], None)
            except InvalidTag:
                continue

    def _decrypt(self, place: int, rows: Rows, counters: Bytes) -> Bytes:
        """The plain text of rows of one length; shape [n, length]."""
        values, size = self._values.values, int(self._values.sizes[rows[0]])
        plain: Bytes = values.data[(values.starts[rows] + self._values.nonce_size)[:, None] + np.arange(size)]
        for block, start in enumerate(range(0, size, BLOCK), start=1):
            piece = plain[:, start : start + BLOCK]
            piece ^= self._keystream(place, block, counters)[:, : piece.shape[1]]
        return plain

    def _counters(self, place: int) -> Bytes:
        """J₀ of every short value under the key of this number; shape [n, 16]."""
        if self._values.nonces is None:
            return self._values.counters
        return self._keys.ghash.whole(self._values.nonces, place, self._nonce_places)

    def _keystream(self, place: int, block: int, counters: Bytes) -> Bytes:
        """The block of this number; shape [n, 16], C-contiguous."""
        if block:
            counters = counters.copy()
            low = counters[:, STANDARD_NONCE:].view(">u4")
            low += np.uint32(block)  # it wraps within its 32 bits, as the standard says
        return self._keys.ciphers[place].encrypt(counters)
