"""What a hypothesis opens, against what chance would open."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.trial.hypothesis import Hypothesis
from audit.trial.plain_text import Content
from audit.verdict import ESTABLISHED_AT_MOST

_TIERS: Final = (2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 38)
"""Levels of surprise, as powers of ten, at which openings are counted; 38 is a GCM tag."""

_CREDIBLE_LOG10: Final = -5.0
"""An opening that chance would give once in 100,000 values counts as explained by its hypothesis."""

_CHANCE_SHARE: Final = 0.05
"""So do weaker ones of which at most this share is chance: binary secrets, say, that all show padding."""


@dataclass(frozen=True, slots=True, repr=False)
class Openings:
    """Everything that one hypothesis opened in the sample.

    Attributes:
        rows: shape [n]; `log10`, `last_log10`: as in `OpenedValues`;
            `tags`: equal for equal plain texts, [n, 2].
        explained: openings that are hardly chance; shape [n].
    """

    rows: npt.NDArray[np.intp]
    log10: npt.NDArray[np.float64]
    last_log10: npt.NDArray[np.float64]
    tags: npt.NDArray[np.uint64]
    explained: npt.NDArray[np.bool_]


def hardly_chance(log10: npt.NDArray[np.float64], tried: int) -> npt.NDArray[np.bool_]:
    """Which of the openings that a hypothesis has among `tried` values are hardly chance; shape [n].

    At each level chance gives tried·p openings as good, for each class of content; what it gives, divided by
    what there is, is the share of false ones (Benjamini and Hochberg 1995).
    """
    as_good = np.searchsorted(np.sort(log10), log10, side="right")
    by_chance = tried * len(Content) * 10.0**log10
    hardly: npt.NDArray[np.bool_] = (log10 <= _CREDIBLE_LOG10) | (by_chance <= _CHANCE_SHARE * as_good)
    return hardly


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well a hypothesis is supported.

    Attributes:
        hypothesis: the key in the layout.
        equivalent: hypotheses with the same key that explain the same of the data as well, mostly because
            they give the same plain text.
        opened: how many values of the sample it opens beyond chance.
        tried: how many values of the sample can be of its layout at all.
        log10: of the p-value, corrected for the number of hypotheses.
        proven: whether a known plain text has proven the layout.
    """

    hypothesis: Hypothesis
    equivalent: tuple[Hypothesis, ...]
    opened: int
    tried: int
    log10: float
    proven: bool = False

    @property
    def p_value(self) -> float:
        """The corrected p-value; never 0, since a float has an end."""
        return float(max(10.0 ** max(self.log10, -300), 1e-300))

    @property
    def established(self) -> bool:
        """Whether verdicts may rest on it."""
        return self.proven or self.p_value <= ESTABLISHED_AT_MOST

    @property
    def alike(self) -> tuple[Hypothesis, ...]:
        """The hypothesis and those that the data cannot tell from it, the simplest first."""
        return (self.hypothesis, *self.equivalent)

    @property
    def names(self) -> list[str]:
        """Their layouts' names."""
        return [name for each in self.alike for name in each.names]


def chance_log10(last_log10: npt.NDArray[np.float64], tried: int, hypotheses: int) -> float:
    """`surprise_log10`, corrected for everything tried (Bonferroni).

    Args:
        last_log10: chance of each opening by its last block alone, of independent values.
        tried: how many independent values were tried.
        hypotheses: how many hypotheses were tried on them.
    """
    return min(0.0, surprise_log10(last_log10, tried) + math.log10(len(_TIERS) * hypotheses))


def surprise_log10(last_log10: npt.NDArray[np.float64], tried: int) -> float:
    """log10 of the chance that a wrong hypothesis does as well at its best level; 0 for what chance gives.

    Of n independent values, k at a level p or better have probability at most (np)ᵏ/k!, for each class of
    content.
    """
    best = 0.0
    for tier in _TIERS:
        count = int(np.count_nonzero(last_log10 <= -tier))
        if not count:
            break
        expected_log10 = math.log10(tried * len(Content)) - tier
        if expected_log10 < math.log10(count):
            best = min(best, count * expected_log10 - math.lgamma(count + 1) / math.log(10))
    return best
