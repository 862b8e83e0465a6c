"""Every hypothesis against every value of a batch."""

from collections.abc import Iterator, Sequence

from audit.layouts.layout import BLOCK, Iv, Layout, Mode
from audit.trial.block_modes import open_blocks
from audit.trial.gcm import open_gcm
from audit.trial.groups import Group, by_length
from audit.trial.hypothesis import Hypothesis
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
    for view in dict.fromkeys(View.of(hypothesis.layout) for hypothesis in tried):
        of_view = [item for item in enumerate(tried) if View.of(item[1].layout) == view]
        by_prefix: dict[tuple[bytes, int], list[Numbered]] = {}
        for item in of_view:
            by_prefix.setdefault(_prefix(item[1].layout), []).append(item)
        groups = list(by_length(values[view], lambda size: any(h.layout.fits(size) for _, h in of_view)))  # noqa: B023  # used at once
        for (prefix, at), of_prefix in by_prefix.items():
            yield from _open_groups([each.without(prefix, at) for each in groups], of_prefix)


def _open_groups(groups: Sequence[Group], tried: Sequence[Numbered]) -> Iterator[Opened]:
    """Values of all lengths whose prefix is off, under the hypotheses with that prefix."""
    held = [group for group in groups if len(group.rows)]
    blocks = [item for item in tried if item[1].layout.mode is not Mode.GCM]
    whole = [group for group in held if group.length and group.length % BLOCK == 0]
    if blocks and whole:
        yield from open_blocks(whole, blocks)
    sealed = [item for item in tried if item[1].layout.mode is Mode.GCM]
    for group in held if sealed else ():
        fitting = [item for item in sealed if group.length >= item[1].layout.nonce_size + BLOCK]
        if fitting:
            yield from open_gcm(group, fitting)


def _prefix(layout: Layout) -> tuple[bytes, int]:
    """A layout's constant prefix, and where it stands in the decoded view: behind a vector from beside."""
    return layout.prefix, BLOCK if layout.iv is Iv.BESIDE else 0
