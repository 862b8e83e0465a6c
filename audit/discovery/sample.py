"""The values that layouts are found from."""

from collections import Counter
from collections.abc import Iterable
from math import lgamma, log
from typing import Final

import numpy as np
import polars as pl

from audit.layouts.layout import BLOCK

SAMPLE_SIZE: Final = 8_192
"""Values spread evenly: a layout of one value in a thousand still shows, and 2,000 hypotheses take seconds.
With those of rare lengths it may be three times as many."""

_OF_EVERY_LENGTH: Final = 32

_SIZE: Final = pl.col("value").bin.size()

MOST_PREFIXES: Final = 16
"""Each multiplies the hypotheses."""

_LONGEST_PREFIX: Final = BLOCK - 1
_ENOUGH_TO_SHARE: Final = 2
_BY_CHANCE: Final = 0.01
_NEARLY_ALL: Final = 0.9
_VERSIONS: Final = 4
"""Prefixes of one length that a store is believed to have at once."""


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

    Whole blocks after a prefix leave its length over: among the values of one length modulo 16, that many
    bytes are looked at. GCM leaves anything over: there what all values share is looked at, up to where they
    part. Where they part after whole blocks more, equal texts begin alike in ECB or under a constant vector.

    A proposal is only a hypothesis: two values are enough for one if chance would hardly make them begin
    alike (one time in a hundred, corrected for every prefix of that length), and a sixteenth of those looked
    at must share it. The data have to establish it afterwards.

    Args:
        decoded: the values as bytes, Binary, without nulls.

    Returns:
        at most `MOST_PREFIXES`, those that most values share in front.
    """
    sizes = decoded.bin.size()
    found: Counter[bytes] = Counter()
    for residue in range(1, BLOCK):
        of_residue = decoded.filter((sizes % BLOCK == residue) & (sizes > BLOCK))
        found.update(_heads(of_residue, residue))
    found.update(_constant_heads(decoded.filter(sizes > BLOCK)))
    ranked = sorted(found.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
    return [head for head, _ in ranked[:MOST_PREFIXES]]


def _constant_heads(values: pl.Series) -> dict[bytes, int]:
    """Where values that begin alike part, and how many did until then."""
    found: dict[bytes, int] = {}
    for first in _heads(values, 1):
        head, alike = first, values.filter(values.bin.starts_with(first))
        while len(head) < _LONGEST_PREFIX + BLOCK:
            further = _heads(alike.filter(alike.bin.size() > len(head)), len(head) + 1)  # some may end here
            most = max(further.values(), default=0)
            if most < _NEARLY_ALL * len(alike) and len(head) <= _LONGEST_PREFIX:
                # A constant part of the nonce may follow the first byte.
                found |= {first: len(alike), head: len(alike)}
            if not further:
                break
            head = max(further, key=lambda each: further[each])
            alike = alike.filter(alike.bin.starts_with(head))
    return found


def _heads(values: pl.Series, size: int) -> dict[bytes, int]:
    """Beginnings of `size` bytes that more values share than chance explains, and how many do."""
    counted = values.bin.head(size).alias("head").value_counts(sort=True, name="times").head(_VERSIONS)
    return {
        head: times
        for head, times in counted.iter_rows()
        if times >= max(_ENOUGH_TO_SHARE, len(values) // 16) and _hardly_chance(times, len(values), size)
    }


def _hardly_chance(times: int, of: int, size: int) -> bool:
    """Whether `times` of so many random values hardly share any beginning of `size` bytes.

    By the expected number of sets of that many values that do: C(of, times) · 256^(-size · (times - 1)).
    """
    log_sets = lgamma(of + 1) - lgamma(times + 1) - lgamma(of - times + 1)
    return log_sets - size * (times - 1) * log(256) <= log(_BY_CHANCE)
