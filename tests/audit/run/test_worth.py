"""What is left out of a trial by its last block alone changes no answer."""

import math
import random
from collections.abc import Callable
from functools import partialmethod
from typing import Any, Final

import numpy as np
import pytest

from audit.discovery import sample_trial
from audit.layouts.layout import Iv, KeyForm, Layout, Mode, Padding
from audit.run import examine as examination
from audit.run.examine import examine
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret
from parsers.stores.interface import StoredValues
from tests.support.sealing import candidate, passwords, ring_of, seal, stored

TAGS: Final = SecretTags(Secret(bytes(16)))
LAYOUTS: Final = [
    Layout(KeyForm.RAW, Mode.ECB, Iv.NONE),
    *(Layout(KeyForm.RAW, Mode.CBC, iv) for iv in (Iv.FRONT, Iv.ZERO, Iv.KEY, Iv.BESIDE)),
    *(Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO, padding=each) for each in Padding),
    *(Layout(KeyForm.RAW, Mode.ECB, Iv.NONE, padding=each) for each in Padding),
    Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT, prefix=b"\x01\x02"),
    Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=12),
]


def a_store(chance: random.Random) -> tuple[list[bytes | None], list[bytes]]:
    """Values of two keys in a layout each, some of a missing key, binary ones, single blocks, damage."""
    keys = [chance.randbytes(chance.choice([16, 32])) for _ in range(4)]
    texts: list[Callable[[], bytes]] = [
        lambda: passwords(1, chance)[0],
        lambda: chance.randbytes(chance.choice([1, 5, 16, 31, 40])),
        lambda: "пароль сервера".encode()[: 2 * chance.randint(1, 14)],
    ]
    values: list[bytes | None] = [None, b"", b"no ciphertext"]
    for key in (keys[0], keys[1], chance.randbytes(32)):
        layout, text = chance.choice(LAYOUTS), chance.choice(texts)
        values += [seal(layout, key, text(), chance) for _ in range(chance.choice([0, 1, 3, 12, 60]))]
    return values, keys


@pytest.mark.parametrize("seed", range(24))
def test_answers_are_those_of_a_whole_trial(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdict, key, layout and confidence of every value, with and without leaving anything out."""
    chance = random.Random(seed)
    values, keys = a_store(chance)
    ring = ring_of(*(candidate(f"k{n}", key, current=not n) for n, key in enumerate(keys)))

    def answer() -> list[dict[str, Any]]:
        return examine([StoredValues(stored(values))], ring, TAGS).frame.to_dicts()

    monkeypatch.setattr(sample_trial, "_FEW", 16)
    short = answer()

    def everything(log10: Any, _: int) -> Any:
        return np.ones(len(log10), np.bool_)

    monkeypatch.setattr(examination, "may_count", everything)
    tried_on = sample_trial.SampleTrial._tried_on
    monkeypatch.setattr(sample_trial.SampleTrial, "_tried_on", partialmethod(tried_on, at_most=math.inf))
    monkeypatch.setattr(sample_trial, "_FEW", 1 << 20)
    assert short == answer()
