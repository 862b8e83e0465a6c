"""GCM in columns (NIST SP 800-38D): nonce in front, tag of 16 bytes behind; the tag decides.

The first block of keystream screens out most wrong keys, since most secrets are text. A value that no key's
screen lets through has its tag checked under every key all the same: secrets may be binary.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK
from audit.trial.aes_columns import AesColumns
from audit.trial.ghash import Ghash
from audit.trial.groups import Bytes, Group, Rows
from audit.trial.hypothesis import Hypothesis
from audit.trial.odds import TAG_LOG10
from audit.trial.opened import Opened
from audit.trial.padding import padded
from audit.trial.plain_text import classify, is_plain_ascii
from parsers.secret import Secret

_STANDARD_NONCE: Final = 12


def open_gcm(group: Group, tried: Sequence[tuple[int, Hypothesis]]) -> Iterator[Opened]:
    """What these hypotheses open in a group of values of one length, prefixes taken off."""
    ciphers = {key: _GcmKey.of(key) for key in dict.fromkeys(each.aes_key for _, each in tried)}
    standard = _standard_counters(group)
    sealed = [(index, _Sealed.of(group, each, ciphers[each.aes_key], standard)) for index, each in tried]
    promising = [each.screen() for _, each in sealed]
    opened = np.zeros(len(group.rows), np.bool_)
    for (index, each), passes in zip(sealed, promising, strict=True):
        yield from _open(index, each, np.flatnonzero(passes), opened)
    for (index, each), passes in zip(sealed, promising, strict=True):
        yield from _open(index, each, np.flatnonzero(~passes & ~opened), opened)


def _open(index: int, sealed: "_Sealed", rows: Rows, opened: npt.NDArray[np.bool_]) -> Iterator[Opened]:
    """Check the tags of these rows, mark those that fit in `opened`, and yield them."""
    if not rows.size:
        return
    rows = rows[sealed.tags_fit(rows)]
    opened[rows] = True
    if rows.size:
        plain = sealed.decrypt(rows)
        lengths = np.full(len(rows), plain.shape[1], np.intp)
        odds = np.full(len(rows), TAG_LOG10)
        content = classify(plain, lengths)
        yield Opened(index, sealed.rows[rows], padded(plain), lengths, content, odds, odds)


@dataclass(frozen=True, slots=True)
class _GcmKey:
    """What a key needs once, for all layouts."""

    cipher: AesColumns
    ghash: Ghash

    @classmethod
    def of(cls, aes_key: Secret) -> "_GcmKey":
        cipher = AesColumns(aes_key)
        return cls(cipher, Ghash(cipher.encrypt(np.zeros(BLOCK, np.uint8)).tobytes()))


@dataclass(frozen=True, slots=True)
class _Sealed:
    """Values of one length, taken apart under one key."""

    rows: Rows
    key: _GcmKey
    counters: Bytes
    body: Bytes
    tags: Bytes

    @classmethod
    def of(cls, group: Group, hypothesis: Hypothesis, key: _GcmKey, standard: Bytes) -> "_Sealed":
        """`standard` are the counters that nonces of 12 bytes give, whatever the key."""
        size = hypothesis.layout.nonce_size
        hashed = size != _STANDARD_NONCE
        return cls(
            rows=group.rows,
            key=key,
            counters=key.ghash.of(group.data[:, :size], bit_lengths=(0, 8 * size)) if hashed else standard,
            body=group.data[:, size:-BLOCK],
            tags=group.data[:, -BLOCK:],
        )

    def screen(self) -> npt.NDArray[np.bool_]:
        """Rows whose first block decrypts to printable ASCII without white space but blanks."""
        head = self._keystream(1, None)
        width = min(BLOCK, self.body.shape[1])
        head[:, :width] ^= self.body[:, :width]
        head[:, width:] = ord(" ")
        return is_plain_ascii(head, np.full(len(head), BLOCK, np.intp))

    def tags_fit(self, rows: Rows) -> npt.NDArray[np.bool_]:
        """Rows whose tag is the one that this key gives; shape [n]."""
        hashed = self.key.ghash.of(self.body[rows], bit_lengths=(0, 8 * self.body.shape[1]))
        fits: npt.NDArray[np.bool_] = (hashed ^ self._keystream(0, rows) == self.tags[rows]).all(axis=1)
        return fits

    def decrypt(self, rows: Rows) -> Bytes:
        """The plain text of these rows; shape [n, length]."""
        plain = self.body[rows]
        for block, start in enumerate(range(0, plain.shape[1], BLOCK), start=1):
            piece = plain[:, start : start + BLOCK]
            piece ^= self._keystream(block, rows)[:, : piece.shape[1]]
        return plain

    def _keystream(self, block: int, rows: Rows | None) -> Bytes:
        """The block of this number; of all rows where None are given."""
        counters = self.counters.copy() if rows is None else self.counters[rows]
        low = counters[:, 12:].view(">u4")
        low += np.uint32(block)  # it wraps within its 32 bits, as the standard says
        return self.key.cipher.encrypt(counters)


def _standard_counters(group: Group) -> Bytes:
    """J₀ of the standard, section 7.1, for nonces of 12 bytes; others are hashed. Shape [n, 16]."""
    counters = np.zeros((len(group.rows), BLOCK), np.uint8)
    counters[:, :_STANDARD_NONCE] = group.data[:, :_STANDARD_NONCE]
    counters[:, -1] = 1
    return counters
