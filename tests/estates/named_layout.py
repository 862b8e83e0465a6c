"""The text to which a layout, as the program names it, opens a value: by PyCryptodome, under the true key.

Key form, encoding, prefix and wrapper are those of the truth; mode, vector and padding those of the name. A
name whose vector is unknown, or told in words that are not known here, gives no text to compare.
"""

import re
from dataclasses import replace
from typing import Final

from tests.estates.sealing import Padding, Sealing, Vector, opened

_MODE: Final = re.compile(r"aes-(ecb|cbc|gcm)\b")
_VECTORS: Final = {
    "iv-front": Vector.FRONT,
    "iv-beside": Vector.BESIDE,
    "iv-zero": Vector.ZERO,
    "iv-key": Vector.KEY,
}
_PADDINGS: Final = {
    "10126": Padding.ISO10126,
    "923": Padding.X923,
    "star": Padding.STAR,
    "zero": Padding.ZERO,
}


def text_by_name(name: str, sealing: Sealing, key: bytes, value: bytes) -> bytes | None:
    """The text, or None where the name does not tell one."""
    named = _named(name, sealing)
    return opened(named, key, value) if named else None


def _named(name: str, sealing: Sealing) -> Sealing | None:
    mode = _MODE.match(name)
    if mode is None or not sealing.supported:
        return None
    tokens = name.split("/")[1:]
    if mode[1] == "gcm":
        nonce = next((int(each[6:]) for each in tokens if re.fullmatch(r"nonce-\d+", each)), 0)
        return replace(sealing, mode="gcm", vector=Vector.FRONT, nonce=nonce) if nonce else None
    named = replace(sealing, mode=mode[1], padding=_padding(tokens))
    if mode[1] == "ecb":
        return replace(named, vector=Vector.NONE)
    for each in tokens:
        if each in _VECTORS:
            return replace(named, vector=_VECTORS[each])
        if re.fullmatch(r"iv-[0-9a-f]{32}", each):
            return replace(named, vector=Vector.CONSTANT, constant=bytes.fromhex(each[3:]))
    return None


def _padding(tokens: list[str]) -> Padding:
    others = [each for each in tokens if not each.startswith(("iv-", "key-", "prefix-"))]
    found = (kind for mark, kind in _PADDINGS.items() for each in others if mark in each)
    return next(found, Padding.PKCS7)
