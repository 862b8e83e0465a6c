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
        nothing among values of one length yields nothing for them.
    """
    for view in dict.fromkeys(View.of(hypothesis.layout) for hypothesis in tried):
        of_view = [item for item in enumerate(tried) if View.of(item[1].layout) == view]
        layouts = list(dict.fromkeys(item[1].layout for item in of_view))
        groups = list(by_length(values[view], lambda size: any(layout.fits(size) for layout in layouts)))  # noqa: B023  # used at once
        for prefix, at in dict.fromkeys(_prefix(layout) for layout in layouts):
            same_prefix = [item for item in of_view if _prefix(item[1].layout) == (prefix, at)]
            yield from _open_behind(prefix, at, groups, same_prefix)


def _open_behind(
    prefix: bytes, at: int, groups: Sequence[Group], tried: Sequence[Numbered]
) -> Iterator[Opened]:
    """What hypotheses behind one prefix open."""
    blocks = _Fitting([item for item in tried if item[1].layout.mode is not Mode.GCM])
    sealed = _Fitting([item for item in tried if item[1].layout.mode is Mode.GCM])
    in_gcm = []
    for group in groups:
        behind = group.without(prefix, at)
        if not len(behind.rows):
            continue
        fitting = blocks.to(group.length)
        if fitting:
            yield from open_blocks(behind, fitting)
        if sealed.to(group.length):
            in_gcm.append(behind)
    yield from open_gcm(in_gcm, sealed.tried)


class _Fitting:
    """Hypotheses by the lengths that they fit; those of one key stand together.

    There are thousands of hypotheses and of lengths, but few layouts, and few answers of all layouts.
    """

    def __init__(self, tried: list[Numbered]) -> None:
        self.tried = sorted(tried, key=lambda item: item[1].aes_key.reveal())
        self._layouts = list(dict.fromkeys(item[1].layout for item in self.tried))
        self._by_answers: dict[tuple[bool, ...], list[Numbered]] = {}

    def to(self, length: int) -> list[Numbered]:
        """Those whose layout takes values of this length, prefix included."""
        answers = tuple(layout.fits(length) for layout in self._layouts)
        if answers not in self._by_answers:
            fits = {layout for layout, answer in zip(self._layouts, answers, strict=True) if answer}
            self._by_answers[answers] = [item for item in self.tried if item[1].layout in fits]
        return self._by_answers[answers]


def _prefix(layout: Layout) -> tuple[bytes, int]:
    """A layout's constant prefix, and where it stands in the decoded view: behind a vector from beside."""
    return layout.prefix, BLOCK if layout.iv is Iv.BESIDE else 0
