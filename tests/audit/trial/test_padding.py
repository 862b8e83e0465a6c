"""The ends of last blocks: what is screened under many keys at once passes as it does row by row."""

from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.layouts.layout import Padding
from audit.trial.padding import is_padded, may_be_text, padded_ends

ENDINGS: Final = [
    bytes(4),
    b"****",
    b"\x04" * 4,
    b"\x00\x00\x00\x04",
    b"\x9a\x02\x77\x04",
    "é€".encode(),
    b"\x01",
]


def last_blocks(seed: int, keys: int, rows: int) -> np.ndarray:
    """Random blocks, many of which begin as text and end as some padding does."""
    chance = np.random.default_rng(seed)
    blocks = chance.integers(0, 256, (keys, rows, 16), np.uint8)
    text = np.frombuffer("naïve € пароль: ".encode() * 3, np.uint8)
    for block in blocks.reshape(-1, 16)[: keys * rows * 3 // 4]:
        start, size = chance.integers(0, 20), chance.integers(0, 17)
        block[:size] = text[start : start + size]
        ending = np.frombuffer(ENDINGS[chance.integers(len(ENDINGS))], np.uint8)
        if chance.integers(3):
            block[-len(ending) :] = ending
    return blocks


@pytest.mark.parametrize("rows_before", ["one for each", "one for all", "one for each key"])
@pytest.mark.parametrize("keys", [1, 3])
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), paddings=st.lists(st.sampled_from(list(Padding)), min_size=1, unique=True))
def test_ends_of_many_keys_are_those_of_each(
    keys: int, rows_before: str, seed: int, paddings: list[Padding]
) -> None:
    """Places, ascending, and plain text are what looking at every row alone finds."""
    plain = last_blocks(seed, keys, 200)
    shape = {"one for each": (1, 200, 16), "one for all": (1, 1, 16), "one for each key": (keys, 1, 16)}
    before = np.random.default_rng(seed).integers(0, 256, shape[rows_before], np.uint8)
    found = {
        padding: (places, ends) for padding, places, ends in padded_ends(plain ^ before, before, paddings)
    }
    assert set(found) == set(paddings)
    rows = plain.reshape(-1, 16)
    for padding, (places, ends) in found.items():
        assert places.tolist() == np.flatnonzero(is_padded(rows, padding)).tolist()
        assert (ends == rows[places]).all()


@given(text=st.text(min_size=2, max_size=40), start=st.integers(0, 40))
def test_no_piece_of_a_text_is_screened_out(text: str, start: int) -> None:
    """Wherever the eight bytes are cut, characters of up to four bytes among them."""
    written = text.encode() * 8
    start %= len(written) - 8
    assert may_be_text(np.frombuffer(written[start : start + 8], "<u8")).all()
