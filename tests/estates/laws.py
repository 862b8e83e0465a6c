"""What must hold of every estate, whatever was drawn: a function a law."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.estates.estate import EDITED, Estate, StoredValue, Trouble, digest
from tests.estates.named_layout import text_by_name
from tests.estates.running import Answer, Row

LAWS: Final = {
    "a": "wrong key: proven or strong under a key that is not the true one",
    "b": "wrong text: proven or strong, and another text would be written",
    "c": "lost, damaged or plain-text, though whole and its key is given",
    "d": "an edited value that is no text any more passes for sound",
    "e": "a group joins different secrets",
    "f": "opens, though its key is missing",
    "g": "a missing key would save more than its upper bound",
    "h": "a sealed string is neither judged nor reported as uncovered",
    "t": "encrypted twice, both keys given, and it passes for current",
    "x": "the program failed",
}

TEXT_POPULATION: Final = 8
"""Whole texts under a key from which on an opening that is no text stands out; of fewer nobody can tell."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A law broken: of which value, and how."""

    law: str
    location: str
    detail: str

    @property
    def line(self) -> str:
        """In one line."""
        return f"{self.law} {self.location} {self.detail}"


def violations(estate: Estate, answer: Answer) -> Iterator[Violation]:
    """Of every law that one audit can break."""
    for value in estate.values:
        row = answer.rows[value.location]
        for law, broken in (
            ("a", _wrong_key(estate, value, row)),
            ("b", _wrong_text(estate, value, row)),
            ("c", _given_up(estate, value, row)),
            ("d", _edited_passes(estate, value, row)),
            ("f", _opens_without_key(estate, value, row)),
            ("t", _passes_for_current(estate, value, row)),
        ):
            if broken:
                yield Violation(law, value.location, _said(value, row))
    yield from _wrong_groups(estate, answer)
    yield from _bounds_too_low(estate, answer)


def right_labels(estate: Estate, value: StoredValue) -> frozenset[str]:
    """Every label of the true key; of a value encrypted twice those of both."""
    names = [name for name in (value.key, value.inner) if name]
    return frozenset(label for name in names for label in estate.key(name).labels)


def named_wrongly(estate: Estate, value: StoredValue, row: Row) -> bool:
    """Whether the layout that is named opens the value to another text than its own."""
    if value.sealing is None or value.value is None or value.trouble is Trouble.TWICE:
        return False
    text = text_by_name(row.layout, value.sealing, estate.key(value.key).secret, value.value)
    return text is not None and text != estate.truly_in(value)


def is_text(text: bytes) -> bool:
    """Whether people could have typed or pasted it."""
    try:
        shown = text.decode()
    except UnicodeDecodeError:
        return False
    return all(each.isprintable() or each in "\r\n\t" for each in shown)


def _wrong_key(estate: Estate, value: StoredValue, row: Row) -> bool:
    if not row.sure_of_key:
        return False
    if row.opened_by not in right_labels(estate, value):
        return True
    current = estate.given(estate.current)
    if value.trouble is Trouble.TWICE:
        return False  # its outer key is right, and so is its inner one
    if current and row.verdict == "older-key":
        return value.key == estate.current and _surely_current(estate)
    return row.verdict == "current" and bool(estate.stated) and value.key != estate.stated


def _surely_current(estate: Estate) -> bool:
    """Not where the history names the server's own file, and only a copy in another form is given."""
    return estate.said == "label" or estate.key(estate.current).copies[0].given


def _wrong_text(estate: Estate, value: StoredValue, row: Row) -> bool:
    return row.sure_of_text and named_wrongly(estate, value, row)


def _given_up(estate: Estate, value: StoredValue, row: Row) -> bool:
    sealed_whole = value.whole and value.value is not None
    return sealed_whole and estate.given(value.key) and row.verdict in {"lost", "damaged", "plain-text"}


def _edited_passes(estate: Estate, value: StoredValue, row: Row) -> bool:
    if value.trouble not in EDITED or not row.sure_of_key:
        return False
    alike = [each for each in estate.values if each.key == value.key and each.trouble is Trouble.NONE]
    if len(alike) < TEXT_POPULATION or not all(each.is_text for each in (*alike, value)):
        return False
    text = estate.visibly_in(value)
    return text is None or not is_text(text)


def _opens_without_key(estate: Estate, value: StoredValue, row: Row) -> bool:
    return row.opens and not estate.given(value.key)


def _passes_for_current(estate: Estate, value: StoredValue, row: Row) -> bool:
    """The server reads the inner ciphertext as if it were the secret."""
    return value.trouble is Trouble.TWICE and estate.given(value.inner) and row.verdict == "current"


def _wrong_groups(estate: Estate, answer: Answer) -> Iterator[Violation]:
    groups: dict[str, list[StoredValue]] = {}
    for value in estate.values:
        if group := answer.rows[value.location].group:
            groups.setdefault(group, []).append(value)
    for group, values in groups.items():
        if len({_secret(estate, each) for each in values}) > 1:
            yield Violation("e", values[0].location, f"group {group} of {len(values)}, {_name(values[0])}")


def _secret(estate: Estate, value: StoredValue) -> str:
    """What tells secrets apart: the text in the value, and where there is none the value itself."""
    text = value.text if value.whole else estate.truly_in(value)
    return hashlib.sha256(text).hexdigest() if text is not None else digest(value.value or b"")


def _bounds_too_low(estate: Estate, answer: Answer) -> Iterator[Violation]:
    bounds = {each.fingerprint: each.saves_up_to for each in answer.summary.missing_keys}
    for key in estate.keys:
        bound = bounds.get(key.copies[0].fingerprint)
        if key.given or bound is None:
            continue
        under = sum(each.key == key.name and each.trouble is Trouble.NONE for each in estate.values)
        if under > bound:
            yield Violation("g", key.name, f"{under} values, at most {bound} were said")


def _said(value: StoredValue, row: Row) -> str:
    truth = f"{_name(value)} under {value.key or 'no key'}"
    return f"{truth}: {row.verdict} by {row.opened_by or '-'}, {row.confidence}, {row.layout or 'no layout'}"


def _name(value: StoredValue) -> str:
    sealed = value.sealing.name if value.sealing else "not sealed"
    return f"{sealed} ({value.trouble})" if value.trouble else sealed
