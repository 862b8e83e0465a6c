"""The Octopus master key in what `Octopus.Server show-master-key` prints."""

import json
import re
from typing import Final

from parsers.keys.aes_forms import BYTE_ORDER_MARKS, decode_base64
from parsers.secret import Secret

MASTER_KEY_BYTES: Final = (16, 32)

_LINE: Final = re.compile(r"(?:.*master key:\s*)?([A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{43}=)", re.IGNORECASE)
# Octopus Master Key:
# 6EdU6IWsCtMEwk0kPKflQQ==


def find_master_key(content: Secret) -> Secret | None:
    """The master key, of 16 or 32 bytes, in any form that `show-master-key` prints; None if there is none.

    Bare base64, with `Octopus Master Key:` and other lines before it (the last line that is a key counts), or
    `{"MasterKey":"…"}` of `--format=json`; UTF-8, or UTF-16 with its mark as `Out-File` writes it.
    """
    text = decode_text(content.reveal())
    if text is None:
        return None
    return _from_json(text) or _from_lines(text)


def decode_text(content: bytes) -> str | None:
    """The text of a file that says its encoding by a byte-order mark, else UTF-8; None if it is no text."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return _decoded(content.removeprefix(mark), encoding)
    return _decoded(content, "utf-8")


def master_key_from_base64(text: str) -> Secret | None:
    """The key that canonical base64 of 16 or 32 bytes stands for, else None."""
    key = decode_base64(text.encode("ascii", "replace"))  # JSON can hold what is not even text
    return Secret(key) if len(key) in MASTER_KEY_BYTES else None


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _from_lines(text: str) -> Secret | None:
    for line in reversed(text.splitlines()):
        match = _LINE.fullmatch(line.strip())
        key = master_key_from_base64(match[1]) if match else None
        if key:
            return key
    return None


def _from_json(text: str) -> Secret | None:
    start = text.find("{")
    if start < 0:
        return None
    try:
        document, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):  # no JSON, or nested to exhaust the parser
        return None
    value = document.get("MasterKey") if isinstance(document, dict) else None
    return master_key_from_base64(value) if isinstance(value, str) else None
