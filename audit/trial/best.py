"""The best opening of every value, and its strongest rival under another key."""

import base64
import binascii
import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt
from cryptography import x509

from audit.layouts.layout import Iv, Mode
from audit.trial.hypothesis import Hypothesis
from audit.trial.opened import OpenedValues
from audit.trial.plain_text import Content, Damage, damage
from audit.trial.same_secret import SecretTags
from parsers.secret import Secret

_PEM_START: Final = b"-----BEGIN "
_DER_SEQUENCE: Final = b"\x30\x82"
"""A DER SEQUENCE with a length of two bytes (X.690): what a certificate begins with."""

_PEM: Final = re.compile(
    # -----BEGIN PRIVATE KEY-----  (RFC 7468), with headers as in `Proc-Type: 4,ENCRYPTED` (RFC 1421)
    rb"-----BEGIN ([A-Z0-9 ]{1,64})-----\r?\n(?:[A-Za-z-]+: .*\r?\n)*"
    rb"\s*([A-Za-z0-9+/=\s]+)-----END \1-----\s*"
)


def proves_itself(opened: OpenedValues) -> npt.NDArray[np.bool_]:
    """Rows whose plain text parses as a certificate or a PEM block; shape [n]."""
    proven = np.zeros(len(opened.rows), np.bool_)
    for mark, parses in ((_PEM_START, _is_pem), (_DER_SEQUENCE, _is_certificate)):
        begins = np.flatnonzero(opened.plain[:, 0] == mark[0])
        for row in begins[opened.plain[begins, 1] == mark[1]]:
            plain = opened.plain[row, : opened.lengths[row]].tobytes()
            proven[row] |= plain.startswith(mark) and parses(plain)
    return proven


def _is_pem(plain: bytes) -> bool:
    match = _PEM.fullmatch(plain)
    if match is None:
        return False
    try:
        return len(base64.b64decode(b"".join(match[2].split()), validate=True)) >= len(_DER_SEQUENCE)
    except binascii.Error:
        return False


def _is_certificate(plain: bytes) -> bool:
    try:
        x509.load_der_x509_certificate(plain)
    except ValueError:
        return False
    return True


NOT_OPENED: Final = -1

CLEARLY_LIKELIER: Final = 6.0
"""Powers of ten by which one text of a value must be likelier than another to be taken for its text: the same
one in a million that makes a key strong. A first block of 16 bytes that is ASCII makes 6.7."""


_KNOWN: Final = (Iv.ZERO, Iv.KEY, Iv.CONSTANT)


@dataclass(frozen=True, slots=True)
class Best:
    """For each value of a batch of n, what opened it best. Holds no plain text.

    Attributes:
        hypothesis: its place in the list that was tried, or NOT_OPENED; shape [n].
        log10: of the probability that a wrong key does as well, uncorrected; 0 where nothing opened.
        rival_log10: the same for the best opening under any other key; 0 where there is none.
        whole: whether every byte of the text is known: none of it stays behind an unknown vector, and no
            other layout that was tried makes the same key give another text that is about as likely.
        content: `Content` of the best opening.
        damage: `Damage` of what is not text.
        proven: whether an authentication tag or the plain text's own structure proves it.
        tags: equal for equal secrets, within one run; shape [n, 2].
    """

    hypothesis: npt.NDArray[np.int32]
    log10: npt.NDArray[np.float64]
    rival_log10: npt.NDArray[np.float64]
    whole: npt.NDArray[np.bool_]
    content: npt.NDArray[np.uint8]
    damage: npt.NDArray[np.uint8]
    proven: npt.NDArray[np.bool_]
    tags: npt.NDArray[np.uint64]

    @classmethod
    def nothing(cls, size: int) -> "Best":
        """A batch of which nothing is opened yet."""
        return cls(
            hypothesis=np.full(size, NOT_OPENED, np.int32),
            log10=np.zeros(size),
            rival_log10=np.zeros(size),
            whole=np.zeros(size, np.bool_),
            content=np.full(size, Content.BINARY, np.uint8),
            damage=np.zeros(size, np.uint8),
            proven=np.zeros(size, np.bool_),
            tags=np.zeros((size, 2), np.uint64),
        )

    def leave_open(self, by_text: npt.NDArray[np.bool_]) -> None:
        """Take the text for unknown where it is none, and only another value's known text speaks for it.

        Args:
            by_text: whether that holds of each hypothesis, in the order of the list that was tried, and False
                for NOT_OPENED; shape [tried + 1].
        """
        self.whole[by_text[self.hypothesis] & (self.content == Content.BINARY) & ~self.proven] = False

    def of_rows(self, rows: npt.NDArray[np.intp]) -> "Best":
        """The same for these rows alone."""
        return Best(*(getattr(self, each.name)[rows] for each in fields(self)))

    def put(self, rows: npt.NDArray[np.intp], other: "Best") -> None:
        """Take `other` over in these rows; it was tried on them alone, with the same list of hypotheses."""
        for each in fields(self):
            getattr(self, each.name)[rows] = getattr(other, each.name)


