"""Single values, against the openssl program, PyCryptodome and the columns of the trial."""

import base64
import random
import subprocess
from dataclasses import replace
from typing import Final

import polars as pl
import pytest
from Crypto.Cipher import AES
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode
from audit.reencryption.cipher import Notation, encrypt_value, fresh_vector, open_value
from audit.trial.hypothesis import Hypothesis
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from parsers.secret import Secret
from parsers.stores.store_writer import StoredCiphertext
from tests.audit.reencryption.by_openssl import opened_by_openssl, sealed_by_openssl
from tests.support.sealing import seal, stored

KEYS: Final = [bytes(range(16)), bytes(range(50, 74)), bytes(range(100, 132))]
PLAINLY: Final = Notation()
CONSTANT: Final = bytes.fromhex("0f1e2d3c4b5a69788796a5b4c3d2e1f0")
TEXTS: Final = {
    "empty": b"",
    "one byte": b"x",
    "15 bytes": b"fifteen bytes..",
    "16 bytes": b"sixteen bytes...",
    "17 bytes": b"seventeen bytes..",
    "binary": bytes(range(256)),
    "100 kB": random.Random(1).randbytes(100_000),
}
PLACES: Final = [
    (Mode.ECB, Iv.NONE),
    (Mode.CBC, Iv.ZERO),
    (Mode.CBC, Iv.KEY),
    (Mode.CBC, Iv.CONSTANT),
    (Mode.CBC, Iv.FRONT),
    (Mode.CBC, Iv.BESIDE),
]


def layout_of(mode: Mode, iv: Iv, encoding: Encoding = Encoding.BASE64, prefix: bytes = b"") -> Layout:
    return Layout(KeyForm.RAW, mode, iv, encoding, prefix, constant_iv=CONSTANT if iv is Iv.CONSTANT else b"")


BLOCK_LAYOUTS: Final = [
    layout_of(mode, iv, encoding, prefix)
    for mode, iv in PLACES
    for encoding in Encoding
    for prefix in (b"", b"v2:")
    if (iv, encoding) != (Iv.BESIDE, Encoding.RAW)  # it has a column for the vector: tested on its own
]
GCM_LAYOUTS: Final = [
    Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, encoding, prefix, nonce)
    for encoding in Encoding
    for prefix in (b"", b"\x01")
    for nonce in (12, 16)
]


def hypothesis_of(layout: Layout, key: bytes = KEYS[0]) -> Hypothesis:
    return Hypothesis(0, Secret(key), layout)


def encrypted(plain: bytes, layout: Layout, key: bytes, notation: Notation = PLAINLY) -> StoredCiphertext:
    return encrypt_value(Secret(plain), hypothesis_of(layout, key), fresh_vector(layout), notation)


def decoded(written: bytes, encoding: Encoding) -> bytes:
    """What is written, by Python's own decoders."""
    match encoding:
        case Encoding.BASE64:
            return base64.b64decode(written, validate=True)
        case Encoding.BASE64_URL:
            return base64.urlsafe_b64decode(written)
        case Encoding.HEX:
            return bytes.fromhex(written.decode())
        case Encoding.RAW:
            return written


def text_of(sealed: StoredCiphertext, layout: Layout, key: bytes) -> bytes:
    """What openssl makes of a value that `encrypt_value` wrote."""
    if layout.iv is Iv.BESIDE:
        value, _, behind = sealed.value.partition(b"|")
        vector, body = decoded(behind, layout.encoding), decoded(value, layout.encoding)
    else:
        vector, body = b"", decoded(sealed.value, layout.encoding)
    assert body.startswith(layout.prefix)
    body = body[len(layout.prefix) :]
    if layout.iv is Iv.FRONT:
        vector, body = body[:16], body[16:]
    known = {Iv.NONE: None, Iv.ZERO: bytes(16), Iv.KEY: key[:16], Iv.CONSTANT: CONSTANT}
    return opened_by_openssl(key, known.get(layout.iv, vector), body)


