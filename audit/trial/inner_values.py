"""Plain texts that look like stored values themselves: what was encrypted twice."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK, Iv
from audit.trial.best import Best
from audit.trial.hypothesis import Hypothesis
from audit.trial.opened import Opened
from audit.trial.plain_text import Content

_ALPHABET: Final = np.isin(
    np.arange(256), list(b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=|{}()$:.," ')
)
"""Base64 in both alphabets and hex, with a `|` before a vector and the usual wrappers."""

_SHORTEST_WRITTEN: Final = 22
"""Characters of one block in base64 without padding."""


class InnerValues:
    """Collects them from what is opened, and hands them out for values whose best opening they are.

    Holds plain text: it never leaves the trial.
    """

    def __init__(self) -> None:
        self._found: list[tuple[int, int, bytes]] = []

    def watch(self, opened: Iterable[Opened], rows: npt.NDArray[np.intp]) -> Iterator[Opened]:
        """The openings as they come, looked at in passing; `rows`: where these values stand in the batch."""
        for each in opened:
            for place in np.flatnonzero(_may_be_stored(each)):
                plain = each.plain[place, : each.lengths[place]].tobytes()
                self._found.append((int(rows[each.rows[place]]), each.hypothesis, plain))
            yield each

    def of(self, best: Best, sure: npt.NDArray[np.bool_], tried: Sequence[Hypothesis]) -> dict[int, bytes]:
        """By row: of those that open with certainty, what they open to, unless its beginning stays hidden.

        Whether that is the whole text need not be settled: if it opens once more, it is.
        """
        return {
            row: plain
            for row, hypothesis, plain in self._found
            if sure[row]
            and best.hypothesis[row] == hypothesis
            and tried[hypothesis].layout.iv is not Iv.UNKNOWN
        }


def _may_be_stored(opened: Opened) -> npt.NDArray[np.bool_]:
    """Whole blocks of what is no text, or text of the characters that ciphertext is written in; shape [n]."""
    raw: npt.NDArray[np.bool_] = (opened.content == Content.BINARY) & (opened.lengths >= BLOCK)
    written = (opened.content == Content.ASCII) & (opened.lengths >= _SHORTEST_WRITTEN)
    rows = np.flatnonzero(written)
    beyond = np.arange(opened.plain.shape[1]) >= opened.lengths[rows, None]
    raw[rows] = (_ALPHABET[opened.plain[rows]] | beyond).all(axis=1)
    return raw
