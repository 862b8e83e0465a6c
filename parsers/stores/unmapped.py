"""Columns that no mapping names: which are searched for ciphertext, and what counts as such."""

import re
from base64 import b64decode
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from parsers.stores.ciphertext_form import looks_like_ciphertext

SAMPLE_ROWS: Final = 1_000
"""Values of a column that are looked at; all of them are counted only if one of these is suspicious."""

TABLE_PREFIX: Final = "ec_"
"""How every table of CloudBees CD is called."""

_DIGEST_WORDS: Final = (
    "hash",
    "digest",
    "checksum",
    "fingerprint",
    "fingreprint",
    "md5",
    "sha1",
    "sha256",
    "uuid",
)
"""A column of such a name holds what no key opens."""

_WORDS: Final = re.compile(r"/[A-Za-z0-9/]*|[A-Za-z/]*|[a-z0-9/]*[g-z][a-z0-9/]*|[A-Z0-9/]*[G-Z][A-Z0-9/]*")
"""A path, or text without digits or in one case only: of random base64 one value in a hundred at most."""

_HEX: Final = re.compile(r"[0-9a-f]*|[0-9A-F]*")


def may_hold_ciphertext(column: str, keys: Collection[str]) -> bool:
    """Neither a key, since a binary id has 16 bytes too, nor a digest, going by its name."""
    name = column.casefold()
    is_key = column in keys or name == "id" or name.endswith("_id")
    return not is_key and not any(word in name for word in _DIGEST_WORDS)


def forms_of_ciphertext(values: Sequence[object]) -> Counter[str]:
    """How many of a column's values look like ciphertext, by form: base64, hex, binary."""
    texts = [value for value in values if isinstance(value, str)]
    binaries = [bytes(value) for value in values if isinstance(value, bytes | memoryview) and len(value)]
    found = Counter("hex" if _HEX.fullmatch(text) else "base64" for text in texts if _is_ciphertext(text))
    if blocks := _blocks(binaries):
        found["binary"] = blocks
    return found


def in_words(forms: Counter[str]) -> str:
    """`base64, hex`: the most frequent first."""
    return ", ".join(form for form, _ in sorted(forms.items(), key=lambda each: (-each[1], each[0])))


def _is_ciphertext(text: str) -> bool:
    """Neither words that are base64 by chance, `/projects/Default/proc12`, nor text written in it."""
    if not looks_like_ciphertext(text) or _WORDS.fullmatch(text):
        return False
    return bool(_HEX.fullmatch(text)) or not b64decode(text).isascii()


def _blocks(values: Sequence[bytes]) -> int:
    """How many values there are if they are whole AES blocks and not all UUIDs, else 0.

    One value in 16 of anything has such a length, so most of them must.
    """
    whole = [value for value in values if len(value) % 16 == 0]
    if len(whole) * 2 <= len(values) or all(_is_uuid(value) for value in whole):
        return 0
    return len(whole)


def _is_uuid(value: bytes) -> bool:
    """Version 1 to 8 and the variant of RFC 9562, section 4."""
    return len(value) == 16 and value[8] >> 6 == 0b10 and 1 <= value[6] >> 4 <= 8