@pytest.mark.parametrize("layout", BLOCK_LAYOUTS, ids=lambda layout: layout.name)
def test_openssl_opens_what_is_written(layout: Layout) -> None:
    """In every block layout, under keys of every length."""
    for key in KEYS:
        assert text_of(encrypted(b"correct horse battery", layout, key), layout, key) == (
            b"correct horse battery"
        )


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(("mode", "iv"), PLACES)
def test_texts_of_every_length(mode: Mode, iv: Iv, name: str) -> None:
    """From nothing to 100 kB, around the block's border, and bytes of every kind, both ways."""
    layout, key, plain = layout_of(mode, iv), KEYS[2], TEXTS[name]
    sealed = encrypted(plain, layout, key)
    assert text_of(sealed, layout, key) == plain
    assert open_value(sealed, hypothesis_of(layout, key)) == Secret(plain)


@pytest.mark.parametrize("layout", BLOCK_LAYOUTS, ids=lambda layout: layout.name)
def test_what_openssl_wrote_is_opened(layout: Layout) -> None:
    """In every block layout."""
    sealed = seal(layout, KEYS[2], b"correct horse battery", random.Random(2), sealed_by_openssl)
    assert open_value(StoredCiphertext(sealed), hypothesis_of(layout, KEYS[2])) == Secret(
        b"correct horse battery"
    )


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("layout", GCM_LAYOUTS, ids=lambda layout: layout.name)
def test_gcm_against_pycryptodome(layout: Layout, name: str) -> None:
    """PyCryptodome verifies the tag of what is written, and what it writes is opened."""
    key, plain = KEYS[1], TEXTS[name]
    content = decoded(encrypted(plain, layout, key).value, layout.encoding)
    assert content.startswith(layout.prefix)
    content = content[len(layout.prefix) :]
    nonce, body, tag = content[: layout.nonce_size], content[layout.nonce_size : -16], content[-16:]
    assert AES.new(key, AES.MODE_GCM, nonce=nonce).decrypt_and_verify(body, tag) == plain
    theirs = StoredCiphertext(seal(layout, key, plain, random.Random(3)))
    assert open_value(theirs, hypothesis_of(layout, key)) == Secret(plain)


def test_a_vector_in_a_column_of_its_own() -> None:
    """It is written there, in the same encoding; raw bytes may hold a bar."""
    for encoding in Encoding:
        layout = layout_of(Mode.CBC, Iv.BESIDE, encoding)
        sealed = encrypted(b"a password", layout, KEYS[0], Notation(beside=True))
        assert sealed.iv is not None
        vector, body = decoded(sealed.iv, encoding), decoded(sealed.value, encoding)
        assert opened_by_openssl(KEYS[0], vector, body) == b"a password"
        assert open_value(sealed, hypothesis_of(layout)) == Secret(b"a password")


def test_spellings() -> None:
    """Capitals in hex, base64url without padding: as the store writes it, and opened again."""
    hexadecimal = layout_of(Mode.CBC, Iv.FRONT, Encoding.HEX)
    capitals = encrypted(b"a password", hexadecimal, KEYS[0], Notation(upper=True))
    assert capitals.value == capitals.value.upper() != capitals.value.lower()
    assert open_value(capitals, hypothesis_of(hexadecimal)) == Secret(b"a password")
    url = layout_of(Mode.CBC, Iv.FRONT, Encoding.BASE64_URL)
    bare = encrypted(b"a password", url, KEYS[0], Notation(padded=False))
    assert b"=" not in bare.value
    assert open_value(bare, hypothesis_of(url)) == Secret(b"a password")
    padded = encrypted(b"a password", url, KEYS[0])
    assert len(padded.value) % 4 == 0


@pytest.mark.parametrize("layout", [BLOCK_LAYOUTS[0], *GCM_LAYOUTS[:1]], ids=lambda layout: layout.name)
def test_line_breaks_in_a_value_do_not_count(layout: Layout) -> None:
    """Some encoders break base64 into lines."""
    value = encrypted(b"correct horse battery staple", layout, KEYS[0]).value
    broken = b"\r\n".join([value[:20], value[20:]]) + b"\n"
    assert open_value(StoredCiphertext(broken), hypothesis_of(layout)) == Secret(
        b"correct horse battery staple"
    )


def torn(value: bytes) -> dict[str, bytes]:
    return {
        "cut in a byte": value[:-1],
        "cut in a block": base64.b64encode(base64.b64decode(value)[:-1]),
        "nothing": b"",
        "no base64": b"!" + value[1:],
        "the vector alone": base64.b64encode(base64.b64decode(value)[:16]),
        "not ASCII": "é".encode() + value,
    }


