"""Constant prefixes that values suggest, by chance or in truth."""

import random
from collections.abc import Callable

import polars as pl
import pytest
from Crypto.Cipher import AES

from audit.discovery.sample import MOST_PREFIXES, shared_prefixes

KEY = bytes(range(16))


def prefixes(values: list[bytes]) -> list[bytes]:
    return shared_prefixes(pl.Series(values, dtype=pl.Binary))


def of_any_length(chance: random.Random) -> bytes:
    """As GCM leaves it: nonce, text and tag."""
    return chance.randbytes(28 + chance.randint(1, 60))


def of_whole_blocks(chance: random.Random) -> bytes:
    return chance.randbytes(16 * chance.randint(1, 5))


def ecb_of_keys(chance: random.Random) -> bytes:
    """Equal first blocks, as private keys have them in ECB."""
    plain = b"-----BEGIN RSA PRIVATE KEY-----\n" + chance.randbytes(32)
    return AES.new(KEY, AES.MODE_ECB).encrypt(plain)


@pytest.mark.parametrize("make", [of_any_length, of_whole_blocks, ecb_of_keys])
@pytest.mark.parametrize("prefix", [b"\x01", b"v1:", b"\x80\x01\x02\x03\x04"])
@pytest.mark.parametrize("count", [2, 3, 5, 50, 2_000])
def test_found_from_two_values_on(make: Callable[[random.Random], bytes], prefix: bytes, count: int) -> None:
    """Of every length that a cipher leaves, and where all texts begin alike."""
    chance = random.Random(count)
    assert prefix in prefixes([prefix + make(chance) for _ in range(count)])


@pytest.mark.parametrize("make", [of_any_length, of_whole_blocks, ecb_of_keys])
@pytest.mark.parametrize("count", [0, 1, 2, 5, 50, 2_000])
def test_hardly_any_without_a_prefix(make: Callable[[random.Random], bytes], count: int) -> None:
    """Chance makes values begin alike, and so do equal texts in ECB: neither is a prefix."""
    stores = [prefixes([make(random.Random(f"{seed} {row}")) for row in range(count)]) for seed in range(20)]
    assert sum(map(len, stores)) <= 1


def test_two_versions_at_once() -> None:
    """Both are proposed, and what few of many share is not."""
    chance = random.Random(1)
    values = [bytes([1 + number % 2]) + of_any_length(chance) for number in range(200)]
    assert {b"\x01", b"\x02"} <= set(prefixes([*values, b"\x03aaaa", b"\x03aaab"]))
    assert len(prefixes(values)) <= 4


def test_their_number_is_bounded() -> None:
    """Whatever a store holds."""
    values = [bytes([row % 8]) * (row % 14 + 1) + bytes([row]) * (17 + row % 16) for row in range(250)]
    assert len(prefixes(values)) <= MOST_PREFIXES


def test_equal_values_that_end_have_an_end() -> None:
    """Copies of one short value share all of it, and nothing is looked for behind their end."""
    found = shared_prefixes(pl.Series([bytes(range(20))] * 8, dtype=pl.Binary))
    assert all(len(each) < 16 for each in found)
