"""Values that begin as text under a key."""

import random

import polars as pl
import pytest

from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode
from audit.trial.beginnings import NO_KEY, begins_as_text
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
