"""GCM in columns (NIST SP 800-38D): nonce in front, tag of 16 bytes behind; the tag decides.

The first block of keystream screens out most wrong keys, since most secrets are text. A value that no key's
screen lets through has its tag checked under every key all the same: secrets may be binary. Both take values
of all lengths at once, for a store of keys and certificates has hardly two of one length.

The tags of many short values are checked in columns, those of few or of long ones by the library: a call
costs what the columns need for some 500 bytes.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.layouts.layout import BLOCK
from audit.trial.aes_columns import AesColumns
from audit.trial.gcm_values import STANDARD_NONCE, GcmValues
from audit.trial.ghash import Ghash
from audit.trial.groups import Bytes, Group, Rows
from audit.trial.hypothesis import Hypothesis
from audit.trial.odds import TAG_LOG10
from audit.trial.opened import Opened
from audit.trial.padding import padded
from audit.trial.plain_text import classify, is_plain_ascii
from parsers.secret import Secret

MANY: Final = 64
"""Short values, for each block of the longest, that pay for a table of products: it takes 0.1 ms for a block,
a call of the library 1.5 µs."""

_BLANKS: Final = np.frombuffer(b" " * 8, np.uint64)[0]

Numbered = tuple[int, Hypothesis]


def open_gcm(groups: Sequence[Group], tried: Sequence[Numbered], *, many: int = MANY) -> Iterator[Opened]:
    """What these hypotheses open, whatever the lengths.

    Args:
        groups: values of one length each, shortest first, prefixes taken off.
        tried: hypotheses in GCM, each with its place in the whole list; those of one AES key stand together.
        many: so many short values for each block of the longest are checked in columns, fewer one by one.

    Yields:
        openings of one length each: first of values that open to text, then of those that no key opened so.
    """
    if not groups:
        return
    values = _by_nonce_size(groups, tried)
    opened = np.zeros(1 + max(int(group.rows.max()) for group in groups), np.bool_)
    for found in _open(values, tried, many, screened=True):
        opened[found.rows] = True
        yield found
    rest = {size: each.only(~opened[each.values.rows]) for size, each in values.items()}
    yield from _open(rest, tried, many, screened=False)


def _by_nonce_size(groups: Sequence[Group], tried: Sequence[Numbered]) -> dict[int, GcmValues]:
    """The values taken apart; sizes are missing for which all of them are too short."""
    values = {}
    for size in dict.fromkeys(each.layout.nonce_size for _, each in tried):
        long_enough = [group for group in groups if group.length >= size + BLOCK]
        if long_enough:
            values[size] = GcmValues.of(long_enough, size)
    return values


def _open(
    by_nonce_size: dict[int, GcmValues], tried: Sequence[Numbered], many: int, *, screened: bool
) -> Iterator[Opened]:
    """Check the tags of all values, or of those alone that the screen lets through."""
    for aes_key, of_key in groupby(tried, key=lambda item: item[1].aes_key):
        key = _GcmKey(aes_key)
        for index, hypothesis in of_key:
            values = by_nonce_size.get(hypothesis.layout.nonce_size)
            if not values:  # none is long enough, or none is left
                continue
            under_key = _UnderKey(values, key)
            rows = np.flatnonzero(under_key.screen()) if screened else np.arange(len(values))
            for of_length, plain in under_key.open(rows, many):
                yield _judge(index, values.values.rows[of_length], plain)


def _judge(index: int, rows: Rows, plain: Bytes) -> Opened:
    lengths = np.full(len(rows), plain.shape[1], np.intp)
    odds = np.full(len(rows), TAG_LOG10)
    return Opened(index, rows, padded(plain), lengths, classify(plain, lengths), odds, odds)


class _GcmKey:
    """What a key needs once, for all layouts."""

    def __init__(self, aes_key: Secret) -> None:
        self.cipher = AesColumns(aes_key)
        self.ghash = Ghash(self.cipher.encrypt(np.zeros(BLOCK, np.uint8)).tobytes())
        self.library = AESGCM(aes_key.reveal())


class _UnderKey:
    """Values under one key; rows are places in `values`, ascending, and so with their lengths."""

    def __init__(self, values: GcmValues, key: _GcmKey) -> None:
        self._values = values
        self._key = key
        self._counters = values.counters if values.nonces is None else key.ghash.of(values.nonces)

    def screen(self) -> npt.NDArray[np.bool_]:
        """Rows whose first block decrypts to printable ASCII without white space but blanks."""
        head = self._keystream(1, self._counters).view(np.uint64) ^ self._values.heads
        beyond = self._values.beyond
        text = (head & ~beyond) | (_BLANKS & beyond)
        return is_plain_ascii(text.view(np.uint8), np.full(len(text), BLOCK, np.intp))

    def open(self, rows: Rows, many: int) -> Iterator[tuple[Rows, Bytes]]:
        """Of these rows those whose tag fits, length by length; with their plain text, shape [n, length]."""
        short = int(np.searchsorted(rows, len(self._values.short)))
        if short < many * self._values.short.blocks:
            short = 0
        for of_length in self._of_one_length(self._tags_fit(rows[:short])):
            yield of_length, self._decrypt(of_length)
        texts = dict(self._one_by_one(rows[short:]))
        for of_length in self._of_one_length(np.array([*texts], np.intp)):
            plain = np.frombuffer(b"".join(texts[row] for row in of_length.tolist()), np.uint8)
            yield of_length, plain.reshape(len(of_length), -1)

    def _of_one_length(self, rows: Rows) -> list[Rows]:
        if not rows.size:
            return []
        return np.split(rows, np.flatnonzero(np.diff(self._values.sizes[rows])) + 1)

    def _tags_fit(self, rows: Rows) -> Rows:
        """Those of these short rows whose tag is the one that this key gives.

        A wrong tag differs in the first half already: the other half is looked up for right ones alone.
        """
        for half in (0, 1):
            if rows.size:
                hashed = self._key.ghash.half(self._values.short.only(rows), half)
                mask = self._keystream(0, self._counters[rows]).view(np.uint64)[:, half]
                rows = rows[hashed ^ mask == self._values.tags[rows, half]]
        return rows

    def _one_by_one(self, rows: Rows) -> Iterator[tuple[int, bytes]]:
        """Those of these rows whose tag fits, and their plain texts, by the library."""
        data, decrypt = self._values.values.data.data, self._key.library.decrypt
        starts = self._values.values.starts[rows]
        bodies, ends = starts + self._values.nonce_size, starts + self._values.values.lengths[rows]
        for row, start, body, end in zip(
            *(each.tolist() for each in (rows, starts, bodies, ends)), strict=True
        ):
            try:
                yield row, decrypt(data[start:body], data[body:end], None)
            except InvalidTag:
                continue

    def _decrypt(self, rows: Rows) -> Bytes:
        """The plain text of rows of one length; shape [n, length]."""
        values, size = self._values.values, int(self._values.sizes[rows[0]])
        plain: Bytes = values.data[(values.starts[rows] + self._values.nonce_size)[:, None] + np.arange(size)]
        counters = self._counters[rows]
        for block, start in enumerate(range(0, size, BLOCK), start=1):
            piece = plain[:, start : start + BLOCK]
            piece ^= self._keystream(block, counters)[:, : piece.shape[1]]
        return plain

    def _keystream(self, block: int, counters: Bytes) -> Bytes:
        """The block of this number; shape [n, 16], C-contiguous."""
        if block:
            counters = counters.copy()
            low = counters[:, STANDARD_NONCE:].view(">u4")
            low += np.uint32(block)  # it wraps within its 32 bits, as the standard says
        return self._key.cipher.encrypt(counters)
