"""Every layout opened by its own key and by nothing else."""

import os
import random
import subprocess
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.cloudbees.layouts import LAYOUTS
from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode, Padding
from audit.trial.best import NOT_OPENED, Best, best_openings
from audit.trial.hypothesis import hypotheses
from audit.trial.same_secret import SecretTags
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from parsers.secret import Secret
from tests.support.programs import need
from tests.support.sealing import candidate, passwords, seal, stored

RAW_LAYOUTS: Final = [
    replace(each, prefix=prefix)
    for each in LAYOUTS
    if each.key_form is KeyForm.RAW
    for prefix in (b"", b"\x01", b"v2:")
    if each.padding is Padding.PKCS7 or (each.encoding is Encoding.BASE64 and not prefix)
]
KEYS: Final = [bytes(range(1, 17)), bytes(range(100, 132)), bytes(range(50, 74))]
TAGS: Final = SecretTags(Secret(bytes(16)))


def opened(values: list[bytes | None], layout: Layout, keys: list[bytes]) -> Best:
    tried = hypotheses([candidate(str(number), key) for number, key in enumerate(keys)], [layout])
    frame = stored(values, layout)
    return best_openings(frame.height, try_keys(Views(frame), tried), tried, TAGS)


def plain_texts(values: list[bytes], layout: Layout, key: bytes) -> dict[int, bytes]:
    tried = hypotheses([candidate("k", key)], [layout])
    found = {}
    for each in try_keys(Views(stored(values, layout)), tried):
        for row, plain, length in zip(each.rows, each.plain, each.lengths, strict=True):
            found[int(row)] = plain[:length].tobytes()
    return found


@pytest.mark.parametrize("layout", RAW_LAYOUTS, ids=lambda layout: layout.name)
def test_each_key_opens_its_own(layout: Layout) -> None:
    """Of values under three keys each is opened best by its own, and to the text that was sealed."""
    chance = random.Random(layout.name)
    texts = passwords(60, chance)
    if layout.iv is Iv.UNKNOWN:
        texts = [text + b"-and-a-block-more" for text in texts]
    sealed = [seal(layout, KEYS[number % 3], text, chance) for number, text in enumerate(texts)]
    best = opened(list(sealed), layout, KEYS)
    assert best.hypothesis.tolist() == [number % 3 for number in range(60)]
    # ISO 10126 says one byte: of four characters of text no more is known than that they are text.
    assert (best.log10 < (-2.5 if layout.padding is Padding.ISO10126 else -6)).all()
    first = 16 if layout.iv is Iv.UNKNOWN else 0
    mine = [number for number in range(60) if number % 3 == 1]
    found = plain_texts([sealed[number] for number in mine], layout, KEYS[1])
    assert found == {row: texts[number][first:] for row, number in enumerate(mine)}


@settings(max_examples=150, deadline=None)
@given(
    layout=st.sampled_from([each for each in RAW_LAYOUTS if each.padding is not Padding.PKCS7]),
    text=st.text("abyz 09-*_éßжя数😀", min_size=1, max_size=40),
    seed=st.integers(0, 2**32),
)
def test_text_comes_back_from_every_padding(layout: Layout, text: str, seed: int) -> None:
    """Text of any script; what fills up is stripped, though the text itself ended in it."""
    fill = bytes([layout.padding.fill]) if layout.padding.fill is not None else b""
    plain = text.encode() if layout.iv is not Iv.UNKNOWN else b"sixteen bytes or" + text.encode()
    if fill and not plain.rstrip(fill):
        return
    value = seal(layout, KEYS[0], plain, random.Random(seed))
    shown = plain[16:] if layout.iv is Iv.UNKNOWN else plain
    if fill:  # off the last block alone
        cut = len(shown) - (len(shown) - 1) % 16 - 1
        shown = shown[:cut] + shown[cut:].rstrip(fill)
    found = plain_texts([value], layout, KEYS[0])
    assert found == {0: shown}


@settings(max_examples=150, deadline=None)
@given(
    layout=st.sampled_from([each for each in RAW_LAYOUTS if each.padding is Padding.PKCS7]),
    key=st.sampled_from([16, 24, 32]).flatmap(lambda size: st.binary(min_size=size, max_size=size)),
    text=st.binary(max_size=80),
    seed=st.integers(0, 2**32),
)
def test_any_text_comes_back(layout: Layout, key: bytes, text: bytes, seed: int) -> None:
    """Whatever is sealed, binary and empty secrets too, comes back under its key."""
    if layout.iv is Iv.UNKNOWN:
        text += bytes(16)
    value = seal(layout, key, text, random.Random(seed))
    if layout.encoding is Encoding.RAW and _is_text(value):
        return  # raw ciphertext that happens to be valid text is not looked at
    found = plain_texts([value], layout, key)
    assert found == {0: text[16:] if layout.iv is Iv.UNKNOWN else text}


