"""Single blocks behind a constant vector show together what none shows alone."""

import random
from dataclasses import replace

import numpy as np
import pytest

from audit.discovery.chains import TYPED_VECTORS
from audit.discovery.single_blocks import agree, behind_a_constant, behind_typed_vectors
from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode, Padding
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


def test_blocks_that_agree_among_many_that_do_not() -> None:
    """Three behind one constant are found among a hundred random ones, and equal ones are one."""
    noise = np.frombuffer(random.Random(1).randbytes(16 * 100), np.uint8).reshape(-1, 16)
    found = agree(np.concatenate([blocks(3), noise]), [OTHER, KEY])
    assert found[:3].all()
    assert found[3:].sum() <= 1
    assert not agree(np.repeat(blocks(1), 3, axis=0), [KEY]).any()


def test_random_blocks_hardly_agree() -> None:
    """Of five thousand under forty keys at most one in fifty is said to."""
    noise = np.frombuffer(random.Random(2).randbytes(16 * 5_000), np.uint8).reshape(-1, 16)
    keys = [Secret(random.Random(number).randbytes(16)) for number in range(40)]
    assert agree(noise, keys).sum() <= 100


def test_typed_vectors_stand_in_for_zero() -> None:
    """In every encoding that is tried, with the padding that shows itself."""
    zero = Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO)
    found = behind_typed_vectors([zero, HIDDEN, replace(zero, padding=Padding.ZERO)])
    assert {each.constant_iv for each in found} == set(TYPED_VECTORS)
    assert {each.padding for each in found} == {Padding.PKCS7}
