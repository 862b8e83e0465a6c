"""What examining tells of secrets that are shared."""

import base64
import random

from audit.keys.key_ring import with_twins
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from audit.run.examine import examine
from audit.run.run_credentials import group_letters
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret
from parsers.stores.interface import StoredValues
from tests.support.sealing import candidate, passwords, ring_of, seal, stored

ECB = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
FRONT = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)


def test_shared_secrets_are_grouped_opened_or_not() -> None:
    """Opened values group by their secret whatever sealed them, lost ones by equal ciphertext."""
    chance = random.Random(4)
    key, missing = bytes(range(16)), bytes(range(90, 106))
    values = [
        seal(ECB, key, b"shared secret", chance),
        seal(FRONT, key, b"shared secret", chance),
        seal(ECB, missing, b"another one", chance),
        seal(ECB, missing, b"another one", chance),
        seal(ECB, key, b"alone", chance),
        None,
        None,
    ]
    more = [seal(layout, key, text, chance) for layout in (ECB, FRONT) for text in passwords(20, chance)]
    found = examine(
        [StoredValues(stored([*values, *more]))],
        ring_of(candidate("k", key, current=True)),
        SecretTags(Secret(bytes(16))),
    )
    letters = group_letters(found.tags).to_list()[: len(values)]
    assert letters == ["A", "A", "B", "B", "", "", ""]


def test_two_files_of_one_key_are_opened_each_in_its_own_form() -> None:
    """One label, under which a form stands for other bytes in each file: every value has its own opener."""
    chance = random.Random(5)
    key = chance.randbytes(16)
    other = key.hex().encode()  # the same key in hex; as raw bytes it is another, of 256 bits
    keys, _ = with_twins(
        (candidate("written", other), candidate("raw", key), candidate("new", bytes(32), current=True))
    )
    texts = passwords(40, chance)
    values = [seal(ECB, key, text, chance) for text in texts[:30]]
    values += [seal(ECB, other, text, chance) for text in texts[30:]]
    found = examine([StoredValues(stored(values))], ring_of(*keys), SecretTags(Secret(bytes(16))))
    assert found.frame["opened_by"].n_unique() == 1
    openers = [found.opener(row) for row in range(len(values))]
    assert [each.aes_key.reveal() for (each,) in openers] == [key] * 30 + [other] * 10


def test_a_single_value_that_opens_with_certainty_is_not_lost() -> None:
    """What no sample could establish, being one value of its layout, is opened all the same."""
    chance = random.Random(6)
    old, new = chance.randbytes(16), chance.randbytes(32)
    hexed = candidate("old", old.hex().encode())
    values = [seal(FRONT, new, text, chance) for text in passwords(30, chance)]
    values.append(seal(FRONT, old, b"one text of thirty-one letters.", chance))  # a single byte of padding
    values += [seal(FRONT, chance.randbytes(16), text, chance) for text in passwords(6, chance)]
    ring = ring_of(candidate("new", new, current=True), hexed)
    frame = examine([StoredValues(stored(values))], ring, SecretTags(Secret(bytes(16)))).frame
    assert frame["opened_by"][30] == "old"
    assert frame["verdict"][30] in {"older-key", "ambiguous"}
    assert set(frame["verdict"][31:]) == {"lost"}


def test_hex_is_not_taken_for_base64() -> None:
    """Values in hex, which all read as base64 too, are of no layout that only base64 shows: not lost."""
    chance = random.Random(7)
    key = chance.randbytes(16)
    values = [seal(ECB, key, text, chance) for text in passwords(20, chance)]
    values += [chance.randbytes(256).hex().encode() for _ in range(3)]  # RSA, say
    frame = examine(
        [StoredValues(stored(values))],
        ring_of(candidate("k", key, current=True)),
        SecretTags(Secret(bytes(16))),
    ).frame
    assert frame["verdict"].to_list() == ["current"] * 20 + ["unknown"] * 3


def test_values_of_the_size_of_rsa_are_not_lost() -> None:
    """All of 256 bytes, among others of AES that open: of another cipher, for all that anybody knows."""
    chance = random.Random(8)
    key = chance.randbytes(16)
    values = [seal(ECB, key, text, chance) for text in passwords(20, chance)]
    values += [base64.b64encode(chance.randbytes(256)) for _ in range(3)]
    ring = ring_of(candidate("k", key, current=True))
    frame = examine([StoredValues(stored(values))], ring, SecretTags(Secret(bytes(16)))).frame
    assert frame["verdict"].to_list() == ["current"] * 20 + ["unknown"] * 3
