"""The form of ciphertext, in every usual writing and wrapper."""

import json
import random
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote

import pytest

from parsers.stores.ciphertext_form import ciphertext_form, looks_like_ciphertext
from parsers.stores.long_runs import suspects
from parsers.stores.unmapped import ColumnSearch

COUNT = 500


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zWjkbdMteM0VY1Ls3V+lwA==", True),
        ("zWjkbdMteM0VY1Ls3V+lwA", True),
        ("zWjkbdMteM0VY1Ls3V-lwA", True),
        ("A7" * 32, True),
        ("a7" * 15, False),
        ("zWjkbdMteM0VY1Ls3V+lwB==", False),  # bits behind the last byte are not zero
        ("zWjkbdMteM0VY1Ls3V+lwA===", False),
        ("95daec80877f164f13935bac14adde8cf636fe7b", False),  # a fingerprint
        ("secret", False),
        ("", False),
        ("QUJD" * 6, False),  # ABCABC…
        ("AAAAAAAAAAAAAAAAAAAAAA==", False),
        ("U2FsdGVkX1" + "8Qm5kZ3Jhc3Nlc9f1x0Jb3Q7sWq0m4Zp1Zc3k=", True),  # what openssl writes
    ],
)
def test_form(text: str, expected: bool) -> None:
    """Canonical, at least one block, by chance."""
    assert looks_like_ciphertext(text) is expected


def base64_of(raw: bytes) -> str:
    return b64encode(raw).decode()


def base64url_of(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode()


def unpadded(raw: bytes) -> str:
    return base64_of(raw).rstrip("=")


def url_unpadded(raw: bytes) -> str:
    return base64url_of(raw).rstrip("=")


WRITINGS: tuple[Callable[[bytes], str], ...] = (base64_of, base64url_of, unpadded, url_unpadded)
WRAPPERS: dict[str, Callable[[str], str]] = {
    "bare": lambda value: value,
    "line end": lambda value: f"{value}\n",
    "{AES}": lambda value: f"{{AES}}{value}",
    "ENC": lambda value: f"ENC({value})",
    "version": lambda value: f"v1:{value}",
    "named cipher": lambda value: f"$AES-128-CBC${value}",
    "data": lambda value: f"data:application/octet-stream;base64,{value}",
    "JSON": lambda value: json.dumps({"user": "jane", "password": value}),
    "JSON in JSON": lambda value: json.dumps({"config": json.dumps({"password": value})}),
    "escaped JSON": lambda value: '{"p":"' + value.replace("+", "\\u002B").replace("/", "\\/") + '"}',
    "connection string": lambda value: f"Server=db,1433;User Id=sa;Password={value};Encrypt=true",
    "URL": lambda value: f"https://example.com/login?user=jane&secret={quote(value, safe='')}&x=1",
    "XML": lambda value: f'<config password="{value.replace("+", "&#43;")}" user="jane"/>',
}


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("size", [16, 32, 48, 336])
def test_wrappers(wrapper: str, writing: Callable[[bytes], str], size: int) -> None:
    """Every ciphertext of a column counts, however it is written and whatever is around it."""
    chance = random.Random(size)
    values = [WRAPPERS[wrapper](writing(chance.randbytes(size))) for _ in range(COUNT)]
    search = ColumnSearch("value")
    for start in range(0, COUNT, 100):
        search.add(values[start : start + 100])
    missed = [value for value in values if ciphertext_form(value) is None]
    assert search.forms().total() == COUNT, missed[:3]


@pytest.mark.parametrize("wrapper", [name for name in WRAPPERS if name != "escaped JSON"])
@pytest.mark.parametrize("size", [29, 41, 57, 100])
def test_any_size_where_it_is_padded_or_named(wrapper: str, size: int) -> None:
    """GCM gives any size: then padding, or a word for secrets, or nothing else around it is the sign."""
    chance = random.Random(size)
    values = [base64_of(chance.randbytes(size)) for _ in range(COUNT)]
    wrapped = [WRAPPERS[wrapper](value) for value in values if value.endswith("=")]
    found = [value for value in wrapped if looks_like_ciphertext(value)]
    assert len(found) == len(wrapped)


@pytest.mark.parametrize(
    "around", ["{}", "0x{}", "\\x{}", "ENC({})", "password={};x=1", '{{"secret": "{}"}}']
)
@pytest.mark.parametrize("size", [16, 32, 48])
def test_hex(around: str, size: int) -> None:
    """Digits of either case: alone, introduced, or behind a word for secrets."""
    chance = random.Random(size)
    digits = [chance.randbytes(size).hex() for _ in range(200)]
    values = [around.format(each if at % 2 else each.upper()) for at, each in enumerate(digits)]
    search = ColumnSearch("value")
    search.add(values)
    assert search.forms().total() == 200


def test_base64_in_lines() -> None:
    """MIME breaks at 76 letters, PEM at 64: it is one ciphertext."""
    raw = random.Random(1).randbytes(160)
    text = base64_of(raw)
    for width in (64, 76):
        lines = "\r\n".join(text[at : at + width] for at in range(0, len(text), width))
        form = ciphertext_form(lines)
        assert form is not None
        assert form.size == 160


def test_the_sieve_holds_nothing_back() -> None:
    """What one value alone says yes to, all of them together say yes to."""
    chance = random.Random(7)
    values = [
        wrap(write(chance.randbytes(size)))
        for size in (16, 28, 32)
        for write in (*WRITINGS, bytes.hex)
        for wrap in WRAPPERS.values()
        for _ in range(20)
    ]
    chance.shuffle(values)
    passed = {value for at in range(0, len(values), 64) for value in suspects(values[at : at + 64])}
    assert not [value for value in values if looks_like_ciphertext(value) and value not in passed]


@pytest.mark.parametrize(
    "hostile",
    [
        "\\" * 500_000, "%25" * 200_000, "eyJ" * 200_000, "ssh-" * 200_000, "1-" * 200_000 + "$",
        "a" * 1_000_000, "aB3" * 300_000, "0x" * 300_000, "&#" * 300_000, "sha1" * 200_000,
        "-----BEGIN A" * 50_000,
    ],
)  # fmt: skip
def test_a_text_made_to_be_slow(hostile: str) -> None:
    """A megabyte of anything takes a moment: no pattern starts over at every letter."""
    began = time.process_time()
    suspects([f"aB {hostile} Cd"])
    ciphertext_form(f"aB {hostile} Cd")
    assert time.process_time() - began < 10
