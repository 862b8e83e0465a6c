"""Blocks behind one constant among random ones."""

import random
from typing import Final

import numpy as np
import pytest

from audit.discovery.one_constant import behind_one_constant

ALPHABET: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%-_.#"


def blocks(texts: list[bytes], strangers: int, seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Texts behind one random constant, then random blocks."""
    chance = random.Random(seed)
    constant = np.frombuffer(chance.randbytes(16), np.uint8)
    behind = [np.frombuffer(text[:16], np.uint8) ^ constant for text in texts]
    rest = [np.frombuffer(chance.randbytes(16), np.uint8) for _ in range(strangers)]
    return np.array([*behind, *rest], np.uint8).reshape(-1, 16)


def passwords(count: int, seed: int) -> list[bytes]:
    return [bytes(random.Random(seed * 100 + at).choices(ALPHABET, k=16)) for at in range(count)]


@pytest.mark.parametrize("strangers", [0, 5, 20])
def test_two_texts_are_seen(strangers: int) -> None:
    """Of 40 stores with two such values among up to 20 others all are seen."""
    for seed in range(40):
        assert behind_one_constant(blocks(passwords(2, seed), strangers, seed))[:2].all()


def test_three_texts_are_seen_among_any() -> None:
    """Among 250 others."""
    for seed in range(10):
        assert behind_one_constant(blocks(passwords(3, seed), 250, seed))[:3].all()


@pytest.mark.parametrize("size", [2, 20, 60, 250])
def test_random_blocks_are_hardly_ever_taken_for_such(size: int) -> None:
    """Fewer than one store in 30 is doubted without a cause."""
    doubted = sum(behind_one_constant(blocks([], size, seed)).any() for seed in range(90))
    assert doubted <= 3
