"""What became of a secret, and the value that it left in the database."""

import base64
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from audit.sample_estate.cloudbees import plain_text
from audit.sample_estate.cloudbees.ciphertext import new_value, old_value
from audit.sample_estate.cloudbees.story import BUILD_FARM, CURRENT, LABS, OLDER, Passkey
from audit.sample_estate.dice import Dice


class Fate(Enum):
    """What became of a stored value up to the day of the audit."""

    RENEWED = auto()
    """The upgrade encrypted it again, under the current passkey."""
    SKIPPED = auto()
    """The upgrade left it under the cluster's older passkey."""
    FROM_BUILD_FARM = auto()
    """Imported, and still under the passkey that the build farm's server had."""
    FROM_LABS = auto()
    """Imported, and still under the passkey that the labs' server had."""
    DAMAGED = auto()
    PLAIN = auto()
    EMPTY = auto()
    EXTERNAL = auto()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as it is stored, its verdict, and what is in it where it is sound ciphertext."""

    value: str = field(repr=False)
    verdict: str
    key: Passkey | None = None
    plain_text: bytes | None = field(default=None, repr=False)


_SEALED: Final = {
    Fate.RENEWED: (CURRENT, "current"),
    Fate.SKIPPED: (OLDER, "older-key"),
    Fate.FROM_BUILD_FARM: (BUILD_FARM, "older-key"),
    Fate.FROM_LABS: (LABS, "lost"),
}
_DAMAGED_LENGTHS: Final = (17, 24, 27, 20, 18, 22)
"""Bytes: too many for one block, no whole number of blocks, and too few for a nonce, a byte and a tag."""
_PLAIN: Final = (
    "changeme!",
    "Summer2014!",
    "hunter2",
    "$[/myProject/dbSecret]",
    "see KeePass",
    "zWjkbdMteM0V",
)
"""The last is what a column of 12 characters leaves of a ciphertext."""


class Sealer:
    """Makes secrets one after another, and stores each as its fate asks."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._made: Counter[Fate] = Counter()
        self._shared = [plain_text.password(dice) for _ in range(4)]
        self._shared_in_labs = [plain_text.password(dice), plain_text.pass_phrase(dice)]

    def seal(self, fate: Fate) -> Sealed:
        """The next value of this fate."""
        number = self._made[fate]
        self._made[fate] += 1
        match fate:
            case Fate.EMPTY:
                return Sealed("", "empty")
            case Fate.EXTERNAL:
                return Sealed("", "external")
            case Fate.PLAIN:
                return Sealed(_PLAIN[number % len(_PLAIN)], "plain-text")
            case Fate.DAMAGED:
                length = _DAMAGED_LENGTHS[number % len(_DAMAGED_LENGTHS)]
                return Sealed(base64.b64encode(self._dice.bytes(length)).decode(), "damaged")
            case _:
                return self._encrypted(fate, number)

    def _encrypted(self, fate: Fate, number: int) -> Sealed:
        key, verdict = _SEALED[fate]
        secret = self._secret(fate, number)
        if fate is Fate.RENEWED:
            value = new_value(secret, key.content, self._dice)
        else:
            value = old_value(secret, key.content)
        return Sealed(value, verdict, key, secret)

    def _secret(self, fate: Fate, number: int) -> bytes:
        """Most secrets are passwords of one block; the others come round at steps that seldom coincide."""
        if number % 9 == 4:
            shared = self._shared_in_labs if fate is Fate.FROM_LABS else self._shared
            return shared[number // 9 % len(shared)]
        if number % 7 == 3:
            return plain_text.pass_phrase(self._dice)
        if number % 13 == 5:
            return plain_text.other_script(self._dice)
        if number % 17 == 11:
            return plain_text.private_key(self._dice)
        if number % 29 == 20:
            return plain_text.raw_bytes(self._dice)
        return plain_text.password(self._dice)
