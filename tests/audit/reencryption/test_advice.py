"""Both ways out of a mismatch, in numbers."""

import polars as pl

from audit.octopus.product import OCTOPUS
from audit.reencryption.advice import options_summary
from audit.verdict import Confidence, Verdict
from tests.audit.reencryption.estate import NEW, OLD, two_keys
from tests.support.sealing import candidate, ring_of

KEYS = [candidate("old", OLD), candidate("new", NEW, current=True), candidate("idle", bytes(16))]
RING = ring_of(*KEYS)


def judged(
    *counts: tuple[Verdict, str, Confidence, int],
    system: str = "cloudbees-cd",
    text_confidence: Confidence | None = None,
) -> pl.DataFrame:
    """Of these verdicts; the text is as certain as the key, unless it is said otherwise."""
    rows = [
        {
            "system": system,
            "verdict": str(verdict),
            "opened_by": key,
            "confidence": str(confidence),
            "text_confidence": str(text_confidence or confidence),
        }
        for verdict, key, confidence, count in counts
        for _ in range(count)
    ]
    return pl.DataFrame(rows)


MIXED = (
    (Verdict.OLDER_KEY, "old", Confidence.STRONG, 5),
    (Verdict.OLDER_KEY, "old", Confidence.PROVEN, 2),
    (Verdict.CURRENT, "new", Confidence.STRONG, 3),
    (Verdict.AMBIGUOUS, "old", Confidence.WEAK, 1),
    (Verdict.AMBIGUOUS, "old", Confidence.STRONG, 1),
    (Verdict.LOST, "", Confidence.NONE, 4),
    (Verdict.EMPTY, "", Confidence.NONE, 6),
    (Verdict.EXTERNAL, "", Confidence.NONE, 2),
)


def test_every_way_is_counted() -> None:
    """What is empty or kept elsewhere is no secret here; what opens only perhaps opens for nobody."""
    assert list(options_summary(judged(*MIXED), RING, KEYS[1], planned=7)) == [
        "restoring old would open 7 of 16 stored secrets, and no others",
        "restoring idle would open 0 of 16 stored secrets, and no others",
        "discarding with ignorePasskeyMismatch would lose 13 of 16: what new does not open",
        "re-encrypting makes 7 more open under new: 10 of 16 in all",
    ]


def test_what_opens_without_its_whole_text_is_not_re_encrypted() -> None:
    """The server would open it with its old key; nothing is promised of writing it anew."""
    said = list(options_summary(judged(*MIXED, text_confidence=Confidence.WEAK), RING, KEYS[1], planned=0))
    assert said[0] == "restoring old would open 8 of 16 stored secrets, and no others"
    assert said[-1] == "re-encrypting makes 0 more open under new: 3 of 16 in all"


def test_octopus_has_no_such_flag() -> None:
    """`ignorePasskeyMismatch` is CloudBees CD's."""
    said = "\n".join(
        options_summary(judged(*MIXED, system="octopus"), ring_of(*KEYS, product=OCTOPUS), KEYS[1], planned=7)
    )
    assert "re-encrypting makes 7 more" in said
    assert "ignorePasskeyMismatch" not in said


def test_the_numbers_are_those_of_the_plan() -> None:
    """Over an estate: what re-encrypting promises is what is planned."""
    estate = two_keys(old=9, new=6)
    found = estate.judged()
    plan = found.plan(estate.audited())
    planned = sum(map(len, plan.planned.values()))
    said = list(options_summary(found.examined.frame, found.ring, plan.target, planned=planned))
    assert len(plan.planned["test"]) == 9
    assert said[-1] == "re-encrypting makes 9 more open under new: 15 of 16 in all"
