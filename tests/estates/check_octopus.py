"""One estate of Octopus Deploy: audited, re-encrypted, and every law asked.

Values are joined with the truth by the digest of what is stored, since no location is agreed upon for a
string within a string.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tests.estates.check import Checked, calibration, undecided
from tests.estates.estate import StoredValue, Trouble, digest
from tests.estates.laws import Violation, violations
from tests.estates.octopus import SEALING, OctopusEstate, octopus_value_in, write_octopus
from tests.estates.running import Answer, Row, audit, reencrypt, uncovered
from tests.estates.sealing import opened


def check_octopus(drawn: OctopusEstate) -> Checked:
    """Every law."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store = write_octopus(drawn, folder)
        try:
            checked = _checked(drawn, folder, store)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a violation, and the seed is what helps
            failed = Violation("x", "", f"{type(error).__name__}: {error}"[:300])
            checked = Checked(drawn.estate.name, (failed,))
    return replace(checked, seconds=time.monotonic() - began)


def joined(drawn: OctopusEstate, answer: Answer) -> dict[str, Row]:
    """What is said of each value, by its place; values of which nothing is said are left out."""
    by_digest = {row.digest: row for row in answer.rows.values() if row.digest}
    rows = {}
    for value in drawn.estate.values:
        row = by_digest.get(digest(value.value)) if value.value is not None else None
        row = row or _at_place(drawn, value, answer.rows)
        if row:
            rows[value.location] = row
    return rows


def _at_place(drawn: OctopusEstate, value: StoredValue, rows: Mapping[str, Row]) -> Row | None:
    """Of a value that is not there, or that the program cut out of its string otherwise."""
    document = drawn.places[value.location].id
    return next((row for where, row in rows.items() if where.startswith(f"{document}/")), None)


def _checked(drawn: OctopusEstate, folder: Path, store: Path) -> Checked:
    answer = audit(store, folder / "keys", drawn.estate.current_label)
    rows = joined(drawn, answer)
    seen = tuple(each for each in drawn.estate.values if each.location in rows)
    estate = replace(drawn.estate, values=seen)
    judged = Answer(rows, answer.run)
    written, wrong = _reencrypted(drawn, answer, folder, store)
    return Checked(
        name=estate.name,
        violations=(*violations(estate, judged), *_unseen(drawn, answer, rows), *wrong),
        calibration=calibration(estate, judged),
        undecided=undecided(estate, judged),
        verdicts=Counter(each.verdict for each in answer.rows.values()),
        reencrypted=written,
    )


def _unseen(drawn: OctopusEstate, answer: Answer, rows: Mapping[str, Row]) -> list[Violation]:
    """Sealed strings that are neither judged nor reported; a report names the type of the document."""
    reported = " ".join(uncovered(answer)["subject"])
    return [
        Violation("h", value.location, "within another string, and nothing is said of it")
        for value in drawn.estate.values
        if value.location not in rows and drawn.places[value.location].table not in reported
    ]


def _reencrypted(
    drawn: OctopusEstate, answer: Answer, folder: Path, store: Path
) -> tuple[int, list[Violation]]:
    estate = drawn.estate
    older = any(each.verdict == "older-key" for each in answer.rows.values())
    if not older or estate.store != "sqlite" or estate.current_label is None:
        return 0, []
    words = ["--to", estate.current_label, "--current", estate.current_label]
    ended = reencrypt(answer, folder, store, folder / "keys", words)
    secret = estate.key(estate.current).secret
    changed, wrong = 0, []
    for value in estate.values:
        before = value.value.decode() if value.value is not None else None
        now = octopus_value_in(store, drawn.places[value.location])
        if now == before:
            continue
        changed += 1
        right = value.text if value.trouble is Trouble.NONE else estate.truly_in(value)
        if now is None or right is None or opened(SEALING, secret, now.encode()) != right:
            wrong.append(Violation("b", value.location, f"re-encrypted to another text, exit {ended.code}"))
    return changed, wrong


def octopus_rows(drawn: OctopusEstate) -> list[tuple[StoredValue, Row | None]]:
    """Each value with what is said of it, if anything is."""
    with tempfile.TemporaryDirectory() as place:
        store = write_octopus(drawn, Path(place))
        rows = joined(drawn, audit(store, Path(place) / "keys", drawn.estate.current_label))
    return [(value, rows.get(value.location)) for value in drawn.estate.values]