@pytest.mark.parametrize("how", torn(base64.b64encode(bytes(48))))
@pytest.mark.parametrize(
    "layout", [layout_of(Mode.CBC, Iv.FRONT), Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=12)]
)
def test_a_torn_value_opens_under_nothing(layout: Layout, how: str) -> None:
    """Cut off, mistyped or empty: there is no text, and no error."""
    value = torn(encrypted(b"correct horse battery", layout, KEYS[0]).value)[how]
    assert open_value(StoredCiphertext(value), hypothesis_of(layout)) is None


def test_what_does_not_belong_opens_nothing() -> None:
    """Another prefix, a vector of another size, no vector, a wrong GCM tag, the other alphabet."""
    prefixed = layout_of(Mode.CBC, Iv.FRONT, prefix=b"v2:")
    value = encrypted(b"a password", prefixed, KEYS[0])
    assert open_value(value, hypothesis_of(replace(prefixed, prefix=b"v3:"))) is None
    beside = layout_of(Mode.CBC, Iv.BESIDE)
    body, _, _ = encrypted(b"a password", beside, KEYS[0]).value.partition(b"|")
    assert open_value(StoredCiphertext(body), hypothesis_of(beside)) is None
    assert open_value(StoredCiphertext(body, base64.b64encode(bytes(15))), hypothesis_of(beside)) is None
    gcm = GCM_LAYOUTS[0]
    content = bytearray(base64.b64decode(encrypted(b"a password", gcm, KEYS[0]).value))
    content[-1] ^= 1
    assert open_value(StoredCiphertext(base64.b64encode(content)), hypothesis_of(gcm)) is None
    url = layout_of(Mode.ECB, Iv.NONE, Encoding.BASE64_URL)
    chance = random.Random(1)
    standard = next(
        found
        for _ in range(100)
        if b"+"
        in (found := seal(replace(url, encoding=Encoding.BASE64), KEYS[0], chance.randbytes(40), chance))
    )
    assert open_value(StoredCiphertext(standard), hypothesis_of(url)) is None


def test_nothing_is_written_behind_a_vector_that_nobody_knows() -> None:
    """What is written in such a layout could never be opened by the product."""
    layout = layout_of(Mode.CBC, Iv.UNKNOWN)
    with pytest.raises(ValueError):
        encrypted(b"a password", layout, KEYS[0])
    assert open_value(StoredCiphertext(base64.b64encode(bytes(32))), hypothesis_of(layout)) is None


@pytest.mark.parametrize("layout", [layout_of(Mode.CBC, Iv.FRONT), *GCM_LAYOUTS[:2]])
def test_vectors_never_repeat(layout: Layout) -> None:
    """100,000 are all distinct, and of the layout's size; what has no vector of its own gets none."""
    vectors = {fresh_vector(layout) for _ in range(100_000)}
    assert len(vectors) == 100_000
    assert {len(each) for each in vectors} == {layout.nonce_size or 16}
    assert fresh_vector(layout_of(Mode.ECB, Iv.NONE)) == fresh_vector(layout_of(Mode.CBC, Iv.ZERO)) == b""


def test_equal_texts_are_written_differently() -> None:
    """Where the layout has a vector, nobody sees that two secrets are the same."""
    layout = layout_of(Mode.CBC, Iv.FRONT)
    assert len({encrypted(b"the same", layout, KEYS[0]).value for _ in range(1_000)}) == 1_000


AGREEING: Final = [
    *(each for each in (*BLOCK_LAYOUTS, *GCM_LAYOUTS) if not each.prefix),
    layout_of(Mode.CBC, Iv.BESIDE, Encoding.RAW),
]
STRAY: Final = " \t\r\n\x0b\x0c\x1c\x00|=-_+/Aa\x85\xa0\u2028"


