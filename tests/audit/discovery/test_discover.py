"""Layouts found from the data alone, for every layout of the table."""

import base64
import random
from typing import Final

import pytest

from audit.cloudbees.layouts import LAYOUTS
from audit.discovery.discover import discover
from audit.discovery.evidence import Evidence
from audit.discovery.sample import sample
from audit.keys.key_ring import Key
from audit.layouts.key_material import key_bytes
from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode, Padding
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret
from tests.support.java_key import secret_key_spec
from tests.support.sealing import candidate, passwords, seal, stored

TABLE: Final = LAYOUTS
TAGS: Final = SecretTags(Secret(bytes(16)))
ALPHABET: Final = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!"


def key_file(form: KeyForm, chance: random.Random) -> bytes:
    """A key file from which a key comes in this form."""
    size = chance.choice([16, 32])
    match form:
        case KeyForm.TRIMMED:
            return bytes(chance.choices(ALPHABET, k=size)) + b"\n"
        case KeyForm.HEX:
            return chance.randbytes(size).hex().encode()
        case KeyForm.BASE64:
            return base64.b64encode(chance.randbytes(size))
        case KeyForm.RAW:
            return chance.randbytes(size)
        case KeyForm.JAVA:
            return secret_key_spec(chance.randbytes(size))
        case _:
            return chance.randbytes(40) + b"\n" * form.value.endswith("-trimmed")


def values(layout: Layout, key: Key, texts: list[bytes], chance: random.Random) -> list[bytes]:
    aes_key = key_bytes(key.content, layout.key_form)
    assert aes_key is not None
    return [seal(layout, aes_key.reveal(), text, chance) for text in texts]


def found(layout: Layout, count: int, chance: random.Random) -> list[Evidence]:
    """What is found in a store of `count` values in this layout, with its key and another as candidates."""
    mine = candidate("mine", key_file(layout.key_form, chance))
    other = candidate("other", key_file(chance.choice([KeyForm.RAW, KeyForm.HEX]), chance))
    texts = [bytes(chance.choices(ALPHABET, k=chance.randint(1, 40))) for _ in range(count)]
    store = stored(values(layout, mine, texts, chance), layout)
    return list(discover(sample([store]), [other, mine], TABLE, TAGS).established)


# Every form of key file in base64 with the usual padding, and everything else with one of them: 248 of 2,000.
FOUND: Final = [
    each
    for each in TABLE
    if (each.padding is Padding.PKCS7 and each.encoding is Encoding.BASE64)
    or each.key_form is KeyForm.SHA1_16
]


@pytest.mark.parametrize("layout", FOUND, ids=lambda layout: layout.name)
def test_found_from_fifty_values(layout: Layout) -> None:
    """Fifty values without a known plain text give the layout, its key, and nothing else."""
    (evidence,) = found(layout, 50, random.Random(layout.name))
    assert evidence.hypothesis.key == 1
    assert layout.name in evidence.names
    # What cannot be told apart differs only in how the same bytes come from the key file.
    assert {name.rpartition("/")[0] for name in evidence.names} == {layout.name.rpartition("/")[0]}


# Measuring the coverage of so many would take as long again, and other tests cover the same;
# `python -m tests.estates` tries thousands.
@pytest.mark.no_cover
@pytest.mark.parametrize("part", range(2))
def test_five_values_never_mislead(part: int) -> None:
    """Of 120 random stores with five values each one is found right or not at all."""
    for seed in range(part * 60, part * 60 + 60):
        chance = random.Random(seed)
        layout = chance.choice(TABLE)
        for evidence in found(layout, 5, chance):
            assert evidence.hypothesis.key == 1, (seed, layout.name, evidence.names)
            assert layout.name in evidence.names, (seed, layout.name, evidence.names)


def test_a_key_that_is_missing_gives_nothing() -> None:
    """Where no candidate wrote the values, no layout is established, however many hypotheses are tried."""
    chance = random.Random(3)
    layout = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)
    store = stored([seal(layout, bytes(range(32)), text, chance) for text in passwords(3_000, chance)])
    keys = [candidate(str(number), chance.randbytes(32)) for number in range(8)]
    assert discover(sample([store]), keys, TABLE, TAGS).established == ()


