"""The estates' own ciphertext is what openssl would write, and what is sealed comes back."""

import base64
import hashlib
import random
import subprocess
from itertools import product

import pytest

from tests.estates.draw import draw
from tests.estates.estate import Trouble
from tests.estates.octopus import draw_octopus
from tests.estates.sealing import Cipher, Encoding, Padding, Sealing, Vector, Wrapper, opened, seal
from tests.support.programs import need

KEY = bytes(range(16))
TEXT = "Grüße: sixteen and more".encode()


def by_openssl(words: list[str], data: bytes) -> bytes:
    """What `openssl enc -d` makes of a ciphertext."""
    command = [need("openssl"), "enc", "-d", *words]
    return subprocess.run(command, input=data, check=True, capture_output=True).stdout


@pytest.mark.parametrize(
    ("sealing", "words"),
    [
        (Sealing(mode="ecb", vector=Vector.NONE), ["-aes-128-ecb"]),
        (Sealing(vector=Vector.ZERO), ["-aes-128-cbc", "-iv", "00" * 16]),
        (Sealing(vector=Vector.KEY), ["-aes-128-cbc", "-iv", KEY.hex()]),
        (Sealing(vector=Vector.CONSTANT, constant=b"1" * 16), ["-aes-128-cbc", "-iv", "31" * 16]),
    ],
    ids=lambda value: value.name if isinstance(value, Sealing) else "",
)
def test_openssl_reads_it(sealing: Sealing, words: list[str]) -> None:
    """AES with each vector that is not in the value."""
    value = base64.b64decode(seal(sealing, KEY, TEXT, random.Random(1)))
    assert by_openssl([*words, "-K", KEY.hex()], value) == TEXT


def test_openssl_reads_its_own_salted_form() -> None:
    """A password, MD5, and the salt in front."""
    value = base64.b64decode(seal(Sealing(Cipher.OPENSSL), b"old-passphrase", TEXT, random.Random(1)))
    assert value.startswith(b"Salted__")
    assert by_openssl(["-aes-256-cbc", "-md", "md5", "-pass", "pass:old-passphrase"], value) == TEXT


@pytest.mark.parametrize("padding", Padding)
@pytest.mark.parametrize("encoding", Encoding)
@pytest.mark.parametrize("vector", [Vector.FRONT, Vector.ZERO, Vector.KEY])
def test_what_is_sealed_comes_back(padding: Padding, encoding: Encoding, vector: Vector) -> None:
    """In every encoding, wrapper and padding."""
    wrappers = [Wrapper.NONE] if encoding is Encoding.RAW else list(Wrapper)
    for wrapper, text, prefix in product(wrappers, (b"x", b"fifteen letters", TEXT), (b"", b"\x01\x02")):
        sealing = Sealing(vector=vector, padding=padding, encoding=encoding, wrapper=wrapper, prefix=prefix)
        assert opened(sealing, KEY, seal(sealing, KEY, text, random.Random(1))) == text


@pytest.mark.parametrize("seed", range(40))
def test_the_truth_of_an_estate_is_true(seed: int) -> None:
    """Every whole value opens to its text, a cut or edited one does not, and a seed is an estate for ever."""
    estate = draw(seed)
    assert estate == draw(seed)
    for value in estate.values:
        if value.sealing is None or not value.sealing.supported or value.trouble is Trouble.TWICE:
            continue
        if value.trouble is Trouble.NONE:
            assert estate.truly_in(value) == value.text
        elif value.trouble is Trouble.CUT_BLOCK:
            assert estate.truly_in(value) is None
        elif value.trouble in {Trouble.MIDDLE, Trouble.VECTOR}:
            assert estate.truly_in(value) != value.text


def test_estates_of_octopus_stay_the_same() -> None:
    """A seed is an estate for ever; strings stand within strings in some."""
    drawn = [draw_octopus(seed) for seed in range(10)]
    assert [draw_octopus(seed) for seed in range(10)] == drawn
    assert any(place.inside for each in drawn for place in each.places.values())


def test_the_first_estate_never_changes() -> None:
    """What a seed meant in a report of last year it means today."""
    written = "\n".join(f"{each.name} {each.value!r} {each.trouble}" for each in draw(1).values)
    assert (
        hashlib.sha256(written.encode()).hexdigest()
        == "72d46fb943c4458238e27ba90c74e628e147c548736e3d3986b09628072183ef"
    )
