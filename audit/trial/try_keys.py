"""Every hypothesis against every value of a batch."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from audit.layouts.layout import BLOCK, Iv, Layout, Mode
from audit.trial.block_modes import open_blocks
from audit.trial.gcm import open_gcm
from audit.trial.groups import Group, by_length
from audit.trial.hypothesis import Hypothesis
from audit.trial.last_blocks import Numbered, Worth
from audit.trial.one_by_one import open_one_by_one
from audit.trial.opened import OpenedValues
from audit.trial.views import View, Views


def _fits_one_of(layouts: Sequence[Layout], size: int) -> bool:
    return any(layout.fits(size) for layout in layouts)


def try_keys(
    values: Views, tried: Sequence[Hypothesis], worth: Worth | None = None
) -> Iterator[OpenedValues]:
    """What each hypothesis opens.

    Args:
        values: a batch.
        tried: the hypotheses.
        worth: which values that pass the padding of ECB or CBC are decrypted in full; all if not given.

    Yields:
        openings in an order that depends on the batch and the hypotheses alone. A hypothesis that opens
        nothing yields nothing.
    """
    by_view: dict[View, dict[tuple[bytes, int], list[Numbered]]] = {}
    of_layout: dict[int, list[Numbered]] = {}  # by identity: thousands of hypotheses share some dozens
    for item in enumerate(tried):
        layout = item[1].layout
        if id(layout) not in of_layout:
            of_layout[id(layout)] = by_view.setdefault(View.of(layout), {}).setdefault(_prefix(layout), [])
        of_layout[id(layout)].append(item)
    for view, by_prefix in by_view.items():
        layouts = {id(each.layout): each.layout for some in by_prefix.values() for _, each in some}.values()
        groups = list(by_length(values[view], partial(_fits_one_of, list(layouts))))
        for (prefix, at), of_prefix in by_prefix.items():
            yield from _open_groups([each.without(prefix, at) for each in groups], of_prefix, worth)


def try_single_blocks(
    values: Views, tried: Sequence[Hypothesis], worth: Worth | None = None, *, start: int
) -> Iterator[OpenedValues]:
    """What each hypothesis opens of the values that are a single block.

    Args:
        values: a batch.
        tried: the hypotheses.
        worth: as in `try_keys`.
        start: the number of the first hypothesis, where others were tried before these.

    Yields:
        openings, numbered from `start`, their rows those of the batch.
    """
    single = np.zeros(values.frame.height, np.bool_)
    for view, prefix in dict.fromkeys((View.of(each.layout), each.layout.prefix) for each in tried):
        here = values[view].bin.size() == BLOCK + len(prefix)
        if prefix:
            here &= values[view].bin.starts_with(prefix)
        single |= here.fill_null(value=False).to_numpy()
    rows = np.flatnonzero(single)
    if rows.size:
        for opened in try_keys(Views(values.frame[rows]), tried, worth):
            yield replace(opened, hypothesis=start + opened.hypothesis, rows=rows[opened.rows])


def _open_groups(
    groups: Sequence[Group], tried: Sequence[Numbered], worth: Worth | None
) -> Iterator[OpenedValues]:
    """Values of all lengths whose prefix is off, under the hypotheses with that prefix."""
    held = [group for group in groups if len(group.rows)]
    by_key = sorted(tried, key=lambda item: item[1].aes_key.reveal())
    others = [item for item in by_key if not item[1].layout.plain_aes]
    blocks = [item for item in by_key if item[1].layout.plain_aes and item[1].layout.mode is not Mode.GCM]
    sealed = [item for item in by_key if item[1].layout.plain_aes and item[1].layout.mode is Mode.GCM]
    whole = [group for group in held if group.length and group.length % BLOCK == 0]
    if blocks and whole:
        yield from open_blocks(whole, blocks, worth)
    if sealed:
        yield from open_gcm(held, sealed)
    if others:
        yield from open_one_by_one(held, others)


def _prefix(layout: Layout) -> tuple[bytes, int]:
    """A layout's constant prefix, and where it stands in the decoded view: behind a vector from beside."""
    return layout.prefix, BLOCK if layout.iv is Iv.BESIDE else 0
