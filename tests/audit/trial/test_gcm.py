"""GCM: tags of all lengths at once, against PyCryptodome, and the same whichever path is taken."""

import random
from typing import Final

import numpy as np
import pytest
from Crypto.Cipher import AES
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.trial.gcm import open_gcm
from audit.trial.ghash import LONGEST, Ghash, Messages
from audit.trial.groups import Bytes, Group
from audit.trial.hypothesis import Hypothesis
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from parsers.secret import Secret
from tests.support.sealing import seal, stored

NEVER: Final = 1 << 40
"""More values than there are: the library checks every tag."""

GCM: Final = {size: Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=size) for size in (12, 16)}


def grouped(values: list[bytes]) -> list[Group]:
    by_length: dict[int, list[int]] = {}
    for row, value in enumerate(values):
        by_length.setdefault(len(value), []).append(row)
    return [
        Group(
            np.array(rows),
            np.frombuffer(b"".join(values[row] for row in rows), np.uint8).reshape(len(rows), length),
        )
        for length, rows in sorted(by_length.items())
    ]


def sealed(key: bytes, plain: bytes, nonce_size: int, chance: random.Random) -> bytes:
    nonce = chance.randbytes(nonce_size)
    body, tag = AES.new(key, AES.MODE_GCM, nonce=nonce).encrypt_and_digest(plain)
    return nonce + body + tag


def found(values: list[bytes], keys: list[bytes], many: int) -> dict[tuple[int, int], bytes]:
    """By hypothesis and row the plain text; hypotheses are the keys with either nonce."""
    pairs = [(key, layout) for key in keys for layout in GCM.values()]
    tried = [(number, Hypothesis(number, Secret(key), layout)) for number, (key, layout) in enumerate(pairs)]
    opened: dict[tuple[int, int], bytes] = {}
    for each in open_gcm(grouped(values), tried, many=many):
        assert len(set(each.lengths.tolist())) == 1
        assert each.plain.shape[1] % 16 == 0
        for row, plain, length in zip(each.rows.tolist(), each.plain, each.lengths, strict=True):
            assert (each.hypothesis, row) not in opened
            assert plain[length:].tolist() == [16 - length % 16] * (16 - length % 16)
            opened[each.hypothesis, row] = plain[:length].tobytes()
    return opened


def ghash_by_bits(hash_key: bytes, message: bytes) -> bytes:
    """As the standard writes it down (algorithms 1 and 2), bit by bit."""
    padded = message + bytes(-len(message) % 16) + bytes(8) + (8 * len(message)).to_bytes(8)
    state, factor = 0, int.from_bytes(hash_key)
    for start in range(0, len(padded), 16):
        state ^= int.from_bytes(padded[start : start + 16])
        product, doubled = 0, factor
        for bit in range(127, -1, -1):
            product ^= doubled if state >> bit & 1 else 0
            doubled = doubled >> 1 ^ (0xE1 << 120 if doubled & 1 else 0)
        state = product
    return state.to_bytes(16)


def as_array(*rows: bytes) -> Bytes:
    return np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), -1)


