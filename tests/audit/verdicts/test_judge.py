"""Verdicts on stores with known truth."""

import base64
import random
from collections import Counter

import numpy as np
import polars as pl
import pytest
from Crypto.Cipher import AES

from audit.keys.key_ring import Key
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.run.examine import ExaminedProduct, examine
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret
from parsers.stores.interface import StoredValues
from tests.support.sealing import candidate, passwords, ring_of, seal, stored

ECB = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
FRONT = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)
GCM = Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=12)
TAGS = SecretTags(Secret(bytes(range(16))))


def judged(values: list[bytes | None], *keys: Key) -> ExaminedProduct:
    return examine([StoredValues(stored(values))], ring_of(*keys), TAGS)


def sixteen_keys(chance: random.Random) -> list[Key]:
    return [candidate(f"k{number}", chance.randbytes(16), current=number == 0) for number in range(16)]


@pytest.mark.no_cover  # so many values take twice as long where each line is noted
@pytest.mark.parametrize("established", [False, True])
def test_a_missing_key_opens_nothing(established: bool) -> None:
    """100,000 values under a key that is no candidate: none is called current or older-key.

    Padding alone would let about 390 of them pass for each key.
    """
    chance = random.Random(1)
    missing = chance.randbytes(16)
    keys = sixteen_keys(chance)
    values = [seal(FRONT, missing, text, chance) for text in passwords(100_000, chance, longest=44)]
    if established:
        values += [seal(FRONT, keys[0].content.reveal(), text, chance) for text in passwords(50, chance)]
    frame = judged(list(values), *keys).frame.head(100_000)
    counts = Counter(frame["verdict"])
    assert set(counts) <= ({"lost", "ambiguous"} if established else {"unknown"})
    if established:
        assert counts["ambiguous"] < 20


def test_five_keys_and_three_layouts_mixed() -> None:
    """Every verdict is right, 2 % damaged values among them, and none is ambiguous without need."""
    chance = random.Random(2)
    keys = [candidate(f"k{number}", chance.randbytes(32), current=number == 0) for number in range(5)]
    truth: list[tuple[bytes, str, str]] = []
    for text in passwords(5_000, chance):
        key, layout = chance.choice(keys), chance.choice([ECB, FRONT, GCM])
        value = seal(layout, key.content.reveal(), text, chance)
        if chance.random() < 0.02:
            cut = chance.randbytes(chance.randint(17, 27))
            truth.append((base64.b64encode(cut), "damaged", ""))
        else:
            truth.append((value, "current" if key.current else "older-key", key.label))
    chance.shuffle(truth)
    frame = judged([value for value, _, _ in truth], *keys).frame
    assert frame["verdict"].to_list() == [verdict for _, verdict, _ in truth]
    assert frame["opened_by"].to_list() == [label for _, _, label in truth]
    assert set(frame.filter(pl.col("opened_by") != "")["confidence"]) == {"strong", "proven"}


def one_store(values: dict[str, bytes | None], *keys: Key) -> dict[str, dict[str, object]]:
    """Verdicts by name, in a store that 40 more values under the first key establish."""
    chance = random.Random(9)
    more = [seal(ECB, keys[0].content.reveal(), text, chance) for text in passwords(40, chance)]
    rows = judged([*values.values(), *more], *keys).frame.head(len(values)).rows(named=True)
    return dict(zip(values, rows, strict=True))


def test_values_that_are_no_sound_ciphertext() -> None:
    """Empty, cut off, unencrypted and impossible values are told apart, each with its reason."""
    key = candidate("k", bytes(range(16)), current=True)
    whole = base64.b64decode(seal(ECB, bytes(range(16)), b"a secret of two blocks", random.Random(0)))
    got = one_store(
        {
            "null": None,
            "empty": b"",
            "text": b"Pa$$w0rd in clear text, quite long",
            "short": base64.b64encode(whole[:12]),
            "cut": base64.b64encode(whole[:25]),
            "half": base64.b64encode(whole[:16]),
            "bad base64": base64.b64encode(whole)[:-3] + b"*==",
            "hex": whole.hex().encode(),
            "wrapped": base64.encodebytes(whole * 4),
        },
        key,
    )
    assert {name: row["verdict"] for name, row in got.items()} == {
        "null": "empty",
        "empty": "empty",
        "text": "plain-text",
        "short": "plain-text",
        "cut": "damaged",
        "half": "ambiguous",  # its 16 bytes are text under the key, without any padding
        "bad base64": "damaged",
        "hex": "current",
        "wrapped": "current",
    }
    assert "25 bytes" in str(got["cut"]["reason"])


