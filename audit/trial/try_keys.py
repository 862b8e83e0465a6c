"""Every hypothesis against every value of a batch."""

from collections.abc import Iterator, Sequence

from audit.layouts.layout import BLOCK, Iv, Layout, Mode
from audit.trial.block_modes import open_blocks
from audit.trial.gcm import open_gcm
from audit.trial.groups import Group, by_length
from audit.trial.hypothesis import Hypothesis
from audit.trial.one_by_one import OneByOne
from audit.trial.opened import Opened
from audit.trial.views import View, Views

Numbered = tuple[int, Hypothesis]


def try_keys(values: Views, tried: Sequence[Hypothesis]) -> Iterator[Opened]:
    """What each hypothesis opens.

    Args:
        values: a batch.
        tried: the hypotheses.

    Yields:
        openings in an order that depends on the batch and the hypotheses alone. A hypothesis that opens
        nothing in a group of values of one length yields nothing for it.
    """
    one_by_one = OneByOne()
    for view in dict.fromkeys(View.of(hypothesis.layout) for hypothesis in tried):
        of_view = [item for item in enumerate(tried) if View.of(item[1].layout) == view]
        for group in by_length(values[view], lambda size: any(h.layout.fits(size) for _, h in of_view)):  # noqa: B023  # used at once
            fitting = [item for item in of_view if item[1].layout.fits(group.length)]
            yield from _open_group(group, fitting, one_by_one)


def _open_group(group: Group, tried: list[Numbered], one_by_one: OneByOne) -> Iterator[Opened]:
    for prefix, at in dict.fromkeys(_prefix(hypothesis.layout) for _, hypothesis in tried):
        behind = group.without(prefix, at)
        if not len(behind.rows):
            continue
        same_prefix = [item for item in tried if _prefix(item[1].layout) == (prefix, at)]
        in_columns = [item for item in same_prefix if item[1].layout.plain_aes]
        blocks = [item for item in in_columns if item[1].layout.mode is not Mode.GCM]
        sealed = [item for item in in_columns if item[1].layout.mode is Mode.GCM]
        if blocks:
            yield from open_blocks(behind, sorted(blocks, key=lambda item: item[1].aes_key.reveal()))
        if sealed:
            yield from open_gcm(behind, sealed)
        if len(in_columns) < len(same_prefix):
            others = [item for item in same_prefix if not item[1].layout.plain_aes]
            yield from one_by_one.open(behind, others)


def _prefix(layout: Layout) -> tuple[bytes, int]:
    """A layout's constant prefix, and where it stands in the decoded view: behind a vector from beside."""
    return layout.prefix, BLOCK if layout.iv is Iv.BESIDE else 0
