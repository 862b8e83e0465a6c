"""What may be a key or ciphertext does not leave a log.

Masked is every run of the letters of base64, its URL-safe form or hex that may hold 16 bytes or more, whole
or glued to something else, and 16 or more bytes written one by one, as hex pairs or decimal numbers. Ordinary
text has such runs too. They stay only if chance would hardly make a secret look so: UUIDs; fingerprints of
exactly 40 hex digits; words joined by case, `_`, `-` or `/` (class names, paths, properties); names all in
lower or all in upper case with separators (hosts, pods, constants). A random value of 16 bytes that lost its
padding reads like that about 3 times in 100,000, one of 32 bytes hardly ever; what ends with `==` is always
masked.
"""

import re
from functools import lru_cache
from string import ascii_letters, digits
from typing import Final

MASK: Final = "[masked]"

SHORTEST_RUN: Final = 22
"""Letters of base64 that 16 bytes take, without padding."""

_FEWEST: Final = 15
"""Signs between 16 bytes."""

# All that a run can consist of: ordinary text has few stretches of it that are long enough.
_STRETCH: Final = re.compile(rf"[A-Za-z0-9+/_%\\=-]{{{SHORTEST_RUN},}}")

# Also as URLs and JSON write them: %2B, %2F, \\/, \\u002b, and the padding %3D, \\u003d.
_RUN: Final = re.compile(
    r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]+(?:(?:%2[BbFf]|\\/|\\u002[BbFf])[A-Za-z0-9+/_-]*)*"
    r"(?P<padding>(?:=|%3[Dd]|\\u003[Dd]){0,2}(?![A-Za-z0-9]))"
)
_NEW_KEY: Final = re.compile(r"(New Master Key:[ \t]*)[^\r\n]+")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_UUID_LENGTH: Final = 36
_FINGERPRINT: Final = re.compile(r"[0-9a-fA-F]{40}")
_HEX: Final = re.compile(r"(?:0x|(?<![0-9A-Za-z]))[0-9a-fA-F]{32,}(?![0-9A-Za-z])")
_PLACE: Final = re.compile(r"/(?:projects|plugins)/")
# Possessive: a long run that is not words is given up at once.
_WORD: Final = re.compile(r"[A-Z]?[a-z]{2,}+|[A-Z]{2,5}(?![A-Za-z])|[A-Z]{2,5}(?=[A-Z][a-z])|\d{1,4}(?!\d)")
_WORDS: Final = re.compile(rf"(?:[/_-]?(?:{_WORD.pattern}))++[/_-]?")
_ONE_CASE: Final = re.compile(
    r"[/_-]?(?:[a-z0-9]{1,20}[-_/])+[a-z0-9]{0,20}|[/_-]?(?:[A-Z0-9]{1,20}[-_/])+[A-Z0-9]{0,20}"
)
# 6E-A6-87 as .NET's BitConverter writes bytes, 6e:a6:87, 6e a6 87, 0x6e, 0xa6; [110, 166], [110, -90]
_BYTE_BY_BYTE: Final = tuple(
    # The first finds out with one pass whether there is anything for the second.
    (
        re.compile(rf"{separator}{byte}(?:{separator}{byte}){{14}}"),
        re.compile(rf"{byte}(?:{separator}{byte}){{15,}}"),
    )
    for byte, separator in (
        ("[0-9A-Fa-f]{2}", "-"),
        ("[0-9A-Fa-f]{2}", ":"),
        ("[0-9A-Fa-f]{2}", " "),
        ("(?:0x)?[0-9A-Fa-f]{2}", ", ?"),
        ("-?[0-9]{1,3}", ", ?"),
    )
)
_VOWEL: Final = re.compile(r"[aeiouyAEIOUY]")


def mask(text: str) -> str:
    """The text with `[masked]` for what may be a key or ciphertext, or follows `New Master Key:`."""
    if "New Master Key:" in text:
        text = _NEW_KEY.sub(rf"\1{MASK}", text)
    for sign, whole in _BYTE_BY_BYTE:
        if sign.search(text):
            text = whole.sub(MASK, text)
    return _STRETCH.sub(_with_masked_runs, text)


def mask_fields(text: str) -> str:
    """The same, for the fields before a message: their few long words come again and again.

    Of bytes written one by one those with blanks between them are not looked for.
    """
    if "New Master Key:" in text or text.count(":") >= _FEWEST or text.count(",") >= _FEWEST:
        return mask(text)
    for word in text.replace(":", " ").split():  # no run goes on behind a colon; times are short without
        if len(word) >= SHORTEST_RUN and not (
            _stays(word) if len(word) != _UUID_LENGTH else _UUID.fullmatch(word) or mask(word) == word
        ):
            return mask(text)
    return text


def without_cut_run(text: str) -> str:
    """The text without its last run: in a text that was cut it may be the half of a secret."""
    return text.rstrip("=").rstrip(_LETTERS)


def _stays(word: str) -> bool:
    return _short_stays(word) if len(word) <= _REMEMBERED else mask(word) == word


def mask_beginning(text: str) -> str:
    """A text that was cut, masked: without what may be the half of a secret at its end."""
    masked = mask(without_cut_run(text))
    return masked[:-_LONGEST_CUT] + _CUT_BYTES.sub("", masked[-_LONGEST_CUT:])


# Up to 15 bytes written one by one: `mask` has taken longer rows.
_CUT_BYTES: Final = re.compile(r"(?:(?:0x)?[0-9A-Fa-f]{2}(?:[-: ]|, ?)|-?[0-9]{1,3}, ?)+\Z")
_LONGEST_CUT: Final = 128


@lru_cache(1024)
def _short_stays(word: str) -> bool:
    return mask(word) == word


_REMEMBERED: Final = 256
"""Characters of a word that is remembered: a thousand of them must not fill the memory."""


_LETTERS: Final = ascii_letters + digits + "+/_-%\\"


def _with_masked_runs(stretch: re.Match[str]) -> str:
    return _RUN.sub(_masked, stretch[0])


def _masked(found: re.Match[str]) -> str:
    run = found[0]
    if len(run) < SHORTEST_RUN:
        return run
    if _PLACE.match(run) and not found["padding"]:
        return "/".join(part if _is_harmless(part) else MASK for part in run.split("/"))
    padding = found["padding"]
    if len(run) - len(padding) < SHORTEST_RUN:
        return run
    # A single "=" may be the sign between a name and its value.
    return run if len(padding) != len("==") and _is_harmless(run.removesuffix("=")) else MASK


def _is_harmless(run: str) -> bool:
    if len(run) < SHORTEST_RUN or _UUID.fullmatch(run) or _FINGERPRINT.fullmatch(run):
        return True
    if _HEX.search(run):
        return False
    return bool(_ONE_CASE.fullmatch(run)) or _reads_as_words(run)


def _reads_as_words(run: str) -> bool:
    if not _WORDS.fullmatch(run):
        return False
    words = _WORD.findall(run)
    return len(run) >= 4.5 * len(words) and all(_VOWEL.search(word) for word in words if len(word) > 4)
