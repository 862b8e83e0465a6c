"""Key bytes out of key files, by form."""

import base64
import hashlib
from typing import Final

import pytest

from audit.layouts.key_material import WRITTEN_FORMS, key_bytes
from audit.layouts.layout import KeyForm
from parsers.secret import Secret
from tests.support.java_key import secret_key_spec

KEY: Final = bytes(range(184, 216))


def by_form(content: bytes) -> dict[KeyForm, bytes]:
    forms = [form for form in KeyForm if form is not KeyForm.MASTER_KEY]
    return {form: key.reveal() for form in forms if (key := key_bytes(Secret(content), form)) is not None}


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (KEY, KeyForm.RAW),
        (KEY + b"\r\n", KeyForm.TRIMMED),
        (KEY.hex(":").encode(), KeyForm.HEX),
        (b"\xff\xfe" + (KEY.hex() + "\r\n").encode("utf-16-le"), KeyForm.HEX),
        (b"passkey: " + base64.urlsafe_b64encode(KEY).rstrip(b"="), KeyForm.BASE64),
        (secret_key_spec(KEY), KeyForm.JAVA),
    ],
)
def test_each_written_form(content: bytes, form: KeyForm) -> None:
    """A file gives its key in its own form."""
    assert by_form(content)[form] == KEY


def test_digests_of_the_trimmed_file() -> None:
    """A file with a newline gives the digests with and without it; one without gives each digest once."""
    text = b"a passphrase of forty-one characters here"
    with_newline, without = by_form(text + b"\n"), by_form(text)
    assert with_newline[KeyForm.SHA256_32] == hashlib.sha256(text + b"\n").digest()
    assert (
        with_newline[KeyForm.SHA256_32_TRIMMED] == without[KeyForm.SHA256_32] == hashlib.sha256(text).digest()
    )
    assert with_newline[KeyForm.MD5_TRIMMED] == hashlib.md5(text).digest()
    assert with_newline[KeyForm.SHA1_16_TRIMMED] == hashlib.sha1(text).digest()[:16]
    assert set(with_newline) - set(without) == {
        KeyForm.MD5_TRIMMED,
        KeyForm.SHA1_16_TRIMMED,
        KeyForm.SHA256_16_TRIMMED,
        KeyForm.SHA256_32_TRIMMED,
    }


def test_what_can_be_no_key_has_digests_alone() -> None:
    """Any file has digests; in the written forms only a key is one."""
    assert not set(by_form(b"Read me first, please.")) & set(WRITTEN_FORMS)


def test_few_keys_a_file() -> None:
    """Work grows with the number of AES keys of a file: at most a dozen for any, four digests for most."""
    for content in (
        KEY,
        KEY + b"\n",
        KEY.hex().encode() + b"\n",
        b"k" * 16,
        b"passkey=" + base64.b64encode(KEY),
    ):
        assert len(set(by_form(content).values())) <= 11
    assert len(set(by_form(KEY).values())) == 5
