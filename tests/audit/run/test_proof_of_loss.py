"""`lost` and `damaged` tell people to type a secret in again: each is said with proof alone."""

import base64
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from urllib.parse import quote

import polars as pl
import pytest

from audit.keys.key_ring import Key
from audit.layouts.layout import Iv, KeyForm, Layout, Mode, Padding
from audit.run.examine import examine
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret
from parsers.stores.interface import StoredValues
from tests.support.sealing import candidate, passwords, ring_of, seal, stored

TAGS = SecretTags(Secret(bytes(16)))
ECB = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
FRONT = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)
GCM = Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=12)
TYPED = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=b"1234567890123456")
UNKNOWN = Layout(KeyForm.RAW, Mode.CBC, Iv.UNKNOWN)
KEY, OLD, MISSING = bytes(range(16)), bytes(range(50, 66)), bytes(range(100, 116))
CURRENT, OLDER = candidate("new", KEY, current=True), candidate("old", OLD)
SECRET = b"correct horse battery staple"


def judged(values: Sequence[bytes], *keys: Key) -> pl.DataFrame:
    return examine([StoredValues(stored(values))], ring_of(*keys), TAGS).frame


def store(layout: Layout, chance: random.Random, size: int = 40) -> list[bytes]:
    return [seal(layout, KEY, text, chance) for text in passwords(size, chance, longest=40)]


def last(layout: Layout, others: Sequence[bytes], *keys: Key) -> pl.DataFrame:
    """The verdicts of other values, in a store of this layout."""
    return judged([*store(layout, random.Random(len(others))), *others], *keys).tail(len(others))


@pytest.mark.parametrize("layout", [ECB, GCM, FRONT], ids=lambda layout: layout.name)
@pytest.mark.parametrize("count", [1, 3, 6])
def test_single_blocks_behind_a_typed_vector(layout: Layout, count: int) -> None:
    """They open under the key of all others, and which typed vector it was stays open."""
    chance = random.Random(count)
    texts = [(text * 3)[:12] for text in passwords(count, chance)]
    frame = last(layout, [seal(TYPED, KEY, text, chance) for text in texts], CURRENT)
    assert set(frame["verdict"]) == {"ambiguous"}
    assert set(frame["opened_by"]) == {"new"}
    assert set(frame["text_confidence"]) == {"weak"}


@pytest.mark.parametrize("count", [1, 4, 7])
def test_a_few_single_blocks_are_not_lost(count: int) -> None:
    """Behind a constant that nobody knows they would open under no key, whichever wrote them."""
    chance = random.Random(count)
    values = [seal(UNKNOWN, KEY, text, chance) for text in passwords(count, chance, longest=12)]
    assert set(last(ECB, values, CURRENT)["verdict"]) == {"unknown"}


def test_single_blocks_that_agree_are_not_lost_among_many_that_are() -> None:
    """Three behind one constant agree, under a key that opens others in ECB; thirty of a lost one do not."""
    chance = random.Random(9)
    hidden = [seal(UNKNOWN, KEY, text, chance) for text in passwords(3, chance, longest=12)]
    lost = [seal(ECB, MISSING, text, chance) for text in passwords(30, chance, longest=12)]
    frame = last(ECB, [*hidden, *lost], CURRENT)
    assert set(frame["verdict"][:3]) == {"unknown"}
    assert Counter(frame["verdict"][3:])["lost"] >= 28


@pytest.mark.parametrize("layout", [ECB, FRONT, GCM], ids=lambda layout: layout.name)
def test_a_population_whose_key_is_missing_is_lost(layout: Layout) -> None:
    """Twenty values in an established layout that no key opens, though one candidate opens nothing."""
    chance = random.Random(10)
    values = [seal(layout, MISSING, text, chance) for text in passwords(20, chance, longest=40)]
    for keys in ([CURRENT], [CURRENT, OLDER]):
        assert Counter(last(layout, values, *keys)["verdict"])["lost"] >= 19


def test_one_long_value_alone_can_be_lost() -> None:
    """No vector hides more than a block; but a candidate that opens nothing may be its key all the same."""
    chance = random.Random(11)
    value = [seal(ECB, MISSING, SECRET, chance)]
    assert last(ECB, value, CURRENT)["verdict"].to_list() == ["lost"]
    assert last(ECB, value, CURRENT, OLDER)["verdict"].to_list() == ["unknown"]


@pytest.mark.parametrize("size", [15, 31, 30, 14])
@pytest.mark.parametrize("padding", [Padding.PKCS7, Padding.ZERO])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_few_binary_secrets_under_a_second_key(size: int, padding: Padding, count: int) -> None:
    """Their padding says little, and they are not lost."""
    chance = random.Random(size)
    layout = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE, padding=padding)
    values = [seal(layout, OLD, chance.randbytes(size), chance) for _ in range(count)]
    assert set(last(ECB, values, CURRENT, OLDER)["verdict"]) <= {"ambiguous", "unknown", "older-key"}


