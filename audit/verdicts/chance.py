"""How many weak openings chance explains."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.trial.best import NOT_OPENED, Best
from audit.trial.odds import padded_log10
from audit.trial.plain_text import Content
from audit.verdict import STRONG_AT_MOST

_CHANCE_SHARE: Final = 0.2
"""An opening that is taken for one is looked at by a person; where it is not, the secret is called lost."""

_WITHHELD_SHARE: Final = 0.05
_MOST_WITHHELD: Final = 4
"""This many values whose key is missing may seem to open by chance, and are not called lost."""

_ANY: Final = 10 ** padded_log10(Content.BINARY, 1)[1] / len(Content)
"""A wrong key's opening has padding, whatever its class: all classes together are no likelier than that."""


def corrected(log10: npt.NDArray[np.float64], correction: int) -> npt.NDArray[np.float64]:
    """The probability that any of `correction` chances to be wrong gives as good an opening."""
    probability: npt.NDArray[np.float64] = np.minimum(1.0, 10.0 ** np.maximum(log10, -300) * correction)
    return probability


def convincing(best: Best, correction: int) -> npt.NDArray[np.bool_]:
    """Openings that are proven or strong."""
    holds: npt.NDArray[np.bool_] = best.proven | (corrected(best.log10, correction) <= STRONG_AT_MOST)
    return holds


def may_count(log10: npt.NDArray[np.float64], correction: int) -> npt.NDArray[np.bool_]:
    """Where `WeakOpenings.hardly_chance` can hold: it does there if all values open so well; shape [n]."""
    possible: npt.NDArray[np.bool_] = _share_by_chance(log10, correction) <= _CHANCE_SHARE
    return possible


def _share_by_chance(log10: npt.NDArray[np.float64], correction: int) -> npt.NDArray[np.float64]:
    share: npt.NDArray[np.float64] = correction * np.minimum(10.0 ** np.maximum(log10, -300), _ANY)
    return share


@dataclass(frozen=True, slots=True)
class WeakOpenings:
    """The weak openings of all the stores, against what chance gives among the values without a key.

    A wrong key passes the padding of 0.4 % of all values, so that of 100,000 lost ones some 400 seem to open.
    A value with a convincing opening does not count: it has its key, and no other is looked for.

    Attributes:
        tried: values that no key opens convincingly.
        log10: of their openings, ascending.
        correction: chances to be wrong for each value.
    """

    tried: int
    log10: npt.NDArray[np.float64]
    correction: int

    @classmethod
    def of(cls, bests: Iterable[Best], correction: int) -> "WeakOpenings":
        """Those of these batches."""
        tried, found = 0, [np.zeros(0)]
        for best in bests:
            without_key = ~convincing(best, correction)
            tried += int(without_key.sum())
            found.append(best.log10[without_key & (best.hypothesis != NOT_OPENED)])
        return cls(tried, np.sort(np.concatenate(found)), correction)

    def hardly_chance(self, log10: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which openings at these levels mean something; shape [n].

        At each level chance gives so many that are as good; of those that are there, at most a fifth may be
        its work (the false discovery rate of Benjamini and Hochberg 1995). One alone counts where at most 0.2
        are expected; binary secrets that all show the same padding count however many they are.
        """
        as_good = np.searchsorted(self.log10, log10, side="right")
        by_chance = self.tried * _share_by_chance(log10, self.correction)
        # To call a whole secret lost is worse than to ask a person about a few lost ones: where chance gives
        # no more than these, it need not be ruled out.
        withheld = _share_by_chance(log10, self.correction)
        few = (withheld <= _WITHHELD_SHARE) & (self.tried * withheld <= _MOST_WITHHELD)
        hardly: npt.NDArray[np.bool_] = (by_chance <= _CHANCE_SHARE * as_good) | few
        return hardly