def best_openings(
    size: int,
    opened: Iterable[OpenedValues],
    tried: Sequence[Hypothesis],
    secret_tags: SecretTags,
    believed: Container[Hypothesis] = (),
) -> Best:
    """Keep, of everything that was opened in a batch of `size` values, the most convincing.

    Args:
        size: of the batch.
        opened: what was opened.
        tried: the hypotheses.
        secret_tags: recognises equal texts.
        believed: those behind whose known vector a text is the value's text, although other values lie behind
            an unknown constant.
    """
    best = Best.nothing(size)
    key_of = _distinct_keys(tried)
    behind_known = np.array([*(each.layout.iv in _KNOWN and each not in believed for each in tried), False])
    hidden = np.array([*(each.layout.iv is Iv.UNKNOWN for each in tried), False])
    for each in opened:
        hypothesis = tried[each.hypothesis]
        before = best.hypothesis[each.rows]
        if (before == NOT_OPENED).all():
            _take(best, each, hypothesis, secret_tags)
            continue
        other_key = key_of[before] != key_of[each.hypothesis]
        wins = each.log10 < best.log10[each.rows]
        loser = np.where(wins, best.log10[each.rows], each.log10)
        rival = best.rival_log10[each.rows]
        best.rival_log10[each.rows] = np.where(other_key, np.minimum(rival, loser), rival)
        undecided = _undecided(best, each, hypothesis, secret_tags)
        # Where an unknown constant stands, text behind a known one says nothing: it may be text behind both.
        undecided |= hidden[before] & behind_known[each.hypothesis]
        undecided |= behind_known[before] & hidden[each.hypothesis]
        undecided &= ~other_key
        _take(best, each.only(wins), hypothesis, secret_tags)
        best.whole[each.rows[undecided]] = False
    return best


def _undecided(
    best: Best, opened: OpenedValues, hypothesis: Hypothesis, secret_tags: SecretTags
) -> npt.NDArray[np.bool_]:
    """Rows of which this opening and the best so far differ, and are about as likely; shape [n]."""
    rows = opened.rows
    other_text = (secret_tags.of(opened.plain, opened.lengths) != best.tags[rows]).any(axis=1)
    # What stands behind an unknown vector has another block in front of it, though all that shows is equal.
    other_text |= best.whole[rows] & (hypothesis.layout.iv is Iv.UNKNOWN)
    undecided: npt.NDArray[np.bool_] = other_text | ~best.whole[rows]
    gain = best.log10[rows] - opened.log10
    return undecided & (np.abs(gain) < CLEARLY_LIKELIER)


def _distinct_keys(tried: Sequence[Hypothesis]) -> npt.NDArray[np.int32]:
    """A number for each AES key, whichever files hold it; the last one stands for NOT_OPENED."""
    numbers: dict[Secret, int] = {}
    of_tried = [numbers.setdefault(hypothesis.aes_key, len(numbers)) for hypothesis in tried]
    return np.array([*of_tried, NOT_OPENED], np.int32)


def _take(best: Best, opened: OpenedValues, hypothesis: Hypothesis, secret_tags: SecretTags) -> None:
    if not opened.rows.size:
        return
    rows = opened.rows
    best.hypothesis[rows] = opened.hypothesis
    best.log10[rows] = opened.log10
    best.whole[rows] = hypothesis.layout.iv is not Iv.UNKNOWN
    best.content[rows] = opened.content
    best.damage[rows] = Damage.NONE
    binary = np.flatnonzero(opened.content == Content.BINARY)
    if binary.size:
        best.damage[rows[binary]] = damage(opened.plain[binary], opened.lengths[binary])
    best.proven[rows] = hypothesis.layout.mode is Mode.GCM or proves_itself(opened)
    best.tags[rows] = secret_tags.of(opened.plain, opened.lengths)
