"""A new passkey of the right form, from the system's source of randomness; it is written, and never shown."""

import base64
import re
import secrets
from typing import Final

from audit.errors import ReencryptionError
from parsers.secret import Secret

_HEX: Final = re.compile(rb"((?:[0-9a-fA-F]{2})+)(\s*)")
_BASE64: Final = re.compile(rb"([A-Za-z0-9+/]+={0,2})(\s*)")
_AES_BYTES: Final = (16, 24, 32)


def new_passkey(like: Secret) -> Secret:
    """A passkey file of the same form and length as one that the server made.

    The format of a passkey file is not public, so the form is taken from the file: bytes as they are, or hex
    or base64 of bytes, with the same white space at the end.
    """
    content = like.reveal()
    if (found := _HEX.fullmatch(content)) and len(found[1]) // 2 in _AES_BYTES:
        digits = secrets.token_hex(len(found[1]) // 2)
        capitals = found[1] != found[1].lower()
        return Secret((digits.upper() if capitals else digits).encode() + found[2])
    if (found := _BASE64.fullmatch(content)) and (size := _decoded_size(found[1])) in _AES_BYTES:
        return Secret(base64.b64encode(secrets.token_bytes(size)) + found[2])
    if len(content) not in _AES_BYTES:
        raise ReencryptionError(
            f"a file of {len(content)} bytes is not an AES key in a known form: none can be made like it",
            hint="name the passkey file that the server made; `passkey-audit fingerprint` shows what it is",
        )
    while (made := secrets.token_bytes(len(content))).strip() != made:
        pass  # white space at an end would make another key of it where a reader trims
    return Secret(made)


def _decoded_size(text: bytes) -> int:
    return len(text) // 4 * 3 - text.count(b"=") if len(text) % 4 == 0 else 0
