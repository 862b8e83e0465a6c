"""Values that begin as text under a key, and binary secrets that only their number shows."""

import random

import polars as pl
import pytest

from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode, Padding
from audit.trial.partial_openings import NO_KEY, begins_as_text, end_alike
from parsers.secret import Secret
from tests.support.sealing import seal

KEYS = [Secret(bytes(range(16))), Secret(bytes(range(40, 72)))]
TEXT = b"a text that is of more than two blocks, all of them in ASCII"


@pytest.mark.parametrize("iv", [Iv.NONE, Iv.ZERO, Iv.KEY, Iv.FRONT, Iv.UNKNOWN])
@pytest.mark.parametrize("place", [0, 1])
def test_the_key_is_named(iv: Iv, place: int) -> None:
    """Whatever stands before the first block, and whatever is missing at the end."""
    layout = Layout(KeyForm.RAW, Mode.ECB if iv is Iv.NONE else Mode.CBC, iv, Encoding.RAW)
    value = seal(layout, KEYS[place].reveal(), TEXT, random.Random(1))
    found = begins_as_text(pl.Series([None, value[:41], value[:15]], dtype=pl.Binary), KEYS)
    assert found.tolist() == [NO_KEY, place, NO_KEY]


def test_random_bytes_begin_as_nothing() -> None:
    """Ten thousand of them, and no key at all."""
    values = pl.Series([random.Random(number).randbytes(40) for number in range(10_000)], dtype=pl.Binary)
    assert set(begins_as_text(values, KEYS).tolist()) == {NO_KEY}
    assert set(begins_as_text(values, []).tolist()) == {NO_KEY}


KEY, OTHER = Secret(bytes(range(16))), Secret(bytes(range(40, 72)))


@pytest.mark.parametrize("iv", [Iv.NONE, Iv.FRONT])
def test_twenty_show_together_what_one_does_not(iv: Iv) -> None:
    """Behind ISO 10126, under the right key alone."""
    chance = random.Random(1)
    mode = Mode.ECB if iv is Iv.NONE else Mode.CBC
    layout = Layout(KeyForm.RAW, mode, iv, Encoding.RAW, padding=Padding.ISO10126)
    sealed = [seal(layout, KEY.reveal(), chance.randbytes(size), chance) for size in range(5, 25)]
    values = pl.Series([None, *sealed, b"no whole block"], dtype=pl.Binary)
    assert end_alike(values, [OTHER, KEY]).tolist() == [False, *[True] * 20, False]
    assert not end_alike(values, [OTHER]).any()
    assert not end_alike(values[:2], [KEY]).any()
