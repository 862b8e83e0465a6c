"""What a key file gives a layout: an AES key, the key of another cipher, or a passphrase."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from audit.layouts.layout import KeyForm, Layout
from parsers.keys.aes_forms import trimmed, written_keys
from parsers.secret import Secret

WRITTEN_FORMS: Final = (KeyForm.RAW, KeyForm.TRIMMED, KeyForm.HEX, KeyForm.BASE64, KeyForm.JAVA)
"""The forms in which not every file is a key: what is one in none of them is hardly a key at all."""


@lru_cache(maxsize=4096)
def key_bytes(content: Secret, form: KeyForm) -> Secret | None:
    """The AES key that `content`, a whole key file, gives in this form; None where it gives none.

    A digest always gives one; that of the trimmed file only where the trimmed file is another. The answer is
    kept, since it is asked for again with every layout.

    Args:
        content: the file.
        form: any but MASTER_KEY, which the reader of the key file has resolved already.
    """
    if form in WRITTEN_FORMS:
        return written_keys(content).get(form.value)
    if (digest := _DIGESTS.get(form)) is not None:
        return Secret(digest(content.reveal()))
    bare = trimmed(content)
    return Secret(_DIGESTS[_OF_TRIMMED[form]](bare.reveal())) if len(bare) and bare != content else None


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _sha1_16(content: bytes) -> bytes:
    return hashlib.sha1(content, usedforsecurity=False).digest()[:16]


_DIGESTS: Final[Mapping[KeyForm, Callable[[bytes], bytes]]] = {
    KeyForm.MD5: _md5,
    KeyForm.SHA1_16: _sha1_16,
    KeyForm.SHA256_16: lambda content: hashlib.sha256(content).digest()[:16],
    KeyForm.SHA256_32: lambda content: hashlib.sha256(content).digest(),
}

_OF_TRIMMED: Final = {
    KeyForm.MD5_TRIMMED: KeyForm.MD5,
    KeyForm.SHA1_16_TRIMMED: KeyForm.SHA1_16,
    KeyForm.SHA256_16_TRIMMED: KeyForm.SHA256_16,
    KeyForm.SHA256_32_TRIMMED: KeyForm.SHA256_32,
}


_OF_ANY_LENGTH: Final[Mapping[KeyForm, Callable[[bytes], bytes]]] = {
    KeyForm.RAW: bytes,
    KeyForm.TRIMMED: bytes.strip,
    KeyForm.HEX: lambda content: binascii.unhexlify(content.strip()),
    KeyForm.BASE64: lambda content: base64.b64decode(content.strip(), validate=True),
}
"""The digests have the length of an AES key, whatever they are used for."""


def key_material(content: Secret, layout: Layout) -> Secret | None:
    """What `content`, a whole key file, gives the layout; None where it gives nothing.

    A passphrase may have any length but none at all; the key of a cipher has one of the lengths that the
    cipher takes.

    Args:
        content: the file.
        layout: of any key form but MASTER_KEY, which the reader of the key file has resolved already.
    """
    if layout.plain_aes:
        return key_bytes(content, layout.key_form)
    read = _OF_ANY_LENGTH.get(layout.key_form)
    if read is None:
        found = key_bytes(content, layout.key_form)
    else:
        try:
            found = Secret(read(content.reveal()))
        except (binascii.Error, ValueError):
            return None  # the file is not written in this form
    if not found:
        return None
    return found if layout.derivation or len(found) in layout.cipher.key_sizes else None