def test_unusual_secrets_open() -> None:
    """Non-Latin, binary, tiny and huge secrets open, and say what that rests on."""
    key = candidate("k", bytes(range(16)), current=True)
    chance = random.Random(3)
    texts = {
        "russian": "пароль-от-базы".encode(),
        "chinese": "数据库密码".encode(),
        "one byte": b"x",
        "nothing": b"",
        "binary": bytes(range(200, 212)),
        "huge": chance.randbytes(50_000).hex().encode(),
        "pem": b"-----BEGIN PRIVATE KEY-----\n"
        + base64.encodebytes(bytes(64))
        + b"-----END PRIVATE KEY-----\n",
    }
    got = one_store({name: seal(ECB, bytes(range(16)), text, chance) for name, text in texts.items()}, key)
    assert {name: row["verdict"] for name, row in got.items()} == dict.fromkeys(texts, "current")
    assert {name: row["confidence"] for name, row in got.items()} == {
        **dict.fromkeys(texts, "strong"),
        "pem": "proven",
    }


def fits_both(first: bytes, second: bytes) -> bytes:
    """Vector and block that read as 15 characters of text under either key: one block in 8 million does."""
    noise = np.random.default_rng(5)
    while True:
        blocks = noise.integers(0, 256, (1 << 20, 16), np.uint8)
        views = [
            np.frombuffer(AES.new(key, AES.MODE_ECB).decrypt(blocks.tobytes()), np.uint8).reshape(-1, 16)
            for key in (first, second)
        ]
        difference = views[0] ^ views[1]
        for row in np.flatnonzero((difference[:, 15] == 0) & (difference[:, :15] < 128).all(axis=1)):
            pairs = [_printable_pair(int(byte)) for byte in difference[row, :15]]
            if all(pairs):
                vector = views[0][row] ^ np.array([*pairs, 1], np.uint8)
                found: bytes = vector.tobytes() + blocks[row].tobytes()
                return found


def _printable_pair(difference: int) -> int:
    """A character that is still one when it is XORed with `difference`; 0 where there is none."""
    return next((each for each in range(33, 127) if 32 < each ^ difference < 127), 0)


def test_two_keys_that_fit_are_ambiguous() -> None:
    """A value that reads as text under two candidate keys is named for neither with certainty."""
    chance = random.Random(11)
    keys = [candidate("one", chance.randbytes(16), current=True), candidate("two", chance.randbytes(16))]
    both = base64.b64encode(fits_both(keys[0].content.reveal(), keys[1].content.reveal()))
    more = [seal(FRONT, key.content.reveal(), text, chance) for key in keys for text in passwords(20, chance)]
    row = judged([both, *more], *keys).frame.row(0, named=True)
    assert (row["verdict"], row["action"]) == ("ambiguous", "investigate")
    assert "another candidate key" in row["reason"]


def test_no_current_key_is_said() -> None:
    """Where nobody knows the current key, what opens is older-key and says so."""
    got = one_store({"a": seal(ECB, bytes(16), b"secret", random.Random(1))}, candidate("k", bytes(16)))
    assert got["a"]["verdict"] == "older-key"
    assert "current" in str(got["a"]["reason"])


def test_external_credentials_need_nothing() -> None:
    """A credential of type EXTERNAL is kept elsewhere, whatever its value looks like."""
    frame = stored([b"", None, b"x"]).with_columns(pl.lit("EXTERNAL").alias("credential_type"))
    verdicts = examine([StoredValues(frame)], ring_of(candidate("k", bytes(16))), TAGS).frame["verdict"]
    assert set(verdicts) == {"external"}
