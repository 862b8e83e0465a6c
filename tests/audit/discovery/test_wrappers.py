"""Text around ciphertext, found from the data alone, for one value and for many."""

import base64
import json
import random
from collections.abc import Callable
from typing import Final

import polars as pl
import pytest

from audit.cloudbees.layouts import LAYOUTS as CLOUDBEES_CD
from audit.discovery.discover import discover
from audit.discovery.known_text import KnownText, prove
from audit.discovery.sample import sample
from audit.discovery.wrappers import MOST_WRAPPERS, shared_wrappers, wrapped
from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode
from audit.layouts.wrapper import Wrapper
from audit.octopus.layouts import LAYOUTS as OCTOPUS
from audit.trial.same_secret import SecretTags
from audit.trial.views import Views
from parsers.secret import Secret
from tests.support.sealing import candidate, passwords, seal, stored

KEY: Final = bytes(range(40, 72))
TABLE: Final = CLOUDBEES_CD
TAGS: Final = SecretTags(Secret(bytes(16)))
FRONT: Final = Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT)
USUAL: Final = {
    "{AES}…": Wrapper(b"{AES}"),
    "{cipher}…": Wrapper(b"{cipher}"),
    "v1:…": Wrapper(b"v1:"),
    "vault:v1:…": Wrapper(b"vault:v1:"),
    "ENC(…)": Wrapper(b"ENC(", b")"),
    "{…}": Wrapper(b"{", b"}"),
    "$aes$v=1$…": Wrapper(b"$aes$v=1$"),
    '"…"': Wrapper(b'"', b'"'),
    '{"ct":"…"}': Wrapper(member="ct"),
}
ENCODE: Final[dict[str, Callable[[bytes], str]]] = {
    "base64": lambda data: base64.b64encode(data).decode(),
    "unpadded": lambda data: base64.b64encode(data).decode().rstrip("="),
    "base64url": lambda data: base64.urlsafe_b64encode(data).decode(),
    "hex": bytes.hex,
}


def found(*values: str | bytes) -> list[Wrapper]:
    written = [value.encode() if isinstance(value, str) else value for value in values]
    return shared_wrappers(pl.Series(written, dtype=pl.Binary))


def contents(count: int, chance: random.Random) -> list[bytes]:
    """Ciphertext of some blocks behind a version byte: what follows the head begins alike."""
    return [b"\x01" + chance.randbytes(16 * chance.randint(1, 4)) for _ in range(count)]


@pytest.mark.parametrize("form", USUAL)
@pytest.mark.parametrize("encode", ENCODE.values(), ids=list(ENCODE))
@pytest.mark.parametrize("count", [1, 2, 30])
def test_usual_forms(form: str, encode: Callable[[bytes], str], count: int) -> None:
    """From one value on, and without what the encoded bytes happen to have in common."""
    written = [form.replace("…", encode(each)) for each in contents(count, random.Random(form))]
    assert found(*written) == [USUAL[form]]


@pytest.mark.parametrize("head", ["0x", "0X", "\\x"])
@pytest.mark.parametrize("upper", [False, True])
def test_literals_of_hex(head: str, upper: bool) -> None:
    """`0x` is of base64's alphabet too."""
    chance = random.Random(1)
    digits = [chance.randbytes(32).hex() for _ in range(40)]
    written = [head + (each.upper() if upper else each) for each in digits]
    assert found(*written) == [Wrapper(head.encode())]
    assert found(written[0]) == [Wrapper(head.encode())]


@pytest.mark.parametrize(
    ("form", "head", "tail"),
    [
        ("crypt~…~end", "crypt~", "~end"),
        ("enc-…", "enc-", ""),
        ("AES…", "AES", ""),
        ("aes_v2_…", "aes_v2_", ""),
    ],
)
def test_forms_that_two_values_must_share(form: str, head: str, tail: str) -> None:
    """Also where the head ends in characters of the encoding."""
    chance = random.Random(2)
    written = [
        form.replace("…", base64.b64encode(b"\xfb\xff" + chance.randbytes(47)).decode()) for _ in range(30)
    ]
    assert Wrapper(head.encode(), tail.encode()) in found(*written)
    assert found(written[0]) == []


def test_around_cipher_and_vector() -> None:
    """A `|` stands inside the wrapper."""
    seals = [
        f"{{AES}}{ENCODE['base64'](bytes(32))}|{ENCODE['base64'](bytes(row) + bytes(16))[:24]}"
        for row in (0, 3)
    ]
    assert found(*seals) == [Wrapper(b"{AES}")]


