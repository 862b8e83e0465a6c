"""What a copy of a key file was before an editor, a download or a manifest changed it: by fingerprint."""

import base64
import codecs
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from parsers.keys.aes_forms import decode_base64, trimmed, written_keys
from parsers.keys.key_text import decode_text
from parsers.secret import Secret

_LINE_ENDS = (b"\n", b"\r\n")


@dataclass(frozen=True, slots=True)
class MendedKey:
    """The file as it may have been.

    Attributes:
        fingerprint: SHA-1 of that file, 40 lower-case hex digits.
        how: what has to be done, after "LABEL": `without its last byte, a newline,`.
        command: a shell command that does it to FILE, or "".
    """

    fingerprint: str
    how: str
    command: str


@lru_cache(maxsize=4096)
def mended_forms(content: Secret) -> tuple[MendedKey, ...]:
    """Every file that `content` may be a changed copy of, each fingerprint once, the least change first."""
    own = _fingerprint(content.reveal())
    found: dict[str, MendedKey] = {}
    for changed, how, command in _changes(content):
        fingerprint = _fingerprint(changed)
        if changed and fingerprint != own:
            found.setdefault(fingerprint, MendedKey(fingerprint, how, command))
    return tuple(found.values())


def _changes(content: Secret) -> Iterator[tuple[bytes, str, str]]:
    raw = content.reveal()
    yield from _fewer_line_ends(raw)
    yield raw + b"\n", "with a newline at its end", "printf '\\n' >> FILE"
    yield raw + b"\r\n", "with a line end of Windows (CR LF) at its end", "printf '\\r\\n' >> FILE"
    if b"\n" in raw:
        unix = raw.replace(b"\r\n", b"\n")
        yield unix, "with line ends of Unix", "sed -i 's/\\r$//' FILE"
    yield from _as_utf_8(raw)
    for bare in dict.fromkeys((raw.strip(), trimmed(content).reveal())):
        yield from _or_with_line_end(bare, "without what stands around the key in it", "")
    yield from _decoded(content)
    yield from _encoded(content)


def _fewer_line_ends(raw: bytes) -> Iterator[tuple[bytes, str, str]]:
    if raw.endswith(b"\n"):
        yield raw[:-1], "without its last byte, a newline,", "truncate -s -1 FILE"
    if raw.endswith(b"\r\n"):
        yield raw[:-2], "without its last two bytes, a line end of Windows,", "truncate -s -2 FILE"
    blank = len(raw) - len(raw.rstrip())
    if blank > 1:
        yield raw[:-blank], f"without its last {blank} bytes, white space,", f"truncate -s -{blank} FILE"


def _as_utf_8(raw: bytes) -> Iterator[tuple[bytes, str, str]]:
    """PowerShell's `>` writes UTF-16, and editors of Windows a mark in front."""
    if raw.startswith(codecs.BOM_UTF8):
        bare = raw.removeprefix(codecs.BOM_UTF8)
        yield bare, "without its byte-order mark", "tail -c +4 FILE > passkey"
        yield from _or_with_line_end(bare.strip(), "without its byte-order mark", "")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = raw.decode("utf-16").encode()
        except UnicodeError:
            return
        yield text, "as UTF-8 without a byte-order mark", "iconv -f UTF-16 -t UTF-8 FILE > passkey"
        yield from _or_with_line_end(text.strip(), "as UTF-8 without a byte-order mark", "")


def _decoded(content: Secret) -> Iterator[tuple[bytes, str, str]]:
    raw = content.reveal()
    keys = {form: key.reveal() for form, key in written_keys(content).items()}
    for form, command, what in (
        ("base64", "base64 -d FILE > passkey" if decode_base64(raw.strip()) else "", "decoded from base64"),
        ("hex", "xxd -r -p FILE > passkey" if raw.strip().isalnum() else "", "decoded from hex"),
        ("java", "", "as the bytes of the key in the Java object that it is"),
    ):
        if form in keys:
            yield from _or_with_line_end(keys[form], what, command)
    text = decode_text(raw)
    if text is not None:
        yield from _whole_decoded(text)


def _whole_decoded(text: str) -> Iterator[tuple[bytes, str, str]]:
    """A file of any length that was packed as a whole: what the server's file is need not look like a key."""
    try:
        yield (
            base64.b64decode("".join(text.split()), validate=True),
            "decoded from base64",
            ("base64 -d FILE > passkey"),
        )
    except ValueError:
        return


def _encoded(content: Secret) -> Iterator[tuple[bytes, str, str]]:
    """The server's own file may be the text, and the copy its bytes."""
    for key in dict.fromkeys(each.reveal() for each in written_keys(content).values()):
        yield from _or_with_line_end(base64.b64encode(key), "written as base64", "base64 -w 0 FILE > passkey")
        yield from _or_with_line_end(key.hex().encode(), "written as hex", "xxd -p -c 64 FILE > passkey")


def _or_with_line_end(changed: bytes, how: str, command: str) -> Iterator[tuple[bytes, str, str]]:
    yield changed, how, command
    for line_end in _LINE_ENDS:
        windows = " of Windows" if line_end == b"\r\n" else ""
        yield changed + line_end, f"{how} and with a line end{windows}", ""


def _fingerprint(content: bytes) -> str:
    # The product's own fingerprint, not a security measure of ours.
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()
