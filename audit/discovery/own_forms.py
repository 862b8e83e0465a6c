"""One value in a form of its own: a head, a tail or an encoding that no other value of the store has.

What two values share is found as a wrapper or a prefix. Of one alone nothing says where its ciphertext begins
and how it is written down: so every place is tried, under every key. A text that comes out of one of some
fifty readings by chance is ruled out by the odds; a GCM tag rules it out by itself.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.keys.key_ring import Key
from audit.layouts.layout import BLOCK, Encoding, Iv, Layout
from audit.layouts.wrapper import BARE
from audit.trial.hypothesis import Hypothesis, hypotheses
from audit.trial.plain_text import Content
from audit.trial.try_keys import try_keys
from audit.trial.views import Views

NOBODY: Final = -1

_CHANCE: Final = 1e-4
"""Among this many values one seems to open in a form of its own by chance."""

_MOST_TRIED: Final = 200_000
"""Values times hypotheses: some seconds. Of more values the first ones are looked at."""

_MOST_VALUES: Final = 512
_FEWEST: Final = 8
_LONGEST: Final = 4_096
_LONGEST_HEAD: Final = 12
_LONGEST_TAIL: Final = 2
_LONGEST_PREFIX: Final = BLOCK
_MACS: Final = (16, 20, 32)
"""Bytes of a message authentication code after a ciphertext: HMAC with MD5, SHA-1, SHA-256 (RFC 2104)."""

_SHORTEST_SEALED: Final = 28
"""Bytes of a GCM nonce and tag."""

_RUN: Final = re.compile(rb"[A-Za-z0-9+/_-]{20,}={0,2}")
_ODD: Final = re.compile(rb"[^A-Za-z0-9+/=_-]")
_PAIRS: Final = re.compile(rb"[0-9A-Fa-f]{2}([^0-9A-Fa-f])(?:[0-9A-Fa-f]{2}\1){14,}[0-9A-Fa-f]{2}\1?")
_BASE32: Final = re.compile(rb"(?:[A-Z2-7]+|[a-z2-7]+)={0,6}")


@dataclass(frozen=True, slots=True, repr=False)
class OwnForms:
    """By value the candidate that opens it in a form of its own, or NOBODY; shape [n]."""

    key: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, order=True, repr=False)
class _Reading:
    """What may be a ciphertext; `ends`: whether something after it was taken off.

    There only padding that shows counts: whole blocks of text are what is left of a value that was cut off.
    """

    data: bytes
    ends: bool = False


def own_forms(
    values: pl.Series, rows: Sequence[int], keys: Sequence[Key], layouts: Sequence[Layout]
) -> OwnForms:
    """Which values open once something is taken off them, or once they are read in another encoding.

    Args:
        values: stored values, Binary.
        rows: those that may be in a form of their own, the likelier ones first.
        keys: the candidates.
        layouts: the layouts that are tried.
    """
    found = OwnForms(np.full(len(values), NOBODY, np.int32))
    tried = hypotheses(keys, _in_hex(layouts))
    if not tried or not rows:
        return found
    kept = rows[: min(_MOST_VALUES, max(_FEWEST, _MOST_TRIED // len(tried)))]
    of_row: list[int] = []
    bodies: list[_Reading] = []
    for row, value in zip(kept, values.gather(list(kept)).to_list(), strict=True):
        readings = set(_readings(value)) if len(value) <= _LONGEST else set()
        of_row += [row] * len(readings)
        bodies += sorted(readings)
    if not bodies:
        return found
    frame = pl.DataFrame(
        {
            "value": pl.Series([body.data.hex().encode() for body in bodies], dtype=pl.Binary),
            "iv": pl.Series([None] * len(bodies), dtype=pl.Binary),
        }
    )
    _take_best(found, np.array(of_row), np.array([body.ends for body in bodies]), frame, tried)
    return found


def _take_best(
    found: OwnForms,
    of_row: npt.NDArray[np.int64],
    ends: npt.NDArray[np.bool_],
    frame: pl.DataFrame,
    tried: Sequence[Hypothesis],
) -> None:
    best = np.zeros(len(found.key))
    chances = np.bincount(of_row, minlength=len(found.key)) * len(tried) * len(Content)
    for each in try_keys(Views(frame), tried):
        shows = tried[each.hypothesis].layout.padding.fill is None
        opened = each if shows else each.only(~ends[each.rows])
        rows = of_row[opened.rows]
        for row, log10 in zip(rows.tolist(), opened.log10.tolist(), strict=True):
            if log10 < best[row] and 10.0 ** max(log10, -300) * chances[row] <= _CHANCE:
                best[row] = log10
                found.key[row] = tried[opened.hypothesis].key


def _in_hex(layouts: Sequence[Layout]) -> list[Layout]:
    return [
        each
        for each in layouts
        if each.encoding is Encoding.HEX
        and each.plain_aes
        and each.wrapper == BARE
        and not each.prefix
        and each.iv is not Iv.BESIDE
    ]


def _readings(value: bytes) -> Iterator[_Reading]:
    """What may be the ciphertext of a value, none of them the value itself in an encoding that is tried."""
    whole = _decoded(value)
    if whole:
        yield from _parts(whole)
    elif not value.isascii():
        yield from _parts(value)
    for other in _other_encodings(value):
        yield from (_Reading(other), *_parts(other))
    for run in _RUN.findall(value):
        if run != value:
            yield from _read(run, ends=not value.endswith(run))
    for head in range(_LONGEST_HEAD + 1):
        for tail in range(_LONGEST_TAIL + 1):
            if head or tail:
                yield from _read(value[head : len(value) - tail], ends=tail > 0)


def _read(text: bytes, *, ends: bool) -> Iterator[_Reading]:
    if data := _decoded(text):
        yield _Reading(data, ends)


def _parts(data: bytes) -> Iterator[_Reading]:
    """The bytes after a prefix, or before a tail, if they are a ciphertext's."""
    for size in range(1, _LONGEST_PREFIX + 1):
        if len(data) - size >= _SHORTEST_SEALED or len(data) - size == BLOCK:
            yield _Reading(data[size:])
    for size in dict.fromkeys((len(data) % BLOCK, *_MACS)):
        if size and len(data) - size >= BLOCK and (len(data) - size) % BLOCK == 0:
            yield _Reading(data[:-size], ends=True)


def _other_encodings(value: bytes) -> Iterator[bytes]:
    if pairs := _PAIRS.fullmatch(value):
        yield binascii.unhexlify(value.replace(pairs[1], b""))
    if _BASE32.fullmatch(value):
        bare = value.rstrip(b"=").upper()
        with suppress(binascii.Error):
            yield base64.b32decode(bare + b"=" * (-len(bare) % 8))
    if b"%" in value:
        yield from filter(None, [_decoded(unquote_to_bytes(value))])
    if value.isascii() and _ODD.search(value):
        yield from filter(None, [_decoded(_ODD.sub(b"", value))])


def _decoded(text: bytes) -> bytes:
    """Bytes of hex or base64 in either alphabet, padded or not, a block or more; else nothing."""
    try:
        if re.fullmatch(rb"(?:[0-9A-Fa-f]{2})+", text):
            found = binascii.unhexlify(text)
        else:
            bare = text.translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
            found = base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        return b""
    return found if len(found) >= BLOCK else b""
