"""Checked-in ciphertext of other implementations, and the published vectors of AES, its modes and Octopus."""

import base64
import json
import random
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import pytest

from audit.keys.key_ring import Key
from audit.layouts.layout import Encoding, Iv, KeyForm, Layout, Mode
from audit.octopus.layouts import LAYOUTS
from audit.octopus.product import OCTOPUS
from audit.run.examine import examine
from audit.trial.aes_columns import AesColumns
from audit.trial.hypothesis import hypotheses
from audit.trial.same_secret import SecretTags
from audit.trial.try_keys import try_keys
from audit.trial.views import Views
from parsers.secret import Secret
from parsers.stores.interface import StoredValues
from tests.support.programs import need
from tests.support.sealing import candidate, passwords, ring_of, seal, stored
from tests.vectors import make_ciphertext

VECTORS: Final = Path(make_ciphertext.__file__).parent


def read(name: str) -> Any:  # JSON
    return json.loads((VECTORS / name).read_text("utf-8"))


def texts(value: bytes, layouts: list[Layout], *keys: Key) -> list[tuple[Layout, int, bytes]]:
    """What opens the value: layout, key and text."""
    tried = hypotheses(keys, layouts)
    return [
        (
            tried[each.hypothesis].layout,
            tried[each.hypothesis].key,
            each.plain[0, : each.lengths[0]].tobytes(),
        )
        for each in try_keys(Views(stored([value])), tried)
    ]


def layout_of(vector: dict[str, Any]) -> Layout:
    return Layout(
        key_form=KeyForm.RAW,
        mode=Mode(vector["mode"]),
        iv=Iv(vector["iv"]),
        encoding=Encoding(vector["encoding"]),
        prefix=bytes.fromhex(vector["prefix"]),
        nonce_size=vector["nonce_size"],
        constant_iv=bytes.fromhex(vector["constant_iv"]),
    )


def test_checked_in_values_open() -> None:
    """Every value made by openssl and PyCryptodome opens to its text under its key, and under no other."""
    vectors = read("ciphertext.json")
    assert len(vectors) == 8 * 4 * 2 * 3
    foreign = candidate("foreign", bytes(range(32)))
    for vector in vectors:
        key = candidate("k", bytes.fromhex(vector["key"]))
        layout = layout_of(vector)
        opened = texts(vector["value"].encode(), [layout], foreign, key)
        assert (layout, 1, vector["text"].encode()) in opened
        assert all(text != vector["text"].encode() for _, place, text in opened if place == 0)


def test_the_generator_still_makes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The script writes the checked-in file again, byte for byte."""
    need("openssl")
    monkeypatch.setattr(make_ciphertext, "HERE", tmp_path)
    make_ciphertext.main()
    assert (tmp_path / "ciphertext.json").read_bytes() == (VECTORS / "ciphertext.json").read_bytes()


@pytest.mark.parametrize("vector", read("octopus.json"), ids=lambda vector: vector["text"])
def test_octopus_values_open(vector: dict[str, str]) -> None:
    """The published values open under their master keys, in the one layout that is known for Octopus."""
    layouts = list(LAYOUTS)
    key = candidate("k", b"as show-master-key prints it", master_key=base64.b64decode(vector["master_key"]))
    ((layout, _, text),) = texts(vector["value"].encode(), layouts, key)
    assert (text.decode(), layout.name) == (vector["text"], "aes-cbc/iv-beside/base64/key-master-key")


def test_a_store_of_octopus_values() -> None:
    """The published value has its verdict in a store whose other values establish the layout."""
    vector, chance = read("octopus.json")[0], random.Random(1)
    master_key = base64.b64decode(vector["master_key"])
    layout = LAYOUTS[0]
    more = [seal(layout, master_key, text, chance) for text in passwords(30, chance)]
    frame = stored([vector["value"].encode(), *more]).with_columns(system=pl.lit("octopus"))
    key = candidate("k", b"file", current=True, master_key=master_key)
    examined = examine([StoredValues(frame)], ring_of(key, product=OCTOPUS), SecretTags(Secret(bytes(16))))
    assert set(examined.frame["verdict"]) == {"current"}


@pytest.mark.parametrize("vector", read("nist.json")["blocks"], ids=lambda vector: vector["source"])
def test_nist_blocks(vector: dict[str, str]) -> None:
    """The bare cipher in columns gives NIST's plain texts; CBC is the cipher and the block before."""
    cipher = np.frombuffer(bytes.fromhex(vector["cipher"]), np.uint8).reshape(-1, 16)
    columns = AesColumns(Secret(bytes.fromhex(vector["key"])))
    plain = columns.decrypt(cipher)
    if vector["vector"]:
        first = np.frombuffer(bytes.fromhex(vector["vector"]), np.uint8)
        plain = plain ^ np.vstack([first, cipher[:-1]])
    else:
        assert np.array_equal(columns.encrypt(plain), cipher)
    assert plain.tobytes().hex() == vector["plain"]


@pytest.mark.parametrize("vector", read("nist.json")["gcm"], ids=lambda vector: vector["source"])
def test_nist_gcm(vector: dict[str, str]) -> None:
    """NIST's values without associated data open, nonce in front and tag behind; a changed tag does not."""
    layout = Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, Encoding.HEX, nonce_size=12)
    key = candidate("k", bytes.fromhex(vector["key"]))
    value = vector["nonce"] + vector["cipher"] + vector["tag"]
    ((_, _, text),) = texts(value.encode(), [layout], key)
    assert text.hex() == vector["plain"]
    flipped = value[:-1] + format(int(value[-1], 16) ^ 1, "x")
    assert texts(flipped.encode(), [layout], key) == []
