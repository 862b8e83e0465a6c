"""What rules ciphertext out: bytes that are text or a known kind of file, letters that are words."""

import re
from functools import cache
from itertools import pairwise
from math import log2
from typing import Final

_MAGIC: Final = re.compile(
    rb"\x89PNG|GIF8|\xff\xd8\xff|BM....\0\0\0\0|RIFF|II\x2a\0|MM\0\x2a|\0\0[\x01\x02]\0.\0"  # images
    rb"|wOF[F2]|\0\x01\0\0\0|OTTO|ID3|OggS|\x1aE\xdf\xa3"  # fonts, sound, film
    rb"|PK[\x03\x05]|\x1f\x8b\x08|BZh[1-9]|\xfd7zXZ\0|7z\xbc\xaf\x27\x1c|\x28\xb5\x2f\xfd"
    rb"|%PDF|\xca\xfe\xba\xbe|\xac\xed\0\x05|\x7fELF|SQLite format|\xd0\xcf\x11\xe0|\x93NUMPY|PAR1"
    rb"|\0\0\0[\x07\x0b\x13]ssh-|\0\0\0\x13ecdsa-|\xfe\xed\xfe\xed",  # public keys, key stores
    re.DOTALL,
)
_OPENSSL: Final = b"Salted__"
"""The start of what `openssl enc` writes (its manual, `-salt`): text, but ciphertext follows."""
_LONG_FORM: Final = 0x80


def is_plain(content: bytes) -> bool:
    """Whether content is text in a common encoding, an image, an archive, a certificate, or mostly zeros."""
    if content.startswith(_OPENSSL):
        return False
    return (
        bool(_MAGIC.match(content))
        or _is_der(content)
        or _is_text(content)
        or content.count(0) * 8 > len(content) + 24
    )


def _is_der(content: bytes) -> bool:
    """A certificate or key: an ASN.1 SEQUENCE as long as the content (X.690, 8.1.3)."""
    if content[0] != 0x30 or len(content) < 4:
        return False
    if content[1] < _LONG_FORM:
        return content[1] + 2 == len(content)
    count = content[1] - _LONG_FORM
    return 0 < count < 4 and int.from_bytes(content[2 : 2 + count]) + 2 + count == len(content)


def _is_text(content: bytes) -> bool:
    """Nearly all printable, or with a zero next to nearly every letter (UTF-16).

    The chance that 15 of 16 random bytes are printable is 1 in 100,000.
    """
    head = content[:4_096]
    printable = len(head) - len(head.translate(None, _PRINTABLE))
    if printable * 16 >= len(head) * 15:
        return True
    if (head.count(0) * 16 >= len(head) * 7) and printable * 16 >= len(head) * 7:
        return True
    try:
        return head.decode().isprintable()
    except UnicodeDecodeError:
        return False


_PRINTABLE: Final = bytes((*range(32, 127), 9, 10, 13))


LONGEST: Final = 96
"""Letters that are examined: enough never to mistake random text for words, or words for random text."""

_KINDS: Final = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "+/-_")
LETTERS: Final = "".join(_KINDS)
"""The letters of both base64 alphabets."""
_FOLLOWS: Final = (
    (0.86, 0.06, 0.03, 0.05),  # after a small letter: small, capital, digit, sign
    (0.46, 0.42, 0.04, 0.08),  # after a capital: `Name`, or `NAME`
    (0.10, 0.08, 0.64, 0.18),  # after a digit
    (0.55, 0.22, 0.18, 0.05),  # after a sign
)
"""How program names continue, `credentialName`, `/opt/build-2021/lib`: rough estimates, which suffice."""

_ENGLISH: Final = (
    8.2, 1.5, 2.8, 4.3, 12.7, 2.2, 2.0, 6.1, 7.0, 0.15, 0.77, 4.0, 2.4,
    6.7, 7.5, 1.9, 0.10, 6.0, 6.3, 9.1, 2.8, 0.98, 2.4, 0.15, 2.0, 0.074,
)  # fmt: skip
"""Letters of English text, a to z, in per cent (Lewand, Cryptological Mathematics, 2000)."""

_RANDOM_BITS: Final = 6.0
"""The cost of a letter if all 64 are equally likely."""


def looks_random(letters: str) -> bool:
    """Whether chance explains these letters better than a model of program names and English words.

    Never for all capitals or all small letters: 22 random letters are that once in 100,000 times.
    """
    head = letters[:LONGEST]
    if head in {head.lower(), head.upper()}:
        return False
    return sum(map(pair_costs().__getitem__, pairwise(head))) > _RANDOM_BITS * (len(head) - 1)


@cache
def pair_costs() -> dict[tuple[str, str], float]:
    """Bits that a letter costs after another one, in names and words."""
    shares = {
        letter: _ENGLISH[at] / sum(_ENGLISH) if kind < 2 else 1 / len(letters)
        for kind, letters in enumerate(_KINDS)
        for at, letter in enumerate(letters)
    }
    kind_of = {letter: kind for kind, letters in enumerate(_KINDS) for letter in letters}
    return {
        (before, letter): -log2(_FOLLOWS[kind_of[before]][kind_of[letter]] * share)
        for before in shares
        for letter, share in shares.items()
    }