@example(
    layout=layout_of(Mode.CBC, Iv.BESIDE),
    plain=b"",
    seed=230,
    spoil="byte",  # the vector's last digit becomes B: four bits that belong to no byte
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    layout=st.sampled_from(AGREEING),
    plain=st.binary(max_size=70),
    seed=st.integers(0, 10**6),
    spoil=st.sampled_from(["not", "key", "byte", "cut", "noise", "stray", "column"]),
)
def test_the_columns_of_the_trial_agree(layout: Layout, plain: bytes, seed: int, spoil: str) -> None:
    """What one opens the other opens too, to the same text: two implementations, no disagreement."""
    chance = random.Random(seed)
    key = chance.choice(KEYS)
    body = seal(layout, key, plain, chance)
    if spoil == "noise":
        noise = chance.randbytes(16 * chance.randint(1, 4))
        body = noise if layout.encoding is Encoding.RAW else base64.b64encode(noise)
    if spoil == "cut":
        body = body[: chance.randint(1, len(body))]
    if spoil == "byte":
        at = chance.randrange(len(body))
        body = body[:at] + bytes([chance.choice(body)]) + body[at + 1 :]
    if spoil == "stray":
        for stray in chance.choices(STRAY, k=chance.randint(1, 3)):
            at = chance.choice([0, len(body), chance.randrange(len(body) + 1)])
            body = body[:at] + stray.encode() + body[at:]
    tried = [hypothesis_of(layout, KEYS[1] if spoil == "key" else key)]
    frame = stored([body], layout)
    if spoil == "column":
        vector = chance.choice([b"", base64.b64encode(chance.randbytes(16)), body.partition(b"|")[2]])
        frame = frame.with_columns(pl.Series("iv", [vector], pl.Binary))
    columns = [
        each.plain[0, : each.lengths[0]].tobytes() for each in try_keys(Views(frame), tried) if len(each.rows)
    ]
    single = open_value(StoredCiphertext(frame["value"][0], frame["iv"][0]), tried[0])
    if layout.encoding is Encoding.RAW and single is not None and is_text(frame["value"][0]):
        return  # the columns take no text for raw ciphertext
    assert columns == ([] if single is None else [single.reveal()])


def block_of(encoding: Encoding) -> tuple[bytes, Hypothesis]:
    """A value of 16 bytes as it is written: 24 digits of base64, the last two of them padding."""
    layout = layout_of(Mode.ECB, Iv.NONE, encoding)
    return encrypted(b"a password", layout, KEYS[0]).value, hypothesis_of(layout)


def next_digit(value: bytes) -> bytes:
    """The last digit before `==` with its lowest bit set, which is no bit of a byte."""
    digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    last = digits.index(value[21:22])
    return value[:21] + digits[last + 1 : last + 2] + value[22:]


@pytest.mark.parametrize("encoding", [Encoding.BASE64, Encoding.BASE64_URL])
def test_what_no_encoder_writes_is_not_opened(encoding: Encoding) -> None:
    """Bits that belong to no byte, padding that is too long or too short: neither reader opens it."""
    value, tried = block_of(encoding)
    wrong = [next_digit(value), value + b"=", value[:-1], value + b"====", value[:10] + b" " + value[10:]]
    right = [value, value[:10] + b"\n    " + value[10:], b"\t" + value + b"\r\n"]
    if encoding is Encoding.BASE64_URL:
        right.append(value.rstrip(b"="))
    for each in wrong:
        assert open_value(StoredCiphertext(each), tried) is None
        assert not list(try_keys(Views(stored([each])), [tried]))
    for each in right:
        assert open_value(StoredCiphertext(each), tried) == Secret(b"a password")
        assert len(list(try_keys(Views(stored([each])), [tried]))) == 1


def test_a_value_reads_the_same_whatever_is_beside_it() -> None:
    """Columns with line breaks or raw bytes in other values read each value as they do alone."""
    value, tried = block_of(Encoding.BASE64)
    broken = [value[:10] + b"\r" + value[10:], value[:10] + b" " + value[10:], "\u00a0".encode() + value]
    others = [value[:10] + b"\n" + value[10:], b"\xff\xfe"]
    alone = [bool(list(try_keys(Views(stored([each])), [tried]))) for each in broken]
    (together,) = try_keys(Views(stored([*broken, *others])), [tried])
    assert alone == [True, False, False]
    assert together.rows.tolist() == [0, 3]


def is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_openssl_refuses_a_wrong_key_as_we_do() -> None:
    """A wrong key opens to nothing, but for the one in 256 whose padding happens to fit."""
    layout = layout_of(Mode.CBC, Iv.ZERO)
    body = sealed_by_openssl(KEYS[0], bytes(16), b"correct horse battery")
    found = 0
    for number in range(40):
        key = random.Random(number).randbytes(16)
        ours = open_value(StoredCiphertext(base64.b64encode(body)), hypothesis_of(layout, key))
        try:
            theirs = Secret(opened_by_openssl(key, bytes(16), body))
        except subprocess.CalledProcessError:
            found += 1
            theirs = None
        assert ours == theirs
    assert found > 30
