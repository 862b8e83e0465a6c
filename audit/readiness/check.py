"""The answer of a readiness check."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from audit.readiness.estate import Estate

NAMED: Final = 10
"""So many things evidence names; of the others it says how many they are."""


class CheckState(StrEnum):
    """`unknown` is neither good nor bad: what the check needs was not given, or could not be read."""

    PASS = "pass"  # noqa: S105  # a state, no password
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """A check that was made.

    Attributes:
        id: a short name that stays the same from version to version, `values-open`.
        title: what is so if it passes, in one sentence.
        state: whether it is.
        evidence: what was seen; for `unknown` what was not.
        what_to_do: one sentence; "" where it passes.
    """

    id: str
    title: str
    state: CheckState
    evidence: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class CheckDefinition:
    """Which check it is: the part of a `Check` that does not depend on the estate."""

    id: str
    title: str

    def passed(self, evidence: str) -> Check:
        """It is so."""
        return Check(self.id, self.title, CheckState.PASS, evidence, "")

    def failed(self, evidence: str, what_to_do: str) -> Check:
        """It is not so."""
        return Check(self.id, self.title, CheckState.FAIL, evidence, what_to_do)

    def unknown(self, evidence: str, what_to_do: str) -> Check:
        """It is not known yet."""
        return Check(self.id, self.title, CheckState.UNKNOWN, evidence, what_to_do)


@dataclass(frozen=True, slots=True)
class Rule:
    """A check of a product: which one it is, and how it is made."""

    about: CheckDefinition
    check: Callable[["Estate"], Check]


def listed(names: Sequence[str]) -> str:
    """The names in one line, the first `NAMED` of them."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
