"""The Octopus master key in what `Octopus.Server show-master-key` prints, and where people put that."""

import re
from typing import Final

from parsers.keys.aes_forms import decode_any_base64, decode_base64, decode_hex, several_keys, written_keys
from parsers.keys.key_text import decode_text, entries
from parsers.secret import Secret

MASTER_KEY_BYTES: Final = (16, 32)

_LINE: Final = re.compile(r"(?:.*master key:\s*)?([A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{43}=)", re.IGNORECASE)
# Octopus Master Key:
# 6EdU6IWsCtMEwk0kPKflQQ==

_LABEL: Final = re.compile(r"(?:.*[._-])?(?:octopus)?[ _-]?master[ _-]?key", re.IGNORECASE)


def find_master_key(content: Secret) -> Secret | None:
    """The master key, of 16 or 32 bytes, in any form that `show-master-key` prints; None if there is none.

    Bare base64, with `Octopus Master Key:` and other lines before it (the last line that is a key counts), or
    `{"MasterKey":"…"}` of `--format=json`; UTF-8, or UTF-16 with its mark as `Out-File` writes it. Also what
    people make of it: `MASTER_KEY=…` (the vendor's image), `octopus.masterKey` (its chart), a manifest of a
    Kubernetes secret, which holds the base64 of that; unpadded; and 64 hex digits.
    """
    text = decode_text(content.reveal())
    if text is None:
        return None
    found = entries(text)
    labelled = [each.value for each in found if _LABEL.fullmatch(each.label)]
    keys = [key for value in labelled if (key := _from_value(value)) is not None]
    return (keys[-1] if keys else None) or _from_lines(text) or _alone(content, text.strip())


def master_key_from_base64(text: str) -> Secret | None:
    """The key that canonical base64 of 16 or 32 bytes stands for, else None."""
    key = decode_base64(text.encode("ascii", "replace"))  # JSON can hold what is not even text
    return Secret(key) if len(key) in MASTER_KEY_BYTES else None


def _from_lines(text: str) -> Secret | None:
    for line in reversed(text.splitlines()):
        match = _LINE.fullmatch(line.strip())
        key = master_key_from_base64(match[1]) if match else None
        if key:
            return key
    return None


def _from_value(value: str) -> Secret | None:
    """The key of a value that says that it is one."""
    key = decode_any_base64(value)
    twice = _from_base64_text(key)
    if twice is not None:
        return twice
    if len(key) in MASTER_KEY_BYTES:
        return Secret(key)
    key = decode_hex(value)
    return Secret(key) if len(key) in MASTER_KEY_BYTES else None


def _from_base64_text(text: bytes) -> Secret | None:
    stripped = text.strip()
    return master_key_from_base64(stripped.decode()) if stripped.isascii() else None


def _alone(content: Secret, bare: str) -> Secret | None:
    """One key without a word around it, in a form that only a key has: 43 characters, 64 digits."""
    if several_keys(content) or len(bare) not in {43, 64}:
        return None
    key = written_keys(content).get("base64" if len(bare) == 43 else "hex")
    return key if key is not None and len(key) in MASTER_KEY_BYTES else None
