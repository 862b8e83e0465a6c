"""The odds are upper bounds of what random bytes do, and not far above it."""

from itertools import pairwise

import numpy as np
import pytest

from audit.trial.odds import padded_log10, text_log10
from audit.trial.padding import is_padded
from audit.trial.plain_text import Content, classify

BLOCKS = 1_000_000


def share(content: Content, length: int, rows: int) -> float:
    """How often random bytes are of this class or a stricter one."""
    noise = np.random.default_rng(length).integers(0, 256, (rows, length), np.uint8)
    return float((classify(noise, np.full(rows, length)) <= content).mean())


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("content", [Content.ASCII, Content.TEXT])
def test_text_of_random_bytes(content: Content, length: int) -> None:
    """Random bytes are text at most as often as the odds say; for ASCII exactly so often."""
    rows = 400_000
    bound = 10 ** text_log10(content, length)
    noise = 5 * (bound / rows) ** 0.5
    seen = share(content, length, rows)
    assert seen <= bound + noise
    assert seen >= (bound - noise if content is Content.ASCII else 0.9 * bound - noise)


@pytest.mark.parametrize("padding", [1, 2])
def test_padding_of_random_blocks(padding: int) -> None:
    """A random block ends in padding of so many bytes or more as often as the odds say."""
    blocks = np.random.default_rng(padding).integers(0, 256, (4 * BLOCKS, 16), np.uint8)
    passes = blocks[is_padded(blocks)]
    seen = (passes[:, 15] >= padding).sum() / len(blocks)
    bound = 10 ** padded_log10(Content.BINARY, 1)[padding]
    assert abs(seen - bound) <= 5 * (bound / len(blocks)) ** 0.5


def test_text_before_padding() -> None:
    """Blocks whose last 12 bytes are padding have text before it as often as the two odds together say."""
    blocks = np.random.default_rng(9).integers(0, 256, (BLOCKS, 16), np.uint8)
    blocks[:, 4:] = 12
    seen = (classify(blocks, np.full(BLOCKS, 4)) == Content.ASCII).mean()
    alone = 10 ** (padded_log10(Content.ASCII, 1)[12] + 12 * np.log10(256))
    assert 0.96 < seen / alone < 1.01  # longer paddings are in the odds as well, a fortieth of it


def test_each_class_and_each_byte_costs() -> None:
    """A stricter class, a longer padding and a further block make an accident rarer, never likelier."""
    for blocks in (1, 2, 7, 40, 4_000):
        tables = [padded_log10(content, blocks)[1:] for content in Content]
        assert all((stricter <= looser).all() for stricter, looser in pairwise(tables))
        assert all((np.diff(table) < 0).all() for table in tables)
    assert (padded_log10(Content.TEXT, 2)[1:] < padded_log10(Content.TEXT, 1)[1:]).all()