def test_equal_blocks_are_one_piece_of_evidence() -> None:
    """A thousand values that share their last block do not make a wrong key look right."""
    chance = random.Random(4)
    layout = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
    # 16 bytes each: a whole block of padding follows, the same for all of them
    full = [chance.randbytes(8).hex().encode() for _ in range(1_000)]
    for seed in range(30):
        key = random.Random(seed).randbytes(16)
        wrong = candidate("wrong", random.Random(-seed - 1).randbytes(16))
        store = stored([seal(layout, key, text, chance) for text in full])
        assert discover(sample([store]), [wrong], [layout], TAGS).established == ()


def test_layouts_and_keys_side_by_side_are_sorted_out() -> None:
    """Values under different keys and layouts in one store each find their own."""
    chance = random.Random(5)
    keys = [candidate(str(number), chance.randbytes(16 if number < 3 else 32)) for number in range(5)]
    truth = [
        (0, Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)),
        (1, Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO)),
        (2, Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT, Encoding.HEX)),
        (3, Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, prefix=b"\x02", nonce_size=12)),
        (4, Layout(KeyForm.SHA256_32, Mode.CBC, Iv.FRONT)),
    ]
    mixed = [
        value
        for index, layout in truth
        for value in values(layout, keys[index], passwords(60, chance), chance)
    ]
    evidence = discover(sample([stored(mixed)]), keys, TABLE, TAGS).established
    assert sorted((each.hypothesis.key, each.hypothesis.layout.name) for each in evidence) == sorted(
        (index, layout.name) for index, layout in truth
    )


def test_one_block_values_leave_ecb_and_zero_vector_open() -> None:
    """ECB and CBC with a zero vector are one answer, both named, while all values have one block."""
    chance = random.Random(6)
    layout = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE)
    key = candidate("k", chance.randbytes(16))
    short = passwords(30, chance, longest=15)
    store = stored(values(layout, key, short, chance))
    (evidence,) = discover(sample([store]), [key], TABLE, TAGS).established
    assert {"aes-ecb/base64/key-raw", "aes-cbc/iv-zero/base64/key-raw"} <= set(evidence.names)


def evidence_of(layout: Layout, texts: list[bytes], seed: int = 0) -> Evidence:
    """What is found in a store of these texts alone, with its key as the only candidate."""
    chance = random.Random(seed)
    key = candidate("k", chance.randbytes(32))
    store = stored(values(layout, key, texts, chance))
    (evidence,) = discover(sample([store]), [key], TABLE, TAGS).established
    return evidence


def vectors(evidence: Evidence) -> set[Iv]:
    return {each.layout.iv for each in evidence.alike}


@pytest.mark.parametrize("iv", [Iv.FRONT, Iv.UNKNOWN])
def test_a_vector_in_front_is_told_from_a_constant_one(iv: Iv) -> None:
    """Both give the same text after the first block; forty first blocks themselves tell which it is."""
    for seed in range(20):
        texts = [text + b" and some more of it" for text in passwords(40, random.Random(seed))]
        assert vectors(evidence_of(Layout(KeyForm.RAW, Mode.CBC, iv), texts, seed)) == {iv}


@pytest.mark.parametrize("iv", [Iv.FRONT, Iv.UNKNOWN])
def test_two_values_leave_the_vector_undecided(iv: Iv) -> None:
    """A vector in front and a constant one both stay: what is first cannot be told from so few."""
    texts = [text + b" and some more of it" for text in passwords(2, random.Random(7))]
    assert vectors(evidence_of(Layout(KeyForm.RAW, Mode.CBC, iv), texts)) == {Iv.FRONT, Iv.UNKNOWN}


@pytest.mark.parametrize(
    ("iv", "text", "shown"),
    [
        (Iv.KEY, b"correct horse battery staple", {Iv.KEY}),
        (Iv.ZERO, b"correct horse battery staple", {Iv.ZERO, Iv.UNKNOWN}),
        (Iv.ZERO, b"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA", {Iv.ZERO}),
    ],
    ids=["key", "zero", "pem"],
)
def test_what_one_text_shows_of_a_known_vector(iv: Iv, text: bytes, shown: set[Iv]) -> None:
    """A binary key has no neighbour that gives text as well; zeros have, unless a header tells them apart."""
    assert vectors(evidence_of(Layout(KeyForm.RAW, Mode.CBC, iv), [text])) == shown


