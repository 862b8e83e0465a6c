"""What a key file gives a layout: an AES key, the key of another cipher, or a passphrase."""

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import Final

from audit.layouts.key_bytes import key_bytes
from audit.layouts.layout import KeyForm, Layout
from parsers.secret import Secret

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
