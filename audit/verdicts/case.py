"""The cases that a stored value can fall into: finer than verdicts, one sentence each."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from audit.trial.hypothesis import Hypothesis
from audit.verdict import Verdict


class Case(IntEnum):
    """Why a value has its verdict."""

    EMPTY = 0
    EXTERNAL = 1
    PLAIN = 2
    IMPOSSIBLE = 3
    CURRENT = 4
    OLDER = 5
    TWO_KEYS = 6
    WEAK = 7
    LOST = 8
    NO_LAYOUT = 9
    OTHER_LAYOUT = 10
    HIDDEN = 11
    NEVER_SEALED = 12
    NO_BAR = 13
    MORE_BARS = 14
    NO_CIPHERTEXT = 15
    BAD_BASE64 = 16
    VECTOR_SIZE = 17
    NO_BLOCKS = 18
    TWO_TEXTS = 19

    @property
    def verdict(self) -> Verdict:
        """The verdict of this case."""
        return _VERDICTS[self]


_VERDICTS: Final = {
    Case.EMPTY: Verdict.EMPTY,
    Case.EXTERNAL: Verdict.EXTERNAL,
    Case.PLAIN: Verdict.PLAIN_TEXT,
    Case.IMPOSSIBLE: Verdict.DAMAGED,
    Case.CURRENT: Verdict.CURRENT,
    Case.OLDER: Verdict.OLDER_KEY,
    Case.TWO_KEYS: Verdict.AMBIGUOUS,
    Case.WEAK: Verdict.AMBIGUOUS,
    Case.LOST: Verdict.LOST,
    Case.NO_LAYOUT: Verdict.UNKNOWN,
    Case.OTHER_LAYOUT: Verdict.UNKNOWN,
    Case.HIDDEN: Verdict.UNKNOWN,
    Case.NEVER_SEALED: Verdict.PLAIN_TEXT,
    Case.NO_BAR: Verdict.DAMAGED,
    Case.MORE_BARS: Verdict.DAMAGED,
    Case.NO_CIPHERTEXT: Verdict.DAMAGED,
    Case.BAD_BASE64: Verdict.DAMAGED,
    Case.VECTOR_SIZE: Verdict.DAMAGED,
    Case.NO_BLOCKS: Verdict.DAMAGED,
    Case.TWO_TEXTS: Verdict.AMBIGUOUS,
}


_SENTENCES: Final = {
    Case.EMPTY: "no value is stored",
    Case.EXTERNAL: "the secret is kept in another system; nothing is encrypted here",
    Case.PLAIN: "neither base64 nor hex of 16 bytes or more, no ciphertext: stored unencrypted, or cut off",
    Case.IMPOSSIBLE: "decodes to {size} bytes, a length that no ciphertext layout of the product has",
    Case.CURRENT: "opens under {label}, the current key",
    Case.OLDER: "opens under {label}, not under the current key {current}",
    Case.TWO_KEYS: "opens under {label}, and under another candidate key as well",
    Case.WEAK: "opens under {label}, but only so weakly that it may be chance",
    Case.LOST: "well-formed in a layout established for this store, and {unopened}",
    Case.NO_LAYOUT: (
        "no ciphertext layout could be established with {candidates}: the key that wrote this store, "
        "or one credential's known plain text, would help"
    ),
    Case.OTHER_LAYOUT: (
        "its {size} bytes fit none of the layouts established for this store: a key that opens such values, "
        "or one known plain text, would help"
    ),
    Case.HIDDEN: (
        "a single block behind a constant initialization vector that nobody knows: one known plain "
        "text solves it"
    ),
    Case.NEVER_SEALED: "not ciphertext|vector in base64: never encrypted, or cut off",
    Case.NO_BAR: "no '|' in it: the initialization vector is missing",
    Case.MORE_BARS: "more than one '|' in it: only one ciphertext and one vector belong there",
    Case.NO_CIPHERTEXT: "nothing stands before the '|': the ciphertext is missing",
    Case.BAD_BASE64: "one side of the '|' is no canonical base64",
    Case.VECTOR_SIZE: "the initialization vector behind the '|' is not 16 bytes long",
    Case.TWO_TEXTS: (
        "opens under {label}, but to different texts in layouts that the store cannot tell apart: one known "
        "plain text settles it"
    ),
    Case.NO_BLOCKS: "the ciphertext before the '|' is no multiple of 16 bytes",
}


@dataclass(frozen=True, slots=True)
class Reasons:
    """One sentence for each case.

    Attributes:
        labels: of the candidate keys, in the order of the ring.
        current: label of the current key, or "".
    """

    labels: tuple[str, ...]
    current: str

    def of(self, case: Case, hypothesis: Hypothesis | None, size: int) -> str:
        """The sentence.

        Args:
            case: the case.
            hypothesis: what opened the value, if anything did.
            size: bytes of the value once decoded, 0 if it does not decode.
        """
        count = len(self.labels)
        sentence = _SENTENCES[case]
        if case is Case.OLDER and not self.current:
            sentence = "opens under {label}; which key is current is not known (say --current)"
        return sentence.format(
            label=self.labels[hypothesis.key] if hypothesis else "",
            current=self.current,
            candidates="the one candidate key" if count == 1 else f"the {count} candidate keys",
            unopened="the one candidate key does not open it"
            if count == 1
            else f"none of the {count} candidate keys opens it",
            size=size,
        )
