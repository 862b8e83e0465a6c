"""Whether a run of base64's letters is chance, or words and names that consist of the same letters."""

from functools import cache
from itertools import pairwise
from math import log2
from typing import Final

LONGEST: Final = 96
"""Letters that are looked at; so many of either kind are never mistaken for the other."""

_KINDS: Final = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", "+/-_")
LETTERS: Final = "".join(_KINDS)
"""Those of base64 in both alphabets."""
_FOLLOWS: Final = (
    (0.86, 0.06, 0.03, 0.05),  # after a small letter: small, capital, digit, sign
    (0.46, 0.42, 0.04, 0.08),  # after a capital: `Name`, or `NAME`
    (0.10, 0.08, 0.64, 0.18),  # after a digit
    (0.55, 0.22, 0.18, 0.05),  # after a sign
)
"""How names of programs go on, `credentialName`, `/opt/build-2021/lib`: rough, and it need be no better."""

_ENGLISH: Final = (
    8.2, 1.5, 2.8, 4.3, 12.7, 2.2, 2.0, 6.1, 7.0, 0.15, 0.77, 4.0, 2.4,
    6.7, 7.5, 1.9, 0.10, 6.0, 6.3, 9.1, 2.8, 0.98, 2.4, 0.15, 2.0, 0.074,
)  # fmt: skip
"""Letters of English text, a to z, in per cent (Lewand, Cryptological Mathematics, 2000)."""

_RANDOM_BITS: Final = 6.0
"""What each of 64 letters costs where all are as likely."""


def looks_random(letters: str) -> bool:
    """Whether chance explains these letters better than names of programs and English words do.

    Text in capitals or small letters alone never does: 22 random letters are so once in 100,000 times.
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