def encoded(layout: Layout) -> bytes:
    return seal(layout, KEY, SECRET, random.Random(12))


def raw(layout: Layout) -> bytes:
    return base64.b64decode(encoded(layout))


OWN_FORMS: dict[str, Callable[[Layout], bytes]] = {
    "star": lambda layout: b"*" + encoded(layout),
    "letters": lambda layout: b"AES_" + encoded(layout),
    "one letter": lambda layout: b"A" + encoded(layout),
    "colon": lambda layout: b"AES:" + encoded(layout),
    "key id": lambda layout: b"kid=abc123;ct=" + encoded(layout),
    "prefix": lambda layout: base64.b64encode(b"\x01\x02\x03" + raw(layout)),
    "hex": lambda layout: raw(layout).hex().encode(),
    "hex with colons": lambda layout: raw(layout).hex(":").encode(),
    "base32": lambda layout: base64.b32encode(raw(layout)),
    "parted": lambda layout: encoded(layout)[:8] + b"." + encoded(layout)[8:],
    "quoted": lambda layout: b'"' + encoded(layout) + b'"',
    "json": lambda layout: b'{"v":1,"d":"' + encoded(layout) + b'"}',
    "percent": lambda layout: quote(encoded(layout), safe="").encode(),
    "jasypt": lambda layout: b"ENC(" + encoded(layout) + b")",
}


@pytest.mark.parametrize("form", OWN_FORMS)
@pytest.mark.parametrize("layout", [ECB, GCM], ids=lambda layout: layout.name)
@pytest.mark.parametrize("population", [ECB, GCM], ids=lambda layout: layout.name)
def test_one_value_in_a_form_of_its_own(form: str, layout: Layout, population: Layout) -> None:
    """It opens, and its key is named."""
    row = last(population, [OWN_FORMS[form](layout)], CURRENT).row(0, named=True)
    assert row["opened_by"] == "new"
    assert row["verdict"] in {"current", "ambiguous"}


def test_a_message_authentication_code_behind_it_is_no_damage() -> None:
    """Padding that shows before the end tells that the end is not missing."""
    chance = random.Random(13)
    values = [base64.b64encode(raw(ECB) + chance.randbytes(size)) for size in (4, 20, 32)]
    assert set(last(ECB, values, CURRENT)["verdict"]) == {"ambiguous"}


def test_what_begins_as_text_is_cut_off() -> None:
    """However many are cut off, what is left of each opens; without a key for them it is the few that are."""
    chance = random.Random(14)
    cut = [base64.b64encode(base64.b64decode(value)[:41]) for value in store(ECB, chance) if len(value) > 60]
    assert len(cut) > 5
    frame = last(ECB, cut, CURRENT, OLDER)
    assert set(frame["verdict"]) == {"damaged"}
    assert all("begins as text under new" in reason for reason in frame["reason"])


def test_whole_blocks_without_padding_are_lost_among_texts_alone() -> None:
    """Zero bytes pad nothing that fills its blocks: a binary secret shows no key, a text would be text."""
    chance = random.Random(16)
    zero = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE, padding=Padding.ZERO)
    lost = [seal(zero, MISSING, text, chance) for text in passwords(12, chance)]
    few = [seal(zero, KEY, text + b"!" * 20, chance) for text in passwords(6, chance)]
    many = [seal(zero, KEY, text + b"!" * 20, chance) for text in passwords(30, chance)]
    assert set(judged([*lost, *few], CURRENT)["verdict"][:12]) == {"unknown"}
    assert Counter(judged([*lost, *many], CURRENT)["verdict"][:12])["lost"] >= 11


def test_binary_secrets_that_show_nothing_but_how_many_bytes_fill_them() -> None:
    """Each ends as one random block in 16 does, and all of them together do not."""
    chance = random.Random(17)
    iso = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE, padding=Padding.ISO10126)
    values = [seal(iso, OLD, chance.randbytes(chance.randint(5, 70)), chance) for _ in range(23)]
    assert "lost" not in set(last(ECB, values, CURRENT, OLDER)["verdict"])


def test_one_block_behind_a_prefix_of_its_own_is_not_damaged() -> None:
    """A constant vector hides it from its key, so that its length is no proof."""
    own = replace(UNKNOWN, prefix=b"ten bytes.")
    value = seal(own, KEY, b"short", random.Random(18))
    assert last(GCM, [value], CURRENT)["verdict"].to_list() == ["unknown"]


def test_nothing_is_damaged_by_its_length_while_a_candidate_opens_nothing() -> None:
    """That candidate may be the key of a layout of such lengths."""
    values = [base64.b64encode(random.Random(15).randbytes(41))]
    assert last(ECB, values, CURRENT)["verdict"].to_list() == ["damaged"]
    assert last(ECB, values, CURRENT, OLDER)["verdict"].to_list() == ["unknown"]
