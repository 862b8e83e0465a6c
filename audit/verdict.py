"""The words in which the audit answers."""

from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """What a stored value is."""

    CURRENT = "current"
    OLDER_KEY = "older-key"
    LOST = "lost"
    UNKNOWN = "unknown"
    DAMAGED = "damaged"
    AMBIGUOUS = "ambiguous"
    PLAIN_TEXT = "plain-text"
    EMPTY = "empty"
    EXTERNAL = "external"

    @property
    def action(self) -> "Action":
        """Who has to do something about it, in one word."""
        return _ACTIONS[self]


class Action(StrEnum):
    """What is to be done about a stored value."""

    NONE = "none"
    RE_ENCRYPT = "re-encrypt"
    RE_ENTER = "re-enter"
    INVESTIGATE = "investigate"


class Confidence(StrEnum):
    """What an opening rests on.

    `proven`: an authentication tag, a published marker, a known plain text, a parsed certificate or PEM
    block. `strong`: the probability of a false accept, corrected for everything tried, is at most 1e-6.
    `weak`: more than that, yet unlikely to be chance. `none`: nothing opened.
    """

    PROVEN = "proven"
    STRONG = "strong"
    WEAK = "weak"
    NONE = "none"


_ACTIONS: Final = {
    Verdict.CURRENT: Action.NONE,
    Verdict.OLDER_KEY: Action.RE_ENCRYPT,
    Verdict.LOST: Action.RE_ENTER,
    Verdict.UNKNOWN: Action.INVESTIGATE,
    Verdict.DAMAGED: Action.RE_ENTER,
    Verdict.AMBIGUOUS: Action.INVESTIGATE,
    Verdict.PLAIN_TEXT: Action.INVESTIGATE,
    Verdict.EMPTY: Action.NONE,
    Verdict.EXTERNAL: Action.NONE,
}

STRONG_AT_MOST: Final = 1e-6
"""A corrected probability of a false accept up to here is strong."""

ESTABLISHED_AT_MOST: Final = 1e-9
"""A layout whose corrected p-value is up to here is established."""
