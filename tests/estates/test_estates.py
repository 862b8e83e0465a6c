"""Laws that hold of every estate, on a few seeds here and on as many as time allows in `make fuzz`.

`python -m tests.estates` shows the same by the hundred, and `--only SEED -v` a single one.
"""

import os
import random
import time

import pytest

from tests.estates.many import Job, check_one
from tests.hostile.damage import SECONDS

SEEDS = range(1, 13)
OCTOPUS_SEEDS = range(1, 5)


def broken_laws(job: Job) -> list[str]:
    """Every violation in words."""
    return [f"{each.law}: {each.location} {each.detail}" for each in check_one(job).violations]


@pytest.mark.parametrize("seed", SEEDS)
def test_laws_of_an_estate(seed: int) -> None:
    """No key, text or group is wrong, and nothing whole is given up, whatever the store is made of."""
    assert broken_laws(Job("cloudbees-cd", seed)) == []


@pytest.mark.parametrize("seed", OCTOPUS_SEEDS)
def test_laws_of_an_estate_of_octopus(seed: int) -> None:
    """The same in documents, and no sealed string within another goes unseen."""
    assert broken_laws(Job("octopus", seed)) == []


@pytest.mark.fuzz
@pytest.mark.parametrize("product", ["cloudbees-cd", "octopus"])
def test_laws_of_many_estates(product: str) -> None:
    """The same of seeds that nobody chose, by `make fuzz`; else of the same ones each time."""
    chance = random.SystemRandom() if "PASSKEY_AUDIT_FUZZ_SECONDS" in os.environ else random.Random(2026)
    end = time.monotonic() + SECONDS
    checked = 0
    while time.monotonic() < end:
        seed = chance.randrange(1 << 32)
        broken = broken_laws(Job(product, seed))
        assert not broken, f"python -m tests.estates --only {seed}: {broken[:3]}"
        checked += 1
    assert checked
