"""Every hypothesis against every value of a batch."""

from collections.abc import Iterator, Sequence

from audit.layouts.layout import BLOCK, Iv, Layout, Mode
from audit.trial.block_modes import open_blocks
from audit.trial.gcm import open_gcm
from audit.trial.groups import Group, by_length
from audit.trial.hypothesis import Hypothesis
from audit.trial.one_by_one import open_one_by_one
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
    in_columns = [item for item in enumerate(tried) if item[1].layout.plain_aes]
    for view in dict.fromkeys(View.of(hypothesis.layout) for _, hypothesis in in_columns):
        of_view = [item for item in in_columns if View.of(item[1].layout) == view]
        for group in by_length(values[view], lambda size: any(h.layout.fits(size) for _, h in of_view)):  # noqa: B023  # used at once
            fitting = [item for item in of_view if item[1].layout.fits(group.length)]
            yield from _open_group(group, fitting)
    yield from _open_others(values, [item for item in enumerate(tried) if not item[1].layout.plain_aes])


def _open_group(group: Group, tried: list[Numbered]) -> Iterator[Opened]:
    for prefix, at in dict.fromkeys(_prefix(hypothesis.layout) for _, hypothesis in tried):
        behind = group.without(prefix, at)
        if not len(behind.rows):
            continue
        same_prefix = [item for item in tried if _prefix(item[1].layout) == (prefix, at)]
        blocks = [item for item in same_prefix if item[1].layout.mode is not Mode.GCM]
        sealed = [item for item in same_prefix if item[1].layout.mode is Mode.GCM]
        if blocks:
            yield from open_blocks(behind, sorted(blocks, key=lambda item: item[1].aes_key.reveal()))
        if sealed:
            yield from open_gcm(behind, sealed)


def _open_others(values: Views, tried: Sequence[Numbered]) -> Iterator[Opened]:
    """Those that are no plain AES: values of all lengths together, by encoding and prefix."""
    by_form: dict[tuple[View, bytes, int], list[Numbered]] = {}
    for item in tried:
        by_form.setdefault((View.of(item[1].layout), *_prefix(item[1].layout)), []).append(item)
    for (view, prefix, at), of_form in by_form.items():
        groups = by_length(values[view], lambda size: any(h.layout.fits(size) for _, h in of_form))  # noqa: B023  # used at once
        behind = [group.without(prefix, at) for group in groups]
        yield from open_one_by_one([group for group in behind if len(group.rows)], of_form)


def _prefix(layout: Layout) -> tuple[bytes, int]:
    """A layout's constant prefix, and where it stands in the decoded view: behind a vector from beside."""
    return layout.prefix, BLOCK if layout.iv is Iv.BESIDE else 0
