"""Which AES keys the bytes of a file could be, by the forms that keys are written in."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from parsers.secret import Secret

AES_KEY_BYTES: Final = (16, 24, 32)

BYTE_ORDER_MARKS: Final = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}

_HEX: Final = re.compile(rb"(?:[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True)
class AesForm:
    """A way to read a file as an AES key.

    Attributes:
        form: `raw` (the file's bytes), `trimmed` (without white space around them), `hex`, `base64`.
        bits: 128, 192 or 256.
    """

    form: str
    bits: int


def aes_forms(content: Secret) -> tuple[AesForm, ...]:
    """Every form in which `content` is 16, 24 or 32 bytes, `raw` first; hex and base64 are read trimmed."""
    raw = content.reveal()
    trimmed = raw.strip()
    lengths = {
        "raw": len(raw),
        "trimmed": len(trimmed) if trimmed != raw else 0,
        "hex": len(trimmed) // 2 if _HEX.fullmatch(trimmed) else 0,
        "base64": len(decode_base64(trimmed)),
    }
    return tuple(AesForm(form, 8 * length) for form, length in lengths.items() if length in AES_KEY_BYTES)


def key_bits(content: Secret, master_key: Secret | None) -> int:
    """The AES key length that is the likeliest for this file, or 0: it can be none.

    The master key's; else that of the raw bytes; else by hex, base64 or trimming.
    """
    if master_key is not None:
        return 8 * len(master_key)
    bits = {form.form: form.bits for form in aes_forms(content)}
    return next((bits[form] for form in ("raw", "hex", "base64", "trimmed") if form in bits), 0)


def decode_base64(text: bytes) -> bytes:
    """The bytes of canonical base64 (standard alphabet, padded, no white space), or nothing."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
    return decoded if base64.b64encode(decoded) == text else b""
