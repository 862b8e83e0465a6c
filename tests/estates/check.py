"""One estate: written, audited, re-encrypted, and every law asked."""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from tests.estates.estate import Estate, StoredValue, Trouble, value_in, write
from tests.estates.laws import Violation, named_wrongly, right_labels, violations
from tests.estates.plan import sealed_value
from tests.estates.running import SURE, Answer, Row, audit, program, reencrypt
from tests.estates.sealing import Sealing, opened
from tests.estates.texts import Population

_KNOWN: Final = b"one known text of three blocks: 0123456789"
_SETTLED_AT_MOST: Final = 4
"""Layouts of an estate for which the known text is tried: each costs two more readings of the store."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of an estate.

    Attributes:
        calibration: (`key` or `text`, confidence, whether it was wrong) to how many values.
        undecided: layout to the count of whole values whose key is given, of these how many end as unknown
            or ambiguous, of these for how many one known text was tried, and how many it settled.
        verdicts: verdict to how many values.
    """

    name: str
    violations: tuple[Violation, ...]
    calibration: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    undecided: Counter[tuple[str, str]] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    reencrypted: int = 0


def check(estate: Estate, *, settle: bool = False) -> Checked:
    """Every law; with `settle` also whether one known text settles what stays undecided."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store = write(estate, folder)
        try:
            checked = _checked(estate, folder, store, settle=settle)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a violation, and the seed is what helps
            failed = Violation("x", "", f"{type(error).__name__}: {error}"[:300])
            checked = Checked(estate.name, (failed,))
    return replace(checked, seconds=time.monotonic() - began)


def _checked(estate: Estate, folder: Path, store: Path, *, settle: bool) -> Checked:
    answer = audit(store, folder / "keys", estate.current_label)
    broken = list(violations(estate, answer))
    left = undecided(estate, answer)
    if settle:
        left += _settled(estate, answer, folder)
    written, wrong = _reencrypted(estate, answer, folder, store)
    return Checked(
        name=estate.name,
        violations=(*broken, *wrong),
        calibration=calibration(estate, answer),
        undecided=left,
        verdicts=Counter(each.verdict for each in answer.rows.values()),
        reencrypted=written,
    )


def rows(estate: Estate) -> Iterator[tuple[StoredValue, Row]]:
    """Each value with what is said of it."""
    with tempfile.TemporaryDirectory() as place:
        store = write(estate, Path(place))
        answer = audit(store, Path(place) / "keys", estate.current_label)
    for value in estate.values:
        yield value, answer.rows[value.location]


def _reencrypted(estate: Estate, answer: Answer, folder: Path, store: Path) -> tuple[int, list[Violation]]:
    """How many values were written anew, and those of them that hold another text now."""
    older = any(each.verdict == "older-key" for each in answer.rows.values())
    if not older or estate.store != "sqlite" or not estate.given(estate.current):
        return 0, []
    labels = [each.label for each in estate.key(estate.current).copies if each.given]
    words = ["--to", labels[0]]
    if estate.current_label:
        words += ["--current", estate.current_label]
    ended = reencrypt(answer, folder, store, folder / "keys", words)
    changed = [(each, now) for each in estate.values if (now := value_in(store, each.name)) != each.value]
    wrong = [
        Violation("b", each.location, f"re-encrypted to another text: {_name(each)}, exit {ended.code}")
        for each, now in changed
        if not _holds(estate, each, now)
    ]
    return len(changed), wrong


def _holds(estate: Estate, value: StoredValue, now: bytes | None) -> bool:
    """Whether the new value opens to the true text, the way in which the server of the current key reads."""
    secret = estate.key(estate.current).secret
    own = {each.sealing for each in estate.values if each.key == estate.current and each.sealing}
    ways = own or {each.sealing for each in estate.values if each.sealing}
    right = {value.text} if value.whole else {estate.truly_in(value)}
    right.discard(None)
    return now is not None and any(opened(way, secret, now) in right for way in ways if way.supported)


def calibration(estate: Estate, answer: Answer) -> Counter[tuple[str, str, bool]]:
    """Of each confidence how many keys and texts were right and wrong, where the program names one."""
    found: Counter[tuple[str, str, bool]] = Counter()
    for value in estate.values:
        row = answer.rows[value.location]
        if not row.opened_by:
            continue
        right = row.opened_by in right_labels(estate, value)
        found["key", row.confidence, not right] += 1
        if right and value.trouble is Trouble.NONE:
            found["text", row.text_confidence, named_wrongly(estate, value, row)] += 1
    return found


def _left(estate: Estate, answer: Answer) -> dict[tuple[str, Sealing], list[StoredValue]]:
    """Whole values whose key is given, by key and sealing, that end as unknown or ambiguous."""
    left: dict[tuple[str, Sealing], list[StoredValue]] = {}
    for value in _answerable(estate):
        if value.sealing and answer.rows[value.location].verdict in {"unknown", "ambiguous"}:
            left.setdefault((value.key, value.sealing), []).append(value)
    return left


def _answerable(estate: Estate) -> Iterator[StoredValue]:
    for each in estate.values:
        if (
            each.trouble is Trouble.NONE
            and each.sealing
            and each.sealing.supported
            and estate.given(each.key)
        ):
            yield each


def undecided(estate: Estate, answer: Answer) -> Counter[tuple[str, str]]:
    """Of each layout how many whole values have their key given, and how many of them stay undecided."""
    counts = Counter((each.sealing.name, "whole") for each in _answerable(estate) if each.sealing)
    for (_, sealing), values in _left(estate, answer).items():
        counts[sealing.name, "undecided"] += len(values)
    return counts


def _settled(estate: Estate, answer: Answer, folder: Path) -> Counter[tuple[str, str]]:
    """What one known text makes of each layout that stays undecided."""
    counts: Counter[tuple[str, str]] = Counter()
    for at, ((key, sealing), values) in enumerate(list(_left(estate, answer).items())[:_SETTLED_AT_MOST]):
        place = folder / f"settled-{at}"
        place.mkdir()
        counts[sealing.name, "tried"] += len(values)
        counts[sealing.name, "settled"] += _settled_by_one(estate, key, sealing, values, place)
    return counts


def _settled_by_one(
    estate: Estate, key: str, sealing: Sealing, values: list[StoredValue], place: Path
) -> int:
    """How many of the values are judged rightly once a text is known.

    Under the server's own key a credential with a text of three blocks is made for it; an older key seals
    nothing new, so somebody remembers the longest of its texts.
    """
    if key == estate.current or not estate.current:
        estate, known = _with_known(estate, key, sealing)
    else:
        alike = (each for each in estate.values if (each.key, each.sealing) == (key, sealing) and each.whole)
        known = max(alike, key=lambda each: len(each.text))
    store, layouts, text = write(estate, place), place / "layouts.toml", place / "known.txt"
    text.write_bytes(known.text)
    words: list[str | Path] = ["layouts", "--store", store, "--key", place / "keys", "--save", layouts, "-q"]
    words += ["--known", known.location, "--known-text", text]
    words += ["--current", estate.current_label] if estate.current_label else []
    program(*words)
    if not layouts.exists():
        return 0
    answer = audit(store, place / "keys", estate.current_label, layouts)
    judged = [(each, answer.rows[each.location]) for each in values]
    return sum(
        row.sure_of_key and row.opened_by in right_labels(estate, each) and row.text_confidence in SURE
        for each, row in judged
    )


def _with_known(estate: Estate, key: str, sealing: Sealing) -> tuple[Estate, StoredValue]:
    import random

    made = sealed_value(_KNOWN, estate.key(key), sealing, Population.LONG, random.Random(estate.name))
    known = replace(made, name="known")
    return replace(estate, values=(*estate.values, known)), known


def _name(value: StoredValue) -> str:
    sealed = value.sealing.name if value.sealing else "not sealed"
    return f"{sealed} ({value.trouble})" if value.trouble else sealed
