"""Single blocks behind a constant vector show together what none shows alone."""

import random

import numpy as np
import pytest

from audit.discovery.single_blocks import behind_a_constant
from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode
from parsers.secret import Secret
from tests.support.sealing import passwords, seal

KEY, OTHER = Secret(bytes(range(16))), Secret(bytes(range(50, 82)))
HIDDEN = Layout(KeyForm.RAW, Mode.CBC, Iv.UNKNOWN, Encoding.RAW)


def blocks(count: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    chance = random.Random(count)
    sealed = [seal(HIDDEN, KEY.reveal(), text, chance) for text in passwords(count, chance, longest=12)]
    return np.frombuffer(b"".join(sealed), np.uint8).reshape(-1, 16)


@pytest.mark.parametrize("count", [5, 20, 400])
def test_the_right_key_shows_it_and_no_other(count: int) -> None:
    """Five are enough; a wrong key among them changes nothing."""
    assert behind_a_constant(blocks(count), [OTHER, KEY]) is True
    assert behind_a_constant(blocks(count), [OTHER]) is False


def test_few_blocks_do_not_tell() -> None:
    """Two may be anything; equal ones are one."""
    assert behind_a_constant(blocks(2), [KEY]) is None
    assert behind_a_constant(np.repeat(blocks(2), 10, axis=0), [KEY]) is None


def test_where_every_key_opens_something_nothing_is_hidden() -> None:
    """Its own values show how it is used."""
    assert behind_a_constant(blocks(20), []) is False
