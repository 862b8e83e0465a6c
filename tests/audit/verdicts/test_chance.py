"""Weak openings: told from chance by how many there are, at the borderline."""

import random
from collections import Counter
from typing import Final

import polars as pl

from audit.keys.key_ring import Key
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.run.examine import examine
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret
from parsers.stores.interface import StoredValues
from tests.support.sealing import candidate, passwords, ring_of, seal, stored

FRONT: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)
TAGS: Final = SecretTags(Secret(bytes(range(16))))


def candidates(count: int, chance: random.Random) -> list[Key]:
    return [candidate(f"k{number}", chance.randbytes(16), current=number == 0) for number in range(count)]


def sealed(key: bytes, texts: list[bytes], chance: random.Random) -> list[bytes]:
    return [seal(FRONT, key, text, chance) for text in texts]


def binary(count: int, chance: random.Random) -> list[bytes]:
    """Secrets of 15 bytes that are no text: one byte of padding is all that speaks for a key."""
    return [bytes(chance.choices(range(128, 192), k=15)) for _ in range(count)]


def judged(values: list[bytes], keys: list[Key]) -> pl.DataFrame:
    return examine([StoredValues(stored(values))], ring_of(*keys), TAGS).frame


def test_a_binary_secret_in_a_store_that_opens() -> None:
    """Where all other values have their key, one byte of padding is hardly chance: named, but weak."""
    for others in (60, 20_000):
        chance = random.Random(others)
        keys = candidates(4, chance)
        mine = keys[0].content.reveal()
        values = sealed(mine, binary(1, chance) + passwords(others, chance), chance)
        row = judged(values, keys).row(0, named=True)
        assert (row["verdict"], row["opened_by"], row["confidence"]) == ("ambiguous", "k0", "weak")
        assert row["action"] == "investigate"


def test_a_binary_secret_among_lost_values() -> None:
    """Among 5,000 values without a key, where chance opens some 80 as well, nothing can be said for it."""
    chance = random.Random(2)
    keys = candidates(4, chance)
    mine = keys[0].content.reveal()
    lost = sealed(chance.randbytes(16), passwords(5_000, chance), chance)
    values = sealed(mine, binary(1, chance) + passwords(60, chance), chance) + lost
    frame = judged(values, keys)
    assert frame.row(0, named=True)["verdict"] == "lost"
    counts = Counter(frame.tail(5_000)["verdict"])
    assert counts["lost"] >= 4_997
    assert not counts["current"] + counts["older-key"]


def test_many_binary_secrets_are_not_lost() -> None:
    """Two hundred binary secrets that all show their padding are far more than chance gives."""
    chance = random.Random(3)
    keys = candidates(4, chance)
    mine = keys[0].content.reveal()
    values = sealed(mine, binary(200, chance) + passwords(60, chance), chance)
    frame = judged(values, keys).head(200)
    assert set(frame["verdict"]) == {"ambiguous"}
    assert frame["opened_by"].to_list().count("k0") >= 195


def test_a_store_of_binary_secrets_alone_comes_to_an_end() -> None:
    """With nothing but padding to go by, the layout is found all the same, and no verdict is too bold."""
    chance = random.Random(4)
    keys = candidates(2, chance)
    frame = judged(sealed(keys[0].content.reveal(), binary(300, chance), chance), keys)
    assert set(frame["verdict"]) == {"ambiguous"}


def test_cyrillic_of_fifteen_bytes_under_sixteen_keys() -> None:
    """Text in UTF-8 with one byte of padding is just below strong with 16 keys, and strong with 4."""
    text = "щцджлфэ7".encode()
    assert len(text) == 15
    for count, verdict in ((16, "ambiguous"), (4, "current")):
        chance = random.Random(5)
        keys = candidates(count, chance)
        values = sealed(keys[0].content.reveal(), [text, *passwords(2_000, chance)], chance)
        row = judged(values, keys).row(0, named=True)
        assert (row["verdict"], row["opened_by"]) == (verdict, "k0")
        assert 1e-7 < row["false_positive"] < 1e-5


def test_the_same_key_in_two_files_is_no_rival() -> None:
    """A key file and its hex copy hold one AES key: what both open is not ambiguous."""
    chance = random.Random(6)
    raw = candidate("raw", chance.randbytes(16), current=True)
    copy = candidate("hex", raw.content.reveal().hex().encode())
    lines = candidate("lines", chance.randbytes(16).hex().encode())  # establishes the form hex
    values = sealed(raw.content.reveal(), passwords(60, chance), chance)
    values += sealed(bytes.fromhex(lines.content.reveal().decode()), passwords(60, chance), chance)
    frame = judged(values, [raw, copy, lines])
    assert set(frame.head(60)["verdict"]) == {"current"}
    assert set(frame.tail(60)["opened_by"]) == {"lines"}


def test_binary_tokens_that_two_layouts_read_differently() -> None:
    """Random tokens of 20 bytes behind a zero vector could as well have it in front: never called certain."""
    chance = random.Random(7)
    zero = Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO)
    key = candidate("k", chance.randbytes(16), current=True)
    values = [seal(zero, key.content.reveal(), chance.randbytes(20), chance) for _ in range(60)]
    frame = judged(values, [key])
    assert set(frame["verdict"]) == {"current"}  # the key is certain, and the text is not
    assert set(frame["text_confidence"]) == {"weak"}
    assert "not every byte of its text is settled between layouts" in frame["reason"][0]
    words = [word + b" and a second block" for word in passwords(40, chance)]
    texts = [seal(zero, key.content.reveal(), each, chance) for each in words]
    frame = judged([*values, *texts], [key])  # forty texts among them tell
    assert set(frame["verdict"]) == {"current"}
    assert set(frame["layout"]) == {"aes-cbc/iv-zero/base64/key-raw"}
