"""COMMANDER_DB_PASSWORD, encrypted or not."""

import random

import pytest

from audit.cloudbees.database_password import open_database_password, password_opening
from audit.errors import KeyRingError
from audit.layouts.layout import Iv, KeyForm, Layout, Mode
from parsers.secret import Secret
from tests.support.sealing import candidate, seal

KEYS = [candidate("old", bytes(range(16))), candidate("new", bytes(range(32)), current=True)]
LAYOUTS = [
    Layout(KeyForm.RAW, Mode.ECB, Iv.NONE),
    Layout(KeyForm.RAW, Mode.CBC, Iv.FRONT),
    Layout(KeyForm.RAW, Mode.GCM, Iv.FRONT, nonce_size=12),
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
@pytest.mark.parametrize("key", [bytes(range(16)), bytes(range(32))], ids=len)
def test_opens_under_any_candidate(layout: Layout, key: bytes) -> None:
    """Whatever layout and candidate it was encrypted with, the password comes out."""
    stored = Secret(seal(layout, key, b"commander-db!", random.Random(1)))
    assert open_database_password(stored, KEYS) == Secret(b"commander-db!")


def test_plain_text_stays() -> None:
    """A password that is not encrypted yet is used as it is."""
    assert open_database_password(Secret(b"still in clear"), KEYS) == Secret(b"still in clear")


def test_a_foreign_key_is_an_error_that_shows_nothing() -> None:
    """Ciphertext that no candidate opens is neither used as a password nor shown."""
    stored = seal(LAYOUTS[0], bytes(16), b"commander-db!", random.Random(1))
    with pytest.raises(KeyRingError) as error:
        open_database_password(Secret(stored), KEYS)
    assert stored.decode() not in f"{error.value} {error.value.hint}"


def test_it_says_which_key_opens() -> None:
    """The candidate that opens it is named; plain text needs none, and a foreign key fits with none."""
    stored = Secret(seal(LAYOUTS[2], bytes(range(16)), b"commander-db!", random.Random(1)))
    opening = password_opening(stored, KEYS)
    assert (opening.key, opening.certain) == (KEYS[0], True)
    plain = password_opening(Secret(b"still in clear"), KEYS)
    assert (plain.password, plain.key, plain.certain) == (Secret(b"still in clear"), None, True)
    foreign = password_opening(stored, KEYS[1:])
    assert (foreign.password, foreign.key, foreign.certain) == (None, None, False)