NEAR: Final = {
    "1111": b"1111111111111111",
    "123456781": b"1234567812345678",
    "abc": b"abcdef0123456789",
    "ones": b"\1" * 16,
    "counting": bytes(range(2, 18)),
}


@pytest.mark.parametrize("constant", NEAR.values(), ids=NEAR)
@pytest.mark.parametrize("count", [3, 12, 40])
def test_a_constant_near_a_known_one_is_never_taken_for_it(constant: bytes, count: int) -> None:
    """Zeros, typed digits and the like turn such texts into text as well: the unknown constant stands."""
    layout = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=constant)
    for seed in range(5):
        texts = [text + b" and a second block" for text in passwords(count, random.Random(seed))]
        found = vectors(evidence_of(layout, texts, seed))
        assert found & {Iv.UNKNOWN, Iv.FRONT} or not found & {Iv.ZERO, Iv.KEY, Iv.CONSTANT}


def test_a_script_beyond_ascii_behind_zeros_is_not_read_as_ascii() -> None:
    """UTF-8 behind 16 bytes ff would be ASCII: it is not what the texts are made of."""
    layout = Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO)
    for seed in range(5):
        chance = random.Random(seed)
        texts = ["".join(chance.choices(SCRIPTS[1][:32], k=20)).encode() for _ in range(20)]
        assert Iv.ZERO in vectors(evidence_of(layout, texts, seed))


def test_a_few_behind_a_constant_among_many_with_their_own() -> None:
    """Three values without a vector among thirty that have one: nothing in front is taken off for certain."""
    for constant in (b"1234567890123456", bytes(range(40, 200, 10))):
        for seed in range(5):
            chance = random.Random(seed)
            few = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=constant)
            key = candidate("k", chance.randbytes(16))
            texts = [text + b" and a second block" for text in passwords(33, chance)]
            own = values(Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT), key, texts[:30], chance)
            store = stored([*own, *values(few, key, texts[30:], chance)])
            (evidence, *_) = discover(sample([store]), [key], TABLE, TAGS).established
            assert vectors(evidence) - {Iv.FRONT}


def test_equal_headers_are_one_first_block() -> None:
    """Keys in PEM all begin alike: behind a constant vector their first blocks are one piece of evidence."""
    layout = Layout(KeyForm.RAW, Mode.CBC, Iv.UNKNOWN)
    chance = random.Random(8)
    pem = [b"-----BEGIN RSA PRIVATE KEY-----\n" + base64.b64encode(chance.randbytes(90)) for _ in range(12)]
    assert Iv.UNKNOWN in vectors(evidence_of(layout, pem))


@pytest.mark.parametrize("iv", [Iv.FRONT, Iv.UNKNOWN])
def test_texts_of_several_scripts(iv: Iv) -> None:
    """Latin, Cyrillic and accents mixed never show the wrong one of the two."""
    for seed in range(20):
        chance = random.Random(seed)
        texts = [
            "".join(chance.choices(chance.choice(SCRIPTS), k=chance.randint(20, 30))).encode()
            for _ in range(40)
        ]
        assert iv in vectors(evidence_of(Layout(KeyForm.RAW, Mode.CBC, iv), texts, seed))


SCRIPTS: Final = [
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя0123456789",  # noqa: RUF001  # Cyrillic is what is tried
    "aáàâãbcçdeéèêfghiíîjklmnñoóôöpqrsßtuúüvwxyz",
    "数据库密码安全服务器管理员用户登录系统",
]


def test_a_typed_constant_is_recognised() -> None:
    """A constant that programmers type is proposed; few texts leave others that a person could type."""
    layout = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=b"1234567890123456")
    texts = [text + b" and more" for text in passwords(12, random.Random(2))]
    evidence = evidence_of(layout, texts)
    assert evidence.hypothesis.layout == layout
    assert Iv.UNKNOWN in vectors(evidence)
    header = b"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA"
    assert [each.layout for each in evidence_of(layout, [*texts, header]).alike] == [layout]


def test_binary_secrets_leave_the_vector_undecided() -> None:
    """Where nothing is text, nothing tells a vector from a block of the secret."""
    layout = Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO)
    chance = random.Random(3)
    evidence = evidence_of(layout, [chance.randbytes(40) for _ in range(60)])
    assert {Iv.FRONT, Iv.UNKNOWN, Iv.ZERO} <= vectors(evidence)
