"""Values that were encrypted again by a server that could not open them."""

import random
import string

import pytest

from audit.keys.unused_keys import KeyUse, key_remark
from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode
from audit.run.examine import examine
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret
from parsers.stores.interface import StoredValues
from tests.support.sealing import candidate, passwords, ring_of, seal, stored

TAGS = SecretTags(Secret(bytes(16)))
OLD, NEW = candidate("old", bytes(range(16))), candidate("new", bytes(range(50, 82)), current=True)
ECB = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
GCM = Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=12)
RAW_ECB = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE, Encoding.RAW)


@pytest.mark.parametrize("inner", [ECB, GCM, RAW_ECB], ids=lambda layout: layout.name)
def test_the_inner_text_is_what_counts(inner: Layout) -> None:
    """The verdict names the older key, both layouts, and is not that of a value in order."""
    chance = random.Random(3)
    texts = passwords(20, chance)
    plain = [seal(GCM, NEW.content.reveal(), text, chance) for text in texts[:10]]
    twice = [
        seal(GCM, NEW.content.reveal(), seal(inner, OLD.content.reveal(), text, chance), chance)
        for text in texts[10:]
    ]
    examined = examine([StoredValues(stored([*plain, *twice]))], ring_of(NEW, OLD), TAGS)
    frame = examined.frame
    assert frame["verdict"].to_list() == ["current"] * 10 + ["older-key"] * 10
    assert set(frame["opened_by"][10:]) == {"old"}
    assert set(frame["text_confidence"][10:]) <= {"strong", "proven"}
    assert all("encrypted twice" in reason for reason in frame["reason"][10:])
    assert [each.key for each in examined.opener(10)] == [0, 1]
    assert [each.key for each in examined.opener(0)] == [0]
    assert dict(examined.outer) == {"new": 10}


def test_a_secret_that_looks_like_ciphertext_is_a_secret() -> None:
    """Random tokens in base64 open under nothing once more: they are in order."""
    chance = random.Random(4)
    tokens = [seal(ECB, chance.randbytes(16), b"x" * 20, chance) for _ in range(10)]
    store = [seal(GCM, NEW.content.reveal(), token, chance) for token in tokens]
    assert set(examine([StoredValues(stored(store))], ring_of(NEW, OLD), TAGS).frame["verdict"]) == {
        "current"
    }


def test_the_same_secret_once_and_twice_is_one_group() -> None:
    """Whether a value was encrypted once more says nothing of its secret."""
    chance = random.Random(5)
    texts = passwords(12, chance)
    once = [seal(ECB, OLD.content.reveal(), text, chance) for text in texts]
    twice = [seal(GCM, NEW.content.reveal(), value, chance) for value in once]
    tags = examine([StoredValues(stored([*once, *twice]))], ring_of(NEW, OLD), TAGS).tags
    assert (tags[:12] == tags[12:]).all()
    assert tags.any(axis=1).all()


def test_the_outer_key_is_not_called_useless() -> None:
    """A key that opens nothing but the outside of what another key opens has a remark that says so."""
    chance = random.Random(6)
    twice = [
        seal(GCM, NEW.content.reveal(), seal(ECB, OLD.content.reveal(), text, chance), chance)
        for text in passwords(10, chance)
    ]
    ring = ring_of(NEW, OLD)
    examined = examine([StoredValues(stored(twice))], ring, TAGS)
    opens = KeyUse({"old": 10}, examined.outer, 10)
    remark = key_remark(ring.keys[0], opens, (), ring)
    assert remark.startswith("opens the outside of 10 values that were encrypted twice")


def test_one_value_that_lies_inside_as_others_do_outside() -> None:
    """A layout that one value does not show is tried inside where the store's other values show it."""
    chance = random.Random(7)
    prefixed = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE, Encoding.RAW, prefix=b"\xa1")
    texts = passwords(40, chance)
    once = [seal(prefixed, OLD.content.reveal(), text, chance) for text in texts[:39]]
    inner = seal(prefixed, OLD.content.reveal(), texts[39], chance)
    twice = seal(GCM, NEW.content.reveal(), inner, chance)
    frame = examine([StoredValues(stored([*once, twice]))], ring_of(NEW, OLD), TAGS).frame
    assert frame["verdict"].to_list() == ["older-key"] * 40
    assert "encrypted twice" in frame["reason"][39]


UNKNOWN = Layout(KeyForm.RAW, Mode.CBC, Iv.UNKNOWN)


def behind_an_unknown_vector(texts: list[bytes]) -> list[str]:
    """Reasons for values whose first block cannot be read."""
    chance = random.Random(8)
    values = [seal(UNKNOWN, NEW.content.reveal(), text, chance) for text in texts]
    return examine([StoredValues(stored(values))], ring_of(NEW, OLD), TAGS).frame["reason"].to_list()


def test_passwords_of_letters_and_digits_are_no_sign_of_another_encryption() -> None:
    """Base64 without its padding looks like them, and by chance some end as it does."""
    chance = random.Random(9)
    letters = string.ascii_letters + string.digits
    texts = ["".join(chance.choices(letters, k=chance.randint(17, 24))).encode() for _ in range(40)]
    texts += ["".join([*chance.choices(letters, k=21), "A"]).encode()]
    assert not any("encrypted twice" in reason for reason in behind_an_unknown_vector(texts))


@pytest.mark.parametrize("padding", [b"=", b""])
def test_what_ends_as_a_stored_value_does_is_a_sign(padding: bytes) -> None:
    """A single one with its padding, and many without."""
    chance = random.Random(10)
    texts = [text[:7] + b"!" * 14 for text in passwords(12, chance)]
    inner = [seal(ECB, OLD.content.reveal(), text, chance) for text in texts]
    bare = inner if padding else [value.rstrip(b"=") for value in inner]
    count = 1 if padding else len(bare)
    reasons = behind_an_unknown_vector([*passwords(20, chance), *bare[:count]])
    assert sum("encrypted twice" in reason for reason in reasons) == count
