"""Values inside text wrappers and without padding, opened and written anew; opened again by PyCryptodome."""

import base64
import json
import random
from typing import Final

import polars as pl
import pytest
from Crypto.Cipher import AES

from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode
from audit.layouts.wrapper import Wrapper
from audit.reencryption.cipher import Notation, encrypt_value, fresh_vector, open_value
from audit.reencryption.make_plan import NewValue, new_value
from audit.reencryption.new_layout import NewLayout
from audit.reencryption.plan import PlaintextMac
from audit.trial.hypothesis import Hypothesis
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from parsers.secret import Secret
from parsers.stores.store_writer import StoredCiphertext
from tests.support.sealing import seal

OLD: Final = bytes(range(16))
NEW: Final = bytes(range(60, 76))
TEXT: Final = b"correct horse battery staple"
HEAD: Final = Wrapper(b"ENC(", b")")
JSON: Final = Wrapper(member="ct")
PAIR: Final = Iv.BESIDE


def layout_in(wrapper: Wrapper, iv: Iv = Iv.FRONT, encoding: Encoding = Encoding.BASE64) -> Layout:
    return Layout(KeyForm.RAW, Mode.CBC, iv, encoding, wrapper=wrapper)


def under(key: bytes, layout: Layout) -> Hypothesis:
    return Hypothesis(0, Secret(key), layout)


def sealed_in(layout: Layout, *, seed: int = 1) -> bytes:
    """What a product would have stored under the old key."""
    value = seal(layout, OLD, TEXT, random.Random(seed))
    if layout.wrapper.member:
        text = value.decode().replace("/", "\\/").replace("+", "\\u002B")
        return f'{{ "kid": 3, "{layout.wrapper.member}" : "{text}" , "by": "Jürgen" }}\n'.encode()
    return layout.wrapper.head + value + layout.wrapper.tail


def opened_by_others(content: bytes, iv: Iv) -> bytes:
    """The text, by PyCryptodome, from what stands inside the wrapper."""
    if iv is Iv.BESIDE:
        body, vector = (base64.b64decode(part) for part in content.split(b"|"))
    else:
        whole = base64.b64decode(content)
        vector, body = whole[:16], whole[16:]
    padded = AES.new(NEW, AES.MODE_CBC, iv=vector).decrypt(body)
    return padded[: -padded[-1]]


@pytest.mark.parametrize("wrapper", [HEAD, JSON], ids=["head and tail", "JSON"])
@pytest.mark.parametrize("iv", [Iv.FRONT, Iv.BESIDE])
def test_only_what_is_inside_changes(wrapper: Wrapper, iv: Iv) -> None:
    """Each byte of the shell stays, and the new content opens elsewhere under the new key."""
    layout = layout_in(wrapper, iv)
    old = StoredCiphertext(sealed_in(layout))
    assert open_value(old, under(OLD, layout)) == Secret(TEXT)
    new = NewLayout((under(NEW, layout),), Notation(), "").encrypt(Secret(TEXT), old)
    assert new is not None
    assert open_value(new, under(NEW, layout)) == Secret(TEXT)
    if wrapper.member:
        assert json.loads(new.value) | {"ct": ""} == {"kid": 3, "ct": "", "by": "Jürgen"}
        assert new.value.startswith(b'{ "kid": 3, "ct" : "')
        assert new.value.endswith('" , "by": "Jürgen" }\n'.encode())
        content = json.loads(new.value)["ct"].encode()
    else:
        assert new.value.startswith(b"ENC(")
        assert new.value.endswith(b")")
        content = new.value[4:-1]
    assert opened_by_others(content, iv) == TEXT


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("layout", [layout_in(HEAD), layout_in(JSON), layout_in(JSON, PAIR)])
def test_columns_open_the_same(layout: Layout, seed: int) -> None:
    """One value at a time, and by the columns of the trial."""
    value = sealed_in(layout, seed=seed)
    frame = pl.DataFrame({"value": [value], "iv": [None]}, {"value": pl.Binary, "iv": pl.Binary})
    (opened,) = try_keys(Views(frame), [under(OLD, layout)])
    single = open_value(StoredCiphertext(value), under(OLD, layout))
    assert single == Secret(opened.plain[0, : opened.lengths[0]].tobytes()) == Secret(TEXT)


def test_not_wrapped_so_is_not_opened() -> None:
    """The same content in another wrapper, or in none, is of another layout."""
    for wrapper in (HEAD, JSON):
        bare = sealed_in(layout_in(Wrapper()))
        assert open_value(StoredCiphertext(bare), under(OLD, layout_in(wrapper))) is None
        assert (
            open_value(StoredCiphertext(sealed_in(layout_in(wrapper))), under(OLD, layout_in(Wrapper())))
            is None
        )


def test_no_object_is_made_up() -> None:
    """A bare value is not written into JSON, since nobody knows what else belongs there."""
    bare, into = layout_in(Wrapper()), NewLayout((under(NEW, layout_in(JSON)),), Notation(), "")
    old = StoredCiphertext(sealed_in(bare))
    refused = new_value(old, (under(OLD, bare),), into, PlaintextMac(), zero_vector=False)
    assert isinstance(refused, str)
    assert "JSON object" in refused
    out_of = NewLayout((under(NEW, bare),), Notation(), "")
    freed = new_value(
        StoredCiphertext(sealed_in(layout_in(JSON))),
        (under(OLD, layout_in(JSON)),),
        out_of,
        PlaintextMac(),
        zero_vector=False,
    )
    assert isinstance(freed, NewValue)
    assert opened_by_others(freed.sealed.value, Iv.FRONT) == TEXT


@pytest.mark.parametrize("encoding", [Encoding.BASE64, Encoding.BASE64_URL])
@pytest.mark.parametrize("padded", [True, False])
def test_padding_as_it_is_spelled(encoding: Encoding, padded: bool) -> None:
    """Both alphabets are written with or without, and both are read again."""
    layout = layout_in(HEAD, encoding=encoding)
    for size in range(8):  # enough for `+` and `/`
        plain = Secret(bytes(size))
        new = encrypt_value(plain, under(NEW, layout), fresh_vector(layout), Notation(padded=padded))
        assert new.value.endswith(b"=)") is padded
        assert open_value(new, under(NEW, layout)) == plain


def test_octopus_reads_no_base64_without_padding() -> None:
    """.NET does not: what lacks it is damaged there."""
    layout = Layout(KeyForm.MASTER_KEY, Mode.CBC, Iv.BESIDE)
    value = sealed_in(layout)
    assert open_value(StoredCiphertext(value), under(OLD, layout)) == Secret(TEXT)
    assert value.endswith(b"==")
    assert open_value(StoredCiphertext(value[:-2]), under(OLD, layout)) is None
