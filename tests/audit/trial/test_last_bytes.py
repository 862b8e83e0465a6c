"""Binary secrets that only their number shows."""

import random

import polars as pl
import pytest

from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode, Padding
from audit.trial.last_bytes import end_alike
from parsers.secret import Secret
from tests.support.sealing import seal

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
