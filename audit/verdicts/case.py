"""The cases that a stored value can fall into: finer than verdicts, one sentence each."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

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
    MARKED = 20
    NOT_SHOWN = 21
    UNLIKE = 22
    TWICE = 23
    HEAD_HIDDEN = 24
    CURRENT_TWO_TEXTS = 25
    CURRENT_HEAD_HIDDEN = 26
    CUT = 27
    TWICE_TWO_TEXTS = 28
    TWICE_WEAK = 29
    TWICE_HIDDEN = 30
    TWICE_UNSETTLED = 31
    SINGLE = 32
    OWN_FORM = 33
    BEGINS = 34
    CUT_OPENS = 35
    FEW = 36
    SILENT = 37
    STREAM = 38
    BESIDE_STREAM = 39

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
    Case.MARKED: Verdict.UNKNOWN,
    Case.NOT_SHOWN: Verdict.UNKNOWN,
    Case.UNLIKE: Verdict.AMBIGUOUS,
    Case.TWICE: Verdict.OLDER_KEY,
    Case.HEAD_HIDDEN: Verdict.OLDER_KEY,
    Case.CURRENT_TWO_TEXTS: Verdict.CURRENT,
    Case.CURRENT_HEAD_HIDDEN: Verdict.CURRENT,
    Case.CUT: Verdict.DAMAGED,
    Case.TWICE_TWO_TEXTS: Verdict.AMBIGUOUS,
    Case.TWICE_WEAK: Verdict.AMBIGUOUS,
    Case.TWICE_HIDDEN: Verdict.AMBIGUOUS,
    Case.TWICE_UNSETTLED: Verdict.AMBIGUOUS,
    Case.SINGLE: Verdict.UNKNOWN,
    Case.OWN_FORM: Verdict.AMBIGUOUS,
    Case.BEGINS: Verdict.AMBIGUOUS,
    Case.CUT_OPENS: Verdict.DAMAGED,
    Case.FEW: Verdict.UNKNOWN,
    Case.SILENT: Verdict.UNKNOWN,
    Case.STREAM: Verdict.UNKNOWN,
    Case.BESIDE_STREAM: Verdict.UNKNOWN,
}


_SENTENCES: Final = {
    Case.EMPTY: "no value is stored",
    Case.EXTERNAL: "the secret is kept in another system; nothing is encrypted here",
    Case.PLAIN: "what a person types, and no cipher writes: stored unencrypted, or cut off",
    Case.IMPOSSIBLE: (
        "decodes to {size} bytes, a length that no established layout has, one of few among many that fit: "
        "cut off or mistyped"
    ),
    Case.CUT: "looks like ciphertext and does not decode, one of few among many that do: cut off or mistyped",
    Case.CURRENT: "opens under {label}, the current key",
    Case.OLDER: "opens under {label}, not under the current key {current}",
    Case.TWO_KEYS: "opens under {label}, and under another candidate key as well",
    Case.WEAK: "opens under {label}, but only so weakly that it may be chance",
    Case.LOST: "well-formed in a layout established for values like it, and {unopened} in any form or layout",
    Case.NOT_SHOWN: (
        "fits an established layout, and {unopened}; but other values here are of an unknown "
        "layout, and it may be one of them"
    ),
    Case.FEW: (
        "fits an established layout, and {unopened}; but some candidate opens nothing at all, and may have "
        "written so few values in a way that shows under no key: if that key is new, audit without it"
    ),
    Case.SILENT: (
        "fits an established layout, and {unopened}; but the padding of that layout shows no key of a secret "
        "that is not text, and this may be one"
    ),
    Case.STREAM: (
        "one of its blocks is text under {label}, read as CFB, OFB or CTR write it: a mode without a layout "
        "here; a key that opens it need not be missing"
    ),
    Case.BESIDE_STREAM: (
        "fits an established layout, and {unopened}; but values like it are text under a candidate in a "
        "stream mode (CFB, OFB or CTR), in which this one may be written too"
    ),
    Case.OWN_FORM: (
        "opens under {label}, but in a form that no other value here has: text or bytes around it, or "
        "another encoding; whether the server reads it so is not known"
    ),
    Case.BEGINS: (
        "its first blocks are text under {label}, and its end is not: changed, or of a layout of its own"
    ),
    Case.CUT_OPENS: (
        "decodes to {size} bytes, a length that no established layout has, and begins as text under {label}: "
        "its end is cut off or mistyped"
    ),
    Case.SINGLE: (
        "a single block, and {unopened}; behind an unknown constant initialization vector it would open "
        "under none, whichever wrote it: too few such values, or some that agree, to rule that out"
    ),
    Case.MARKED: (
        "begins as ciphertext of another program does: {mark}; a layouts file (--layouts) can describe it"
    ),
    Case.UNLIKE: (
        "opens under {label}, but not to a text as other values under that key do: a byte of it may have "
        "been changed"
    ),
    Case.TWICE: "encrypted twice: under the current key lies a value that {label} opens",
    Case.TWICE_TWO_TEXTS: (
        "encrypted twice: under the current key lies a value that {label} opens with certainty, but not "
        "every byte of its text is settled between layouts that the data cannot tell apart: one known plain "
        "text settles it"
    ),
    Case.TWICE_WEAK: (
        "perhaps encrypted twice: what it opens to has the form of a value that {label} opens, but so weakly "
        "that it may be chance"
    ),
    Case.TWICE_HIDDEN: (
        "perhaps encrypted twice: what it opens to has the form of a value of a single block behind an "
        "unknown constant initialization vector"
    ),
    Case.TWICE_UNSETTLED: (
        "perhaps encrypted twice: its first 16 bytes are not settled, and the others end as a stored value "
        "does: one known plain text settles it"
    ),
    Case.HEAD_HIDDEN: (
        "opens under {label} with certainty, not under the current key {current}; but not every byte of its "
        "text is settled: its first 16 bytes are behind an unknown constant initialization vector; one known "
        "plain text settles it"
    ),
    Case.CURRENT_TWO_TEXTS: (
        "opens under {label}, the current key; but not every byte of its text is settled between layouts "
        "that the data cannot tell apart: one known plain text settles it"
    ),
    Case.CURRENT_HEAD_HIDDEN: (
        "opens under {label}, the current key; but not every byte of its text is settled: its first 16 bytes "
        "are behind an unknown constant initialization vector; one known plain text settles it"
    ),
    Case.NO_LAYOUT: (
        "no ciphertext layout could be established with {candidates}: the key that wrote this store, or one"
        " credential's known plain text, would help"
    ),
    Case.OTHER_LAYOUT: (
        "fits none of the layouts established for this store: a key that opens such values, one known plain"
        " text, or a layouts file that describes them would help"
    ),
    Case.HIDDEN: (
        "a single block behind an unknown constant initialization vector: one known plain text solves it"
    ),
    Case.NEVER_SEALED: "not ciphertext|vector in base64: never encrypted, or cut off",
    Case.NO_BAR: "no '|' in it: the initialization vector is missing",
    Case.MORE_BARS: "more than one '|' in it: only one ciphertext and one vector belong there",
    Case.NO_CIPHERTEXT: "there is nothing before the '|': the ciphertext is missing",
    Case.BAD_BASE64: "one side of the '|' is not canonical base64",
    Case.VECTOR_SIZE: "the initialization vector after the '|' is not 16 bytes long",
    Case.TWO_TEXTS: (
        "opens under {label} with certainty, but not every byte of its text is settled between layouts that "
        "the data cannot tell apart: one known plain text settles it"
    ),
    Case.NO_BLOCKS: "the ciphertext before the '|' is not a multiple of 16 bytes",
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

    def of(self, case: Case, label: str, *, size: int = 0, mark: str = "") -> str:
        """The sentence.

        Args:
            case: the case.
            label: of the key that opened the value, or "".
            size: bytes of the value once decoded, 0 if it does not decode.
            mark: the program whose mark the value bears, or "".
        """
        count = len(self.labels)
        sentence = _SENTENCES[case]
        if case in {Case.OLDER, Case.HEAD_HIDDEN} and not self.current:
            sentence = "opens under {label}; which key is current is not known (say --current)"
        return sentence.format(
            label=label,
            mark=mark,
            current=self.current,
            candidates="the one candidate key" if count == 1 else f"the {count} candidate keys",
            unopened="the one candidate key does not open it"
            if count == 1
            else f"none of the {count} candidate keys opens it",
            size=size,
        )
