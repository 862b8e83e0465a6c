"""The p-value of a hypothesis is one: wrong hypotheses get a small one no oftener than it says."""

import numpy as np
import pytest

from audit.discovery.evidence import chance_log10, hardly_chance
from audit.trial.odds import padded_log10
from audit.trial.padding import is_padded
from audit.trial.plain_text import Content, classify


def by_chance(values: int, seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The odds of what a wrong key opens among so many single blocks."""
    blocks = np.random.default_rng(seed).integers(0, 256, (values, 16), np.uint8)
    opened = blocks[is_padded(blocks)]
    padding = opened[:, 15].astype(np.intp)
    content = classify(opened, 16 - padding)
    return np.array([padded_log10(Content(c), 1)[p] for c, p in zip(content, padding, strict=True)])


@pytest.mark.parametrize("values", [3, 40, 700])
def test_wrong_hypotheses_seldom_look_right(values: int) -> None:
    """Of 3,000 wrong hypotheses at most a share of alpha has a p-value of alpha or less."""
    levels = [chance_log10(by_chance(values, seed), values, 1) for seed in range(3_000)]
    for alpha in (0.2, 0.05, 0.01, 0.001):
        share = np.mean([level <= np.log10(alpha) for level in levels])
        assert share <= alpha + 3 * (alpha / 3_000) ** 0.5


def test_more_hypotheses_cost() -> None:
    """The same openings weigh less, the more hypotheses were tried."""
    openings = np.full(6, -8.6)
    one, many = chance_log10(openings, 50, 1), chance_log10(openings, 50, 1_000)
    assert many == pytest.approx(one + 3)
    assert chance_log10(np.zeros(0), 50, 1) == 0.0


def test_explained_is_more_than_chance_gives() -> None:
    """Of 50 values 40 with padding alone are explained; of 10,000 the 40 that chance gives are not."""
    padded = np.full(40, -2.4)
    assert hardly_chance(padded, 50).all()
    assert not hardly_chance(padded, 200).any()  # a share of 6 % may be chance
    assert not hardly_chance(padded, 10_000).any()
    assert hardly_chance(np.array([-2.4, -6.0]), 10_000).tolist() == [False, True]
