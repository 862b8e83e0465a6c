"""What one known plain text would settle: texts that are not wholly known, and unknown layouts."""

from collections.abc import Iterable, Sequence
from typing import Final

import polars as pl

from audit.discovery.evidence import Evidence
from audit.discovery.known_text import PROPOSED_TEXT
from audit.keys.key_ring import Key, KeyRing
from audit.layouts.layout import Iv
from audit.run.examine import Examined
from audit.verdict import Confidence, Verdict
from reports.summary import OpenQuestion

_SURE: Final = (Confidence.PROVEN, Confidence.STRONG)


def open_questions(examined: Iterable[Examined]) -> list[OpenQuestion]:
    """One for each key under which texts are not wholly known, and one where no layout is established."""
    questions = []
    for each in examined:
        ring = each.ring
        found = each.discovered.established
        unsettled = each.frame.filter(
            pl.col("confidence").is_in(_SURE) & ~pl.col("text_confidence").is_in(_SURE)
        )
        for key in ring.keys:
            of_key = unsettled.filter(
                pl.col("opened_by") == key.label, ~pl.col("layout").is_in(_settled(found, ring, key))
            )
            if of_key.height:
                alike = [
                    name for one in found if ring.keys[one.hypothesis.key] is key for name in _unsettled(one)
                ]
                shown = alike or of_key["layout"].unique(maintain_order=True).to_list()
                questions.append(_question(of_key, key.label, shown, current=key.current))
        unknown = each.frame.filter(
            (pl.col("verdict") == Verdict.UNKNOWN) | (pl.col("confidence") == Confidence.WEAK)
        )
        if unknown.height and not found:
            questions.append(_question(unknown, "", (), current=True))
    return questions


def _settled(found: Iterable[Evidence], ring: KeyRing, key: Key) -> list[str]:
    """The layouts of this key that are one answer: what is no text there is damaged, not undecided."""
    of_key = (each for each in found if ring.keys[each.hypothesis.key] is key and not _unsettled(each))
    return [name for each in of_key for name in each.names]


def _unsettled(evidence: Evidence) -> list[str]:
    """The layouts of which one is meant, where the data leave several or hide a block."""
    open_ended = len(evidence.alike) > 1 or evidence.hypothesis.layout.iv is Iv.UNKNOWN
    return [each.layout.name for each in evidence.alike] if open_ended else []


def _question(values: pl.DataFrame, key: str, layouts: Sequence[str], *, current: bool) -> OpenQuestion:
    return OpenQuestion(
        system=values["system"][0],
        key=key,
        current=current,
        values=values.height,
        layouts=list(dict.fromkeys(layouts)),
        example=values["location"][0],
        proposed_text=PROPOSED_TEXT if current else "",
    )
