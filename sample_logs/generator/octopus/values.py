"""The stored values of the estate, each with its truth."""

import base64
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from sample_logs.generator.cloudbees import plain_text
from sample_logs.generator.dice import Dice
from sample_logs.generator.octopus.sealing import seal
from sample_logs.generator.octopus.story import BEFORE, CURRENT, LOST


class Fate(Enum):
    """What became of a value."""

    ROTATED = auto()
    LEFT_BEHIND = auto()
    LOST = auto()
    WITHOUT_VECTOR = auto()
    NEVER_SEALED = auto()
    EMPTY = auto()


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it stands in a document, and what an audit must say of it."""

    text: str = field(repr=False)
    verdict: str
    opened_by: str = ""


_SEALED: Final = {
    Fate.ROTATED: (CURRENT, "current"),
    Fate.LEFT_BEHIND: (BEFORE, "older-key"),
    Fate.LOST: (LOST, "lost"),
}


class Values:
    """Makes values one after another."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice

    def make(self, fate: Fate, *, long: bool = False) -> Value:
        """The next one; `long` for a private key instead of a password."""
        match fate:
            case Fate.EMPTY:
                return Value("", "empty")
            case Fate.NEVER_SEALED:
                return Value("changeme!", "plain-text")
            case Fate.WITHOUT_VECTOR:
                return Value(base64.b64encode(self._dice.bytes(32)).decode(), "damaged")
            case Fate.ROTATED | Fate.LEFT_BEHIND | Fate.LOST:
                key, verdict = _SEALED[fate]
                secret = plain_text.private_key(self._dice) if long else plain_text.password(self._dice)
                return Value(seal(secret.decode(), key, self._dice), verdict, key.label)