@settings(max_examples=200, deadline=None)
@given(
    layout=st.sampled_from(RAW_LAYOUTS),
    damage=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), min_size=1, max_size=4),
    cut=st.integers(0, 60),
    seed=st.integers(0, 2**32),
)
def test_damage_is_no_exception(layout: Layout, damage: list[tuple[int, int]], cut: int, seed: int) -> None:
    """Flipped and missing bytes open nothing or something, but never raise."""
    chance = random.Random(seed)
    value = bytearray(seal(layout, KEYS[0], b"some secret or other", chance))
    for position, byte in damage:
        value[position % len(value)] ^= byte
    best = opened([bytes(value), bytes(value[: len(value) - cut])], layout, KEYS)
    assert best.hypothesis.shape == (2,)


@pytest.mark.parametrize(
    ("layout", "arguments"),
    [
        (Layout(KeyForm.RAW, Mode.ECB, Iv.NONE), ["-aes-{bits}-ecb"]),
        (Layout(KeyForm.RAW, Mode.CBC, Iv.ZERO), ["-aes-{bits}-cbc", "-iv", "0" * 32]),
        (Layout(KeyForm.RAW, Mode.CBC, Iv.KEY), ["-aes-{bits}-cbc", "-iv", "{key16}"]),
    ],
    ids=lambda each: each.name if isinstance(each, Layout) else None,
)
@pytest.mark.parametrize("key", KEYS, ids=len)
def test_openssl_agrees(layout: Layout, arguments: list[str], key: bytes) -> None:
    """What the openssl program sealed opens to what it was given."""
    filled = [part.format(bits=8 * len(key), key16=key[:16].hex()) for part in arguments]
    texts = [b"x", b"fifteen bytes ..", b"Gr\xc3\xbc\xc3\x9fe aus K\xc3\xb6ln", b"y" * 100]
    values = [
        subprocess.run(
            [need("openssl"), "enc", *filled, "-K", key.hex(), "-base64", "-A"],
            input=text,
            capture_output=True,
            check=True,
        ).stdout
        for text in texts
    ]
    assert plain_texts(values, layout, key) == dict(enumerate(texts))


def test_wrong_keys_open_by_padding_alone() -> None:
    """Of random blocks 0.392 % pass the padding under a wrong key, hardly one of which looks like text."""
    values = np.random.default_rng(7).integers(0, 256, (200_000, 16), np.uint8)
    frame = pl.DataFrame(
        {"value": pl.Series([row.tobytes().hex().encode() for row in values], dtype=pl.Binary)}
    )
    frame = frame.with_columns(pl.lit(None, pl.Binary).alias("iv"))
    layout = Layout(KeyForm.RAW, Mode.ECB, Iv.NONE, Encoding.HEX)
    tried = hypotheses([candidate("wrong", os.urandom(16))], [layout])
    best = best_openings(frame.height, try_keys(Views(frame), tried), tried, TAGS)
    share = (best.hypothesis != NOT_OPENED).mean()
    assert 0.0035 < share < 0.0044
    assert best.log10.min() > -9


def test_key_files_in_other_forms() -> None:
    """Key bytes come from the file raw, trimmed, as hex, base64 or digest; equal bytes are tried once."""
    text = candidate("text", b"000102030405060708090a0b0c0d0e0f\n")
    forms = [Layout(form, Mode.ECB, Iv.NONE) for form in KeyForm if form is not KeyForm.MASTER_KEY]
    found = {each.layout.key_form: len(each.aes_key) for each in hypotheses([text], forms)}
    assert found == {
        KeyForm.TRIMMED: 32,
        KeyForm.HEX: 16,
        KeyForm.BASE64: 24,
        KeyForm.MD5: 16,
        KeyForm.SHA1_16: 16,
        KeyForm.SHA256_16: 16,
        KeyForm.SHA256_32: 32,
        KeyForm.MD5_TRIMMED: 16,
        KeyForm.SHA1_16_TRIMMED: 16,
        KeyForm.SHA256_16_TRIMMED: 16,
        KeyForm.SHA256_32_TRIMMED: 32,
    }
    raw = hypotheses([candidate("raw", bytes(range(65, 81)))], forms)
    assert [each.names for each in raw if each.layout.key_form is KeyForm.RAW] == [
        ["aes-ecb/base64/key-raw", "aes-ecb/base64/key-trimmed"]
    ]


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
