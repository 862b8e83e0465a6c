"""Whether a text has the form of ciphertext: canonical base64 or hex of at least one AES block."""

import re
from base64 import b64decode, b64encode
from binascii import Error
from typing import Final

BLOCK_BYTES: Final = 16

_HEX: Final = re.compile(r"(?:[0-9a-f]{2}){16,}|(?:[0-9A-F]{2}){16,}")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{40}")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{22,}={0,2}")


def looks_like_ciphertext(text: str) -> bool:
    """True for canonical base64 or hex that decodes to 16 bytes or more; a SHA-1 fingerprint is neither."""
    if _HEX.fullmatch(text):
        return not _FINGERPRINT.fullmatch(text)
    if len(text) % 4 or not _BASE64.fullmatch(text):
        return False
    try:
        decoded = b64decode(text, validate=True)
    except Error:
        return False
    return len(decoded) >= BLOCK_BYTES and b64encode(decoded).decode() == text
