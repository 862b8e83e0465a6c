r"""Whether a text has the form of ciphertext, or contains some: base64, base64url or hex, bare or wrapped.

A wrapper need not be known: `{AES}…`, `ENC(…)`, `v1:…`, `"Password":"…"`, `Password=…;` all separate the
letters from the rest.
"""

import html
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, replace
from re import Match
from typing import Final

from parsers.stores.plain_content import is_plain, looks_random

BLOCK_BYTES: Final = 16
SEALED_BYTES: Final = 28
"""A GCM nonce and tag (NIST SP 800-38D, 8.2.1 and 5.2.1.2): no such ciphertext is shorter."""
SHORTEST: Final = 22
"""Letters of base64 that one AES block takes."""

_RUN: Final = re.compile(r"[A-Za-z0-9+/_-]{22,}={0,3}")
_ALIKE: Final = re.compile(r"[A-Za-z0-9+/]{22,}|[A-Za-z0-9_-]{22,}")
_DIGITS: Final = re.compile(
    r"(0[xX]|\\x|(?<![A-Za-z0-9+/_-]))((?:[0-9a-f]{2}){16,}|(?:[0-9A-F]{2}){16,})(?![A-Za-z0-9+/_-])"
)
_WHOLE_DIGITS: Final = re.compile(r"\s*(?:0[xX]|\\x|[xX]')?((?:[0-9a-f]{2}){16,}|(?:[0-9A-F]{2}){16,})'?\s*")
_WHOLE_BASE64: Final = re.compile(r"\s*[A-Za-z0-9+/_-]{22,}={0,2}\s*")
_SECRET_BEFORE: Final = re.compile(
    r"(?:passw|pwd|passphrase|secret|token|credential|cipher|crypt|private|\bENC|\{[A-Za-z0-9]{1,12}\})"
    r"[\w .-]{0,24}[\"']?\s*[=:(]*\s*[\"']?$",
    re.IGNORECASE,
)
_APART: Final = re.compile(
    r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)"  # keys and certificates
    r"|\beyJ[\w-]{1,2000}+\.[\w-]{1,16000}+\.[\w-]*+(?!\.)"  # a JSON Web Token: signed, not encrypted
    r"|\b(?:ssh|ecdsa-sha2)-[a-z0-9-]{1,40} [A-Za-z0-9+/=]+"
    r"|\{S?(?:SHA|MD5|CRYPT)[0-9-]*\}[A-Za-z0-9+/=$.]+"  # LDAP's digests of passwords (RFC 2307)
    r"|(?i:\b(?:sha-?[0-9]{1,3}|md5))[-:= ]{1,2}[A-Za-z0-9+/=_-]+"  # sha384-… of a page, SHA256:… of ssh
    r"|(?:\$(?:2[abxy]|[156y])|(?:\$|\b)(?:pbkdf2|argon2|scrypt)[\w-]{0,24})"  # crypt(3)
    r"\$[A-Za-z0-9+/=$.,_-]+"
    r"|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    re.DOTALL,
)
"""Long random text that is not ciphertext. Repeats are bounded, against texts made to be slow."""
_APART_SIGN: Final = re.compile(
    r"-----BEGIN|eyJ|ssh-|ecdsa-|\{[SMC]|[sS][hH][aA]|[mM][dD]5|\$|-[0-9a-fA-F]{4}-"
)
_ESCAPE: Final = re.compile(
    r"\\{1,16}(?:u00(2[bBfFdD]|3[dDcCeE]|5[fF]|7[cC]|22)|([/\"'])|([nr]))|%(?:25)*(2[bBfF]|3[dD]|7[cC])"
)
_LINE_END: Final = re.compile(r"(?<=[A-Za-z0-9+/_-]{57})[ \t]*\r?\n[ \t]*(?=[A-Za-z0-9+/=_-])")
"""Base64 in lines: of 76 letters (RFC 2045) or 64 (RFC 7468); no encoder breaks it earlier."""


@dataclass(frozen=True, slots=True)
class CiphertextForm:
    """The form in which ciphertext is written.

    Attributes:
        name: `base64`, `base64url`, `hex`; with ` in text` if other text surrounds it.
        sure: whether this value alone is enough. One that is not counts only among many that are: it may be
            an unlucky ciphertext, or a name, or a UUID without its dashes.
        size: in bytes.
    """

    name: str
    sure: bool
    size: int


def looks_like_ciphertext(text: str) -> bool:
    """Whether the text has the form of ciphertext, or contains some."""
    form = ciphertext_form(text)
    return form is not None and form.sure


