"""Key bytes out of a key file, in each form."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from typing import Final

from audit.layouts.layout import KeyForm
from parsers.secret import Secret

AES_KEY_SIZES: Final = (16, 24, 32)
"""FIPS 197."""


def key_bytes(content: Secret, form: KeyForm) -> Secret | None:
    """The AES key that `content`, a whole key file, gives in this form; None where it gives none.

    Args:
        content: the file.
        form: any but MASTER_KEY, which the reader of the key file has resolved already.
    """
    try:
        key = _FORMS[form](content.reveal())
    except (binascii.Error, ValueError):
        return None  # the file is not written in this form
    return Secret(key) if len(key) in AES_KEY_SIZES else None


def _hex(content: bytes) -> bytes:
    return binascii.unhexlify(content.strip())


def _base64(content: bytes) -> bytes:
    return base64.b64decode(content.strip(), validate=True)


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _sha1_16(content: bytes) -> bytes:
    return hashlib.sha1(content, usedforsecurity=False).digest()[:16]


_FORMS: Final[Mapping[KeyForm, Callable[[bytes], bytes]]] = {
    KeyForm.RAW: bytes,
    KeyForm.TRIMMED: bytes.strip,
    KeyForm.HEX: _hex,
    KeyForm.BASE64: _base64,
    KeyForm.MD5: _md5,
    KeyForm.SHA1_16: _sha1_16,
    KeyForm.SHA256_16: lambda content: hashlib.sha256(content).digest()[:16],
    KeyForm.SHA256_32: lambda content: hashlib.sha256(content).digest(),
}
