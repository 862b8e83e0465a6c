"""Which AES keys the bytes of a file could be, by the forms that keys are written in."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from parsers.keys.java_key import MAGIC, java_key
from parsers.keys.key_text import KeyCandidate, decode_text, entries
from parsers.secret import Secret

AES_KEY_BYTES: Final = (16, 24, 32)

# 00ff…   0x00ff…   00:ff:…   00-FF-…   00 FF …   0x00, 0xff, …
_HEX: Final = re.compile(
    r"(?:0[xX])?(?:[0-9A-Fa-f]{2})+"
    r"|[0-9A-Fa-f]{2}(?:[:\-][0-9A-Fa-f]{2})+"
    r"|(?:(?:0[xX])?(?:[0-9A-Fa-f]{2})+(?:,[ \t\r\n]*|[ \t\r\n]+))+(?:0[xX])?(?:[0-9A-Fa-f]{2})+"
)
_LONGEST_HEX: Final = 2_000
_SHORTEST: Final = 22
"""Characters of 16 bytes in base64 without padding. Large trees are searched: most lines end here."""
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]+={0,2}")

_JAVA_IN_BASE64: Final = "rO0AB"

_STANDARD: Final = str.maketrans("-_", "+/")

_NAMES_A_KEY: Final = re.compile(r"key|secret|master|aes", re.IGNORECASE)
_NAMES_NO_KEY: Final = re.compile(
    r"pass(?:word|wd|phrase)|pwd|fingerp|md5|sha-?\d|hash|digest|checksum|crc|etag|uu?id|key_?id|token|user"
    r"|version|public|keystore|session",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class AesForm:
    """A way to read a file as an AES key.

    Attributes:
        form: `raw` (the file's bytes), `trimmed` (without what stands around them), `hex`, `base64`, `java`.
        bits: 128, 192 or 256.
    """

    form: str
    bits: int


def written_keys(content: Secret) -> Mapping[str, Secret]:
    """The AES key of `content` in each form in which it is one, `raw` first.

    `raw`: the file's bytes, of an AES key's length.
    `trimmed`: without the line end, the white space, mark, comment, label or quotes around it.
    `hex`: plain, with `0x`, or with colons, blanks or dashes between the pairs.
    `base64`: padded or not, of the standard or the URL-safe alphabet, over one line or several; what comes
        out may be written down once more (a manifest of Kubernetes holds the base64 of a file).
    `java`: a serialized `javax.crypto.spec.SecretKeySpec`, or base64 of one.

    The last three are read with what stands around them cut off, as for `trimmed`; the text may be UTF-8 or
    UTF-16.
    """
    return {form: Secret(key) for form, key in _written(content).items()}


def aes_forms(content: Secret) -> tuple[AesForm, ...]:
    """Every form in which `content` is 16, 24 or 32 bytes, `raw` first."""
    keys = _written(content)
    raw = keys.get("raw")
    return tuple(AesForm(form, 8 * len(key)) for form, key in keys.items() if form != "trimmed" or key != raw)


def key_bits(content: Secret, master_key: Secret | None) -> int:
    """The AES key length that is the likeliest for this file, or 0: it can be none.

    The master key's; else that of the raw bytes; else by hex, base64, Java or trimming.
    """
    if master_key is not None:
        return 8 * len(master_key)
    keys = _written(content)
    return next(
        (8 * len(keys[form]) for form in ("raw", "hex", "base64", "java", "trimmed") if form in keys), 0
    )


def several_keys(content: Secret) -> tuple[Secret, ...]:
    """The keys of a file that holds two or more, each as its line or value writes it; else nothing.

    A file that is one key as a whole, over several lines, say, holds no second one.
    """
    text = decode_text(content.reveal())
    if text is None:
        return ()
    found = entries(text)
    distinct = tuple(dict.fromkeys(Secret(value.encode()) for value in _key_values(found)))
    return distinct if len(distinct) > 1 and not _joined(found) else ()


def trimmed(content: Secret) -> Secret:
    """The file without its line end, or what else stands around its one value; where nothing does, itself."""
    raw = content.reveal()
    tried = _without_surroundings(raw)
    return Secret(next((each for each in tried if len(each) in AES_KEY_BYTES), tried[-1]))


def decode_base64(text: bytes) -> bytes:
    """The bytes of canonical base64 (standard alphabet, padded, no white space), or nothing."""
    try:
        decoded = base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
    return decoded if base64.b64encode(decoded) == text else b""


def decode_any_base64(text: str) -> bytes:
    """The bytes of base64 in either alphabet, padded or not, or nothing; spare bits must be zero.

    Not 32 characters of the URL-safe alphabet: they are words with dashes sooner than a key of 192 bits.
    """
    if not _BASE64.fullmatch(text):
        return b""
    bare = text.rstrip("=")
    if (len(text) != len(bare) and len(text) % 4) or (len(text) == 32 and _is_url(text)):
        return b""
    return decode_base64((bare.translate(_STANDARD) + "=" * (-len(bare) % 4)).encode())


def _is_url(text: str) -> bool:
    return "-" in text or "_" in text


def decode_hex(text: str) -> bytes:
    """The bytes of hex digits, however the pairs are set apart, or nothing."""
    if len(text) > _LONGEST_HEX or not _HEX.fullmatch(text):
        return b""
    return bytes.fromhex(re.sub(r"0[xX]|[^0-9A-Fa-f]", "", text))


@lru_cache(maxsize=1024)
def _written(content: Secret) -> Mapping[str, bytes]:
    """Asked again for every layout, so the answer is kept."""
    raw = content.reveal()
    found = dict(_forms(raw, content))
    return {form: key for form, key in found.items() if len(key) in AES_KEY_BYTES}


def _forms(raw: bytes, content: Secret) -> Iterator[tuple[str, bytes]]:
    yield "raw", raw
    yield "trimmed", trimmed(content).reveal()
    yield "java", java_key(raw)
    text = decode_text(raw)
    if text is None:
        return
    value = _value(entries(text))
    if not value:
        return
    yield "hex", _unwrapped(decode_hex(value))
    packed = decode_any_base64("".join(value.split()))
    if packed.startswith(MAGIC):
        yield "java", java_key(packed)
    else:
        yield "base64", _unwrapped(packed)


def _unwrapped(decoded: bytes) -> bytes:
    """A key that was decoded, or the one that the decoded bytes write down in turn."""
    if len(decoded) in AES_KEY_BYTES or not decoded:
        return decoded
    for line_end in (b"\n", b"\r\n"):
        if decoded.endswith(line_end) and len(decoded) - len(line_end) in AES_KEY_BYTES:
            return decoded.removesuffix(line_end)
    text = decode_text(decoded)
    value = text.strip() if text else ""
    twice = decode_hex(value) or decode_any_base64(value)
    return twice if len(twice) in AES_KEY_BYTES else b""


def _value(found: tuple[KeyCandidate, ...]) -> str:
    """The one value of a text that may be a key: of all its lines, or of the only one that is."""
    if len(found) == 1:
        (only,) = found
        if _is_written_key(only.line):
            return only.line
        return "" if _NAMES_NO_KEY.search(only.label) else only.value
    if joined := _joined(found):
        return joined
    values = dict.fromkeys(_key_values(found))
    return next(iter(values)) if len(values) == 1 else ""


def _joined(found: tuple[KeyCandidate, ...]) -> str:
    """The lines together where they are one key: hex or base64 that was broken, none of them a key alone.

    Two lines of 32 hex digits are two keys rather than one.
    """
    packed = "".join(each.line for each in found)
    if len(found) < 2:
        return ""
    if packed.startswith(_JAVA_IN_BASE64):
        return packed
    if any(_is_written_key(each.line) for each in found):
        return ""
    spaced = " ".join(each.line for each in found)
    return next((each for each in (spaced, packed) if _is_written_key(each)), "")


def _key_values(found: tuple[KeyCandidate, ...]) -> list[str]:
    """The values that are keys: those whose label says so, and lines of hex or base64 that stand alone.

    Where every entry can be a key (`node1: …`, or a list of texts of 16 characters), any label will do.
    """
    whole = [each.line if _is_written_key(each.line) else each.value for each in found]
    if found and all(
        not _NAMES_NO_KEY.search(each.label) and (_is_written_key(value) or _is_text_key(value))
        for each, value in zip(found, whole, strict=True)
    ):
        return whole
    return [
        value
        for each, value in zip(found, whole, strict=True)
        if (value == each.line and _is_written_key(value))
        or (_names_a_key(each.label) and (_is_written_key(value) or _is_text_key(value)))
    ]


def _names_a_key(label: str) -> bool:
    return bool(_NAMES_A_KEY.search(label)) and not _NAMES_NO_KEY.search(label)


def _is_written_key(value: str) -> bool:
    if len(value) < _SHORTEST:
        return False
    decoded = decode_hex(value) or decode_any_base64(value)
    if decoded.startswith(MAGIC):
        return bool(java_key(decoded))
    if len(decoded) in AES_KEY_BYTES:
        return True
    return len(_unwrapped(decode_any_base64(value))) in AES_KEY_BYTES


def _is_text_key(value: str) -> bool:
    return len(value.encode()) in AES_KEY_BYTES and not any(letter.isspace() for letter in value)


def _without_surroundings(raw: bytes) -> list[bytes]:
    """The file with less and less around it; the last is what its text says without anything around it."""
    text = decode_text(raw)
    if text is None:
        # Bytes that look like white space may be the key's own: a line end at most is the editor's.
        return [raw, raw.removesuffix(b"\n"), raw.removesuffix(b"\r\n"), _stripped_key(raw)]
    found = entries(text)
    value = _value(found)
    labelled = [value.encode()] if value and any(_names_a_key(each.label) for each in found) else []
    spaces = [raw.removesuffix(b"\n"), raw.removesuffix(b"\r\n"), raw.strip()]
    return [*labelled, *spaces, value.encode() if value else text.strip().encode()]


def _stripped_key(raw: bytes) -> bytes:
    """Without all white space where that leaves a key, else without one line end."""
    bare = raw.strip()
    return bare if len(bare) in AES_KEY_BYTES else raw.removesuffix(b"\n").removesuffix(b"\r")