@pytest.mark.parametrize("count", [1, 2, 8, 11])
def test_ghash_of_every_length(count: int) -> None:
    """Messages of many lengths up to the longest, all hashed in one call, under one key and under several."""
    chance = random.Random(5)
    sizes = [*range(70), *range(240, 260), 1_000, *range(LONGEST - 17, LONGEST + 1)]
    messages = [chance.randbytes(size) for size in sizes]
    hash_keys = [chance.randbytes(16) for _ in range(count)]
    ready = Messages.of([as_array(each) for each in messages])
    ghash = Ghash(as_array(*hash_keys), ready.blocks)
    first = ghash.first_bytes(ready)
    for place in {0, count // 2, count - 1}:
        expected = [ghash_by_bits(hash_keys[place], each) for each in messages]
        assert [row.tobytes() for row in ghash.whole(ready, place)] == expected
        assert first[place // 8, :, place % 8].tolist() == [each[0] for each in expected]


def test_ghash_of_some_of_many() -> None:
    """More messages than go through at a time, and some of them alone."""
    data = np.random.default_rng(6).integers(0, 256, (3_000, 20), np.uint8)
    ready, ghash = Messages.of([data[:, :0], data[:, :7], data]), Ghash(as_array(bytes(range(16))), 3)
    hashed = ghash.whole(ready, 0)
    for row in (0, 2_999, 3_000, 5_999, 6_000, 8_999):
        size = (0, 7, 20)[row // 3_000]
        assert hashed[row].tobytes() == ghash_by_bits(bytes(range(16)), data[row % 3_000, :size].tobytes())
    rows = np.array([1, 2_999, 3_001, 8_000])
    assert (ghash.whole(ready.only(rows), 0) == hashed[rows]).all()
    assert (ghash.first_bytes(ready)[0, :, 0] == hashed[:, 0]).all()


@pytest.mark.parametrize("many", [0, NEVER], ids=["columns", "library"])
@pytest.mark.parametrize("key_size", [16, 24, 32])
@pytest.mark.parametrize("nonce_size", [12, 16])
def test_what_pycryptodome_sealed(nonce_size: int, key_size: int, many: int) -> None:
    """Lengths from 0 to 100, around the longest that columns take, and long ones; binary and text."""
    chance = random.Random(nonce_size * key_size)
    keys = [chance.randbytes(key_size) for _ in range(3)]
    sizes = [*range(101), LONGEST - 1, LONGEST, LONGEST + 1, 1_000, 3_001]
    texts = [chance.randbytes(size) for size in sizes] + [b"x" * size for size in sizes]
    values = [sealed(keys[row % 3], text, nonce_size, chance) for row, text in enumerate(texts)]
    place = 0 if nonce_size == 12 else 1
    assert found(values, keys, many) == {(2 * (row % 3) + place, row): text for row, text in enumerate(texts)}


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(0, 300), max_size=40),
    twin=st.booleans(),
    damage=st.integers(0, 5),
    seed=st.integers(0, 2**32),
)
def test_either_path_opens_the_same(lengths: list[int], twin: bool, damage: int, seed: int) -> None:
    """Columns and library open the same values to the same texts, damaged ones and short ones to none.

    Two files of one key both open what it sealed, text or not.
    """
    chance = random.Random(seed)
    keys = [chance.randbytes(32), chance.randbytes(16)]
    tried = [*keys, keys[0]] if twin else keys
    texts = [chance.choice([chance.randbytes(size), b"t" * size]) for size in lengths]
    values = [sealed(chance.choice(keys), text, chance.choice([12, 16]), chance) for text in texts]
    for _ in range(min(damage, len(values))):
        at = chance.randrange(len(values))
        value = bytearray(values[at])
        value[chance.randrange(len(value))] ^= 1 << chance.randrange(8)
        values[at] = bytes(value)
    values += [chance.randbytes(size) for size in range(20, 34)]
    columns = found(values, tried, 0)
    assert columns == found(values, tried, NEVER)
    if damage == 0:
        assert {row for _, row in columns} == set(range(len(texts)))
        by_row = {row: sum(1 for _, other in columns if other == row) for _, row in columns}
        assert set(by_row.values()) <= ({1, 2} if twin else {1})


@pytest.mark.parametrize("prefix", [b"", b"\x01", b"v2:"])
def test_a_store_of_keys_and_passwords(prefix: bytes) -> None:
    """Many lengths behind a prefix, among what another key sealed and what is no ciphertext."""
    chance = random.Random(8)
    layout = Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, prefix=prefix, nonce_size=12)
    keys = [chance.randbytes(32) for _ in range(3)]
    texts = [chance.randbytes(chance.randint(0, 60)) for _ in range(700)]
    texts += [
        b"-----BEGIN PRIVATE KEY-----\n" + chance.randbytes(chance.randint(700, 3_000)) for _ in range(60)
    ]
    chance.shuffle(texts)
    values: list[bytes | None] = [seal(layout, keys[row % 3], text, chance) for row, text in enumerate(texts)]
    tried = [Hypothesis(number, Secret(key), layout) for number, key in enumerate(keys[:2])]
    opened = {}
    for each in try_keys(Views(stored([*values, None, b"", b"no ciphertext"])), tried):
        for row, plain, length in zip(each.rows.tolist(), each.plain, each.lengths, strict=True):
            opened[row] = (each.hypothesis, plain[:length].tobytes())
    assert opened == {row: (row % 3, text) for row, text in enumerate(texts) if row % 3 < 2}