def ciphertext_form(text: str) -> CiphertextForm | None:
    r"""The form of the ciphertext that a text is or contains; None if there is none.

    Base64 must be canonical, of at least one AES block, random rather than words, and must not decode to text
    or a file's beginning (images, archives, certificates). Unpadded or within other text it must also have a
    size that ciphertext has: whole blocks, or any after a word such as `password=`.

    Hex is a fingerprint rather than ciphertext at 40 digits: SHA-1, and 20 bytes are neither whole blocks
    nor enough for GCM. At 32, 64, 96 and 128 digits nothing in a value itself distinguishes MD5 or
    SHA-2 from ciphertext. The name of its place may, which the caller must check (`size` gives the length).
    Within other text hex counts only after a word for secrets, `0x` or `\x`, since texts are full of commits,
    digests and tags of images.
    """
    if len(text) < SHORTEST:
        return None
    if whole := _WHOLE_DIGITS.fullmatch(text):
        return _of_digits(whole[1])
    if _WHOLE_BASE64.fullmatch(text):
        run = text.strip()
        if _APART_SIGN.search(run) and _APART.fullmatch(run):
            return None
        form = _of_base64(run) if len(_alphabets(run)) == 1 else _within(run)
        return replace(form, sure=True) if form is not None and run.endswith("=") else form
    return _within(_clean(text))


def unescaped(text: str) -> str:
    """The text without escapes of JSON, URLs and XML, at any depth of escaping."""
    if "\\" in text or "%" in text:
        text = _ESCAPE.sub(_unescaped, text)
    return html.unescape(text) if "&" in text else text


def _clean(text: str) -> str:
    """Without escapes, and without line ends inside base64."""
    text = unescaped(text)
    if "\n" in text:
        text = _LINE_END.sub("", text)
    return _APART.sub(" ", text) if _APART_SIGN.search(text) else text


def _unescaped(escape: Match[str]) -> str:
    code, sign, line, percent = escape.groups()
    if line:
        return "\n"
    return sign or chr(int(code or percent, 16))


def _within(text: str) -> CiphertextForm | None:
    """The first ciphertext in a text."""
    unsure = None
    alone = not re.search(r"\s", text.strip())
    for found in _RUN.finditer(text):
        for part in _alphabets(found[0]):
            whole = part == text.strip()
            form = _of_base64(part)
            if form is None:
                continue
            if whole:
                return form
            named = CiphertextForm(f"{form.name} in text", form.sure, form.size)
            if not form.sure:
                likely = alone or part.endswith("==") or _is_secret(text, found.start())
                unsure = unsure or (named if likely else None)
            elif part.endswith("=") or form.size % BLOCK_BYTES == 0 or _is_secret(text, found.start()):
                return named
    for digits in _DIGITS.finditer(text):
        if digits[1] or _is_secret(text, digits.start()):
            form = _of_digits(digits[2])
            if form is not None:
                return CiphertextForm("hex in text", form.sure, form.size)
    return unsure


def _is_secret(text: str, start: int) -> bool:
    return bool(_SECRET_BEFORE.search(text[max(start - 64, 0) : start]))


def _alphabets(run: str) -> list[str]:
    """The parts of a run that are each of one alphabet, as after a `-` before base64 of the other."""
    if ("+" in run or "/" in run) and ("-" in run or "_" in run):
        ends = run[len(run.rstrip("=")) :]
        parts = _ALIKE.findall(run)
        return [*parts[:-1], parts[-1] + ends] if parts and run.rstrip("=").endswith(parts[-1]) else parts
    return [run]


def _of_digits(digits: str) -> CiphertextForm | None:
    size = len(digits) // 2
    if size % BLOCK_BYTES and size < SEALED_BYTES:
        return None
    raw = bytes.fromhex(digits)
    if is_plain(raw):
        return None
    return CiphertextForm("hex", not (size == BLOCK_BYTES and _is_uuid(raw)), size)


def _is_uuid(raw: bytes) -> bool:
    """Version 1 to 8 and the variant of RFC 9562, section 4."""
    return raw[8] >> 6 == 0b10 and 1 <= raw[6] >> 4 <= 8


def _of_base64(run: str) -> CiphertextForm | None:
    """The form of letters of one alphabet, with or without padding."""
    letters = run.rstrip("=")
    padding = len(run) - len(letters)
    if padding > 2 or len(letters) % 4 == 1 or (padding and len(run) % 4):
        return None
    if letters in {letters.lower(), letters.upper()}:
        return None
    random = looks_random(letters)
    if not random and not padding and len(letters) * 3 // 4 % BLOCK_BYTES:
        return None  # words: most texts end here
    raw = _decoded(letters)
    has_size = padding or len(raw) % BLOCK_BYTES == 0 or len(raw) >= SEALED_BYTES
    if len(raw) < BLOCK_BYTES or not has_size or is_plain(raw):
        return None
    return CiphertextForm("base64url" if "-" in letters or "_" in letters else "base64", random, len(raw))


def _decoded(letters: str) -> bytes:
    """The bytes; b"" if the last letter has unused bits set, which no encoder writes."""
    standard = letters.replace("+", "-").replace("/", "_")
    raw = urlsafe_b64decode(standard + "=" * (-len(letters) % 4))
    return raw if urlsafe_b64encode(raw).decode().rstrip("=") == standard else b""
