"""COMMANDER_DB_PASSWORD under another passkey."""

import base64
import random

import pytest

from audit.cloudbees.database_password import open_database_password, rekeyed_password
from audit.errors import ReencryptionError
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from parsers.secret import Secret
from tests.audit.reencryption.by_openssl import opened_by_openssl, sealed_by_openssl
from tests.audit.reencryption.estate import ECB, FOREIGN, FRONT, GCM, NEW, OLD, ZERO
from tests.support.sealing import candidate, seal

RING = [candidate("old", OLD), candidate("new", NEW, current=True)]
SHORT, LONG = b"commander-db!", b"a database password of more than one block"


def sealed(layout: Layout, plain: bytes, key: bytes = OLD) -> Secret:
    return Secret(seal(layout, key, plain, random.Random(3), sealed_by_openssl))


def rekeyed(stored: Secret) -> Secret | None:
    return rekeyed_password(stored, RING, RING[1])


def test_a_short_one_in_ecb() -> None:
    """One block is the same in ECB and in CBC with zeros: openssl opens it either way."""
    for layout in (ECB, ZERO):
        new = rekeyed(sealed(layout, SHORT))
        assert new is not None
        content = base64.b64decode(new.reveal())
        assert opened_by_openssl(NEW, None, content) == SHORT
        assert opened_by_openssl(NEW, bytes(16), content) == SHORT


def test_one_under_an_authentication_tag() -> None:
    """GCM leaves no choice, whatever its length."""
    for plain in (SHORT, LONG):
        new = rekeyed(sealed(GCM, plain))
        assert new is not None
        assert open_database_password(new, RING[1:]) == Secret(plain)


def test_a_long_one_in_ecb() -> None:
    """Chained to the block before, its second block would be noise: it shows its layout by itself."""
    new = rekeyed(sealed(ECB, LONG))
    assert new is not None
    assert opened_by_openssl(NEW, None, base64.b64decode(new.reveal())) == LONG


def test_a_long_one_follows_the_servers_other_values() -> None:
    """In CBC it leaves a choice, and is refused; what credentials of the same server show settles it."""
    stored = sealed(ZERO, LONG)
    with pytest.raises(ReencryptionError) as error:
        rekeyed(stored)
    assert "plain text by hand" in error.value.hint
    new = rekeyed_password(stored, RING, RING[1], [ZERO])
    assert new is not None
    assert opened_by_openssl(NEW, bytes(16), base64.b64decode(new.reveal())) == LONG


@pytest.mark.parametrize("vector", [bytes(range(7, 23)), OLD[::-1]])
def test_a_first_block_behind_a_constant_vector_is_never_lost(vector: bytes) -> None:
    """Whoever took that block for a vector would write the end of the password alone."""
    constant = Layout(KeyForm.RAW, Mode.CBC, Iv.CONSTANT, constant_iv=vector)
    with pytest.raises(ReencryptionError) as error:
        rekeyed(sealed(constant, b"sixteen letters, and then some"))
    assert "plain text by hand" in error.value.hint


def test_a_vector_in_front() -> None:
    """One value does not tell it from text behind a constant vector; other values of the server do."""
    stored = sealed(FRONT, SHORT)
    with pytest.raises(ReencryptionError, match="does not show in which layout") as error:
        rekeyed(stored)
    assert SHORT.decode() not in f"{error.value.message} {error.value.hint}"
    new = rekeyed_password(stored, RING, RING[1], [FRONT, ECB])
    assert new is not None
    content = base64.b64decode(new.reveal())
    assert opened_by_openssl(NEW, content[:16], content[16:]) == SHORT


@pytest.mark.parametrize("layout", [ECB, FRONT, GCM], ids=lambda layout: layout.name)
def test_under_the_target_already(layout: Layout) -> None:
    """Nothing to do, though its layout may leave a choice."""
    assert rekeyed(sealed(layout, LONG, NEW)) is None


@pytest.mark.parametrize("plain", [b"still in clear", b"short", b"p@ss=word:1", b"cGFzc3dvcmQ="])
def test_plain_text_needs_nothing(plain: bytes) -> None:
    """The server encrypts it at its next start."""
    assert rekeyed(Secret(plain)) is None


def test_a_foreign_key() -> None:
    """No candidate opens it: said, with what can be done, and without the value."""
    stored = sealed(GCM, LONG, FOREIGN)
    with pytest.raises(ReencryptionError, match="none of the candidate keys") as error:
        rekeyed(stored)
    assert stored.reveal().decode() not in f"{error.value.message} {error.value.hint}"


def test_a_key_in_another_form_than_the_target() -> None:
    """The old passkey is a file of hex, the new one of raw bytes: it has no key in that layout."""
    layout = Layout(KeyForm.HEX, Mode.GCM, Iv.FRONT, nonce_size=12)
    ring = [candidate("old", OLD.hex().encode()), RING[1]]
    with pytest.raises(ReencryptionError) as error:
        rekeyed_password(sealed(layout, LONG), ring, ring[1])
    assert "plain text by hand" in error.value.hint
