"""What one known plain text would settle: texts that are not wholly known, and unknown layouts."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import polars as pl

from audit.discovery.evidence import Evidence
from audit.discovery.known_text import PROPOSED_TEXT
from audit.keys.key_ring import Key, KeyRing
from audit.layouts.layout import Iv
from audit.run.examine import ExaminedProduct
from audit.verdict import Confidence, Verdict
from reports.summary import OpenQuestion

_SURE: Final = (Confidence.PROVEN, Confidence.STRONG)
_CANDIDATES: Final = 3
_THREE_BLOCKS: Final = 64
"""Characters of base64 that three blocks make: such a text shows mode, vector and padding at once."""


def open_questions(examined: Iterable[ExaminedProduct]) -> list[OpenQuestion]:
    """One for each key under which texts are not wholly known, and one where no layout is established."""
    return [question for each in examined for question in _of_product(each)]


def _of_product(examined: ExaminedProduct) -> Iterator[OpenQuestion]:
    ring, found = examined.ring, examined.discovered.established
    values = examined.frame.with_columns(pl.Series("size", examined.sizes))
    sure = values.filter(pl.col("confidence").is_in(_SURE))
    whole = pl.col("text_confidence").is_in(_SURE)
    for key in ring.keys:
        of_key = sure.filter(pl.col("opened_by") == key.label)
        unsettled = of_key.filter(~whole, ~pl.col("layout").is_in(_settled(found, ring, key)))
        if not unsettled.height:
            continue
        own = [each for each in found if ring.keys[each.hypothesis.key] is key]
        # How new values lie is known: a new one would say nothing of those that are open.
        new_ones_known = any(each.proven or (each.opened and not _unsettled(each)) for each in own)
        texts = set(of_key.filter(whole)["layout"])
        alike = [name for one in own for name in _unsettled(one) if name not in texts]
        yield _question(
            unsettled,
            ring,
            key.label,
            alike or unsettled["layout"].unique(maintain_order=True).to_list(),
            current=key.current,
            proposed=key.current and not new_ones_known,
            settled=of_key.filter(whole).height,
        )
    unknown = values.filter(
        (pl.col("verdict") == Verdict.UNKNOWN) | (pl.col("confidence") == Confidence.WEAK)
    )
    if unknown.height and not found:
        current = ring.current is not None
        yield _question(unknown, ring, "", (), current=current, proposed=current, settled=0)


def _settled(found: Iterable[Evidence], ring: KeyRing, key: Key) -> list[str]:
    """The layouts of this key that are one answer: what is not text there is damaged, not undecided.

    Not those that a known text of another value proved: what is not text there may lie in another layout.
    """
    of_key = (
        each
        for each in found
        if ring.keys[each.hypothesis.key] is key and not each.proven and not _unsettled(each)
    )
    return [name for each in of_key for name in each.names]


def _unsettled(evidence: Evidence) -> list[str]:
    """The layouts of which one is meant, where the data leave several or hide a block."""
    open_ended = len(evidence.alike) > 1 or evidence.hypothesis.layout.iv is Iv.UNKNOWN
    return [each.layout.name for each in evidence.alike] if open_ended else []


def _question(
    values: pl.DataFrame,
    ring: KeyRing,
    key: str,
    layouts: Sequence[str],
    *,
    current: bool,
    proposed: bool,
    settled: int,
) -> OpenQuestion:
    candidates = _candidates(values)
    return OpenQuestion(
        system=ring.product.id,
        key=key,
        current=current,
        values=values.height,
        layouts=list(dict.fromkeys(layouts)),
        example=candidates[0],
        proposed_text=PROPOSED_TEXT if proposed else "",
        candidates=candidates,
        settled=settled,
    )


def _candidates(values: pl.DataFrame) -> list[str]:
    """Those of the largest group that have three blocks, the longest first; then what there is."""
    ranked = values.with_columns(group=pl.len().over("layout"), long=pl.col("size") >= _THREE_BLOCKS)
    ranked = ranked.sort(
        "long", "group", "layout", "size", "location", descending=[True, True, False, True, False]
    )
    return ranked["location"].unique(maintain_order=True).head(_CANDIDATES).to_list()