def test_one_string_of_json() -> None:
    """The members that are encoded are named, whatever stands beside them and in which order."""
    chance = random.Random(3)
    written = [
        json.dumps({"kid": row, "who": "a" * row, "data": ENCODE["base64"](chance.randbytes(32))})
        for row in range(5)
    ]
    swapped = json.dumps({"data": ENCODE["base64"](bytes(32)), "kid": 1}).replace("/", "\\/")
    assert found(*written, swapped, '{"data":"too short"}', "{broken") == [Wrapper(member="data")]


def test_several_in_one_store() -> None:
    """The one of most values comes first; bare values have none."""
    chance = random.Random(4)
    bare = [ENCODE["base64"](chance.randbytes(32)) for _ in range(20)]
    values = [*bare, *(f"{{AES}}{each}" for each in bare[:9]), *(f"ENC({each})" for each in bare[:5])]
    assert found(*values, "0x" + bytes(16).hex()) == [
        Wrapper(b"{AES}"),
        Wrapper(b"ENC(", b")"),
        Wrapper(b"0x"),
    ]


def test_what_people_type_has_none() -> None:
    """Nor has raw ciphertext, PEM, or a salt that differs from value to value."""
    chance = random.Random(5)
    alphabet = "abcdefghijklmnopqrstuvwxyz0123456789-_!AB/ "
    typed = ["".join(chance.choices(alphabet, k=chance.randint(8, 60))) for _ in range(3_000)]
    raw = [chance.randbytes(48) for _ in range(300)]
    salted = [f"{ENCODE['base64'](chance.randbytes(8))}~{ENCODE['base64'](bytes(32))}" for _ in range(300)]
    pem = f"-----BEGIN RSA PRIVATE KEY-----\n{ENCODE['base64'](bytes(300))}\n-----END RSA PRIVATE KEY-----"
    assert found(*typed, *raw, *salted, pem, pem.replace("A", "B")) == []


def test_their_number_is_bounded() -> None:
    """However many forms a store has."""
    values = [f"{{F{row}}}{ENCODE['base64'](bytes(32))}" for row in range(40)]
    assert len(found(*values)) == MOST_WRAPPERS


def sealed_in(wrapper: Wrapper, layout: Layout, texts: list[bytes], chance: random.Random) -> list[bytes]:
    values = [seal(layout, KEY, text, chance) for text in texts]
    if wrapper.member:
        return [
            json.dumps({"k": row, wrapper.member: value.decode()}).encode()
            for row, value in enumerate(values)
        ]
    return [wrapper.head + value + wrapper.tail for value in values]


@pytest.mark.parametrize("wrapper", [Wrapper(b"{AES}"), Wrapper(b"ENC(", b")"), Wrapper(member="ct")])
@pytest.mark.parametrize(
    "layout",
    [
        FRONT,
        Layout(KeyForm.RAW, Mode.CBC, Iv.BESIDE),
        Layout(KeyForm.RAW, Mode.ECB, Iv.NONE, Encoding.HEX, prefix=b"\x01"),
        Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, Encoding.BASE64_URL, prefix=b"\x02", nonce_size=12),
    ],
    ids=lambda layout: layout.name,
)
def test_layouts_inside_are_established(wrapper: Wrapper, layout: Layout) -> None:
    """Twenty wrapped values give layout and wrapper, a constant prefix inside the encoding included."""
    chance = random.Random(layout.name)
    store = stored(sealed_in(wrapper, layout, passwords(20, chance), chance))
    evidence, *_ = discover(sample([store]), [candidate("mine", KEY)], TABLE, TAGS).established
    assert evidence.opened == 20
    assert {each.layout.wrapper for each in evidence.alike} == {wrapper}
    assert {each.layout.prefix for each in evidence.alike} == {layout.prefix}


def test_a_known_text_proves_a_wrapped_layout() -> None:
    """One value is enough."""
    (value,) = sealed_in(Wrapper(b"v1:"), FRONT, [b"a text that somebody knows"], random.Random(6))
    frame = stored([value]).select("value", "iv")
    known = KnownText("here", "cloudbees-cd", frame, Secret(b"a text that somebody knows"))
    gives = prove(known, [candidate("mine", KEY)], TABLE).gives
    assert Wrapper(b"v1:") in {each.layout.wrapper for each in gives}


def test_only_the_encodings_that_stand_inside() -> None:
    """Hex is not tried as base64, nor Octopus Deploy's published form in a wrapper."""
    chance = random.Random(7)
    store = stored([b"0x" + chance.randbytes(32).hex().encode() for _ in range(9)])
    assert {each.encoding for each in wrapped(TABLE, Views(store))} == {Encoding.HEX}
    octopus = stored(
        sealed_in(Wrapper(b"v1:"), Layout(KeyForm.RAW, Mode.CBC, Iv.BESIDE), [b"x", b"y"], chance)
    )
    assert wrapped(OCTOPUS, Views(octopus)) == ()
