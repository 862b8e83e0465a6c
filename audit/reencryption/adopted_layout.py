"""The layout for a key under which nothing opens yet: proven for it, or that of the values it replaces."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Final

import numpy as np
import polars as pl

from audit.discovery.chains import TYPED_VECTORS
from audit.discovery.evidence import Evidence
from audit.keys.key_ring import Key, KeyRing
from audit.layouts.layout import Iv, Layout
from audit.layouts.user_supplied import SuppliedLayouts
from audit.reencryption.cipher import Notation
from audit.reencryption.new_layout import SAY_WHICH, SURE, NewLayout, NotEstablished
from audit.run.examine import ExaminedProduct
from audit.trial.best import NOT_OPENED
from audit.trial.hypothesis import Hypothesis, key_for
from audit.verdict import Verdict
from audit.verdicts.case import Case

_FITTING: Final = (Case.FEW, Case.SINGLE)
"""Not understood, but of the layout that other keys' values show: the target's own would be as well."""

_UNDER_THE_TARGET: Final = (
    "start a server with {0}, a test server say, and name its store with --like; or create a credential on "
    "it and prove the layout in that store: `layouts --key KEY --known LOCATION --save FILE` with the file "
    "of {0} for KEY, then --layouts FILE"
)


def adopted_layout(
    target: Key, examined: ExaminedProduct, supplied: SuppliedLayouts, deciding: Collection[str] = ()
) -> NewLayout | NotEstablished:
    """How values are written under a key under which none opens with certainty.

    As a known text has proven for this very key; else as the values under the current key lie, or, where
    there are none, those under the others; only of keys of its length, as CloudBees CD 9.2 changed the
    layout together with the length. A proof under another key says nothing of this one: what a text of an
    old value shows is how an older server wrote. A layout that a user gives as proven under every key is
    taken unless the values show another.

    Args:
        target: a key of the ring.
        examined: the product's values, judged.
        supplied: what known plain texts have proven.
        deciding: as in `layouts_for`.
    """
    ring = examined.ring
    if of_target := _proven_for(target, ring, supplied):
        names = {name for each in of_target for name in each.names}
        others = examined.frame.filter(pl.col("layout").is_in(names).not_(), opened_by=target.label)
        if others.height:
            return NotEstablished(
                f"values under {target.label} lie in more than one layout: one is proven, and "
                f"{others.height} of them open in another",
                SAY_WHICH,
            )
        if len({each.layout.constant_iv for each in of_target}) > 1:
            proven = " and ".join(each.layout.name for each in of_target)
            return NotEstablished(f"more than one layout is proven under {target.label}: {proven}", SAY_WHICH)
        return NewLayout(of_target, Notation(), "a known plain text proved it")
    shown = _shown(target, examined, deciding)
    anywhere = [each for each in supplied.proven if each not in supplied.proven_under]
    if anywhere:
        return _proven_anywhere(target, ring, shown, anywhere)
    return _why_not_adopted(target, examined) or _adopted(target, examined, shown)


def _proven_for(target: Key, ring: KeyRing, supplied: SuppliedLayouts) -> tuple[Hypothesis, ...]:
    """The target key in the layouts that a text proved under its own file, or under one of the same key."""
    found: dict[Hypothesis, None] = {}
    for place, key in enumerate(ring.keys):
        if ring.opens_as(key) is ring.opens_as(target):
            own = [
                layout
                for layout in supplied.proven
                if key.fingerprint in supplied.proven_under.get(layout, frozenset())
            ]
            found |= dict.fromkeys(in_layouts(key, place, own, length=None))
    return tuple(found)


def _shown(target: Key, examined: ExaminedProduct, deciding: Collection[str]) -> list[Evidence]:
    """The layouts of the current key's values; or of all other keys', where it has none or is the target."""
    ring = examined.ring
    others = [
        each
        for each in examined.discovered.established
        if ring.opens_as(ring.keys[each.hypothesis.key]) is not ring.opens_as(target)
    ]
    there = set(counts_by_kind(others, examined)["evidence"])
    # What the sample establishes counts even where no value is called certain: it may lie in that as well.
    shown = [each for place, each in enumerate(others) if place in there or each.opened]
    current = ring.current
    if current is not None:
        of_current = [
            each for each in shown if ring.opens_as(ring.keys[each.hypothesis.key]) is ring.opens_as(current)
        ]
        shown = of_current or shown
    if examined.frame["store"].is_in(list(deciding)).any():
        decisive = set(counts_by_kind(shown, examined, deciding)["evidence"])
        shown = [each for place, each in enumerate(shown) if place in decisive] or shown
    return shown


def _proven_anywhere(
    target: Key, ring: KeyRing, shown: Sequence[Evidence], proven: Sequence[Layout]
) -> NewLayout | NotEstablished:
    """In the layout that a user says holds under every key, unless values of a key as long show another."""
    place = ring.keys.index(target)
    relevant = [each for each in shown if _serves(each, target, place)]
    contrary = [each for each in relevant if not any(layout in proven for layout in _forms(each))]
    if contrary:
        names = " and ".join([*(each.name for each in proven), *(each.names[0] for each in contrary)])
        return NotEstablished(
            f"values under {target.label} show no layout yet, and the one that is given as proven is not the "
            f"only one: {names}",
            SAY_WHICH,
        )
    seen = [layout for layout in proven if any(layout in _forms(each) for each in relevant)]
    alike = tuple(in_layouts(target, place, seen or proven, length=None))
    if not alike:
        return NotEstablished(f"{target.label} gives no AES key in the form that is proven")
    return NewLayout(alike, Notation(), "a known plain text proved it")


def _why_not_adopted(target: Key, examined: ExaminedProduct) -> NotEstablished | None:
    """Why no other key's layout is taken over: what is not understood may be the target's own values.

    Not where another key is known to be current: the server has written nothing under the target yet.
    """
    own = examined.frame.filter(opened_by=target.label).height
    unknown = 0
    if target.current or examined.ring.current is None:
        not_understood = pl.Series(~np.isin(examined.cases, _FITTING))
        unknown = examined.frame.filter(not_understood, verdict=Verdict.UNKNOWN).height
    if not own + unknown:
        return None
    return NotEstablished(
        f"values under {target.label} show no layout for certain, and {own + unknown} values that are not "
        "understood may be under it in another than the other keys' values"
    )


def _adopted(target: Key, examined: ExaminedProduct, shown: Sequence[Evidence]) -> NewLayout | NotEstablished:
    """What the values under other keys show."""
    ring = examined.ring
    place = ring.keys.index(target)
    layouts = {" ".join(each.names): each for each in shown if _serves(each, target, place)}
    if not layouts:
        lengths = {8 * len(each.hypothesis.aes_key) for each in shown if each.hypothesis.layout.plain_aes}
        bits = " and ".join(str(each) for each in sorted(lengths)) or "no"
        return NotEstablished(
            f"values under {target.label} show no layout yet, and none of a key of its length is established "
            f"(there are keys of {bits} bits)"
        )
    labels = sorted({ring.keys[each.hypothesis.key].label for each in layouts.values()})
    others = ", ".join(labels)
    if len(layouts) > 1:
        names = " and ".join(each.names[0] for each in layouts.values())
        return NotEstablished(
            f"values under {target.label} show no layout yet, and those under {others} lie in several: "
            f"{names}",
            SAY_WHICH,
        )
    (evidence,) = layouts.values()
    alike = tuple(_in_forms(evidence, target, place))
    if not alike:
        return NotEstablished(
            f"values under {target.label} show no layout yet, and those under {others} lie in one that "
            f"{target.label} has no key for"
        )
    if any(_may_come_from_the_key(each.layout, examined) for each in alike):
        return NotEstablished(
            f"values under {target.label} show no layout yet, and those under {others} lie behind a vector "
            "that is seen under one key alone: it may be made from that key",
            _UNDER_THE_TARGET.format(target.label),
        )
    sources = [key for key in ring.keys if key.label in labels]
    if any(names_key(each.layout, key) for each in alike for key in sources):
        return NotEstablished(
            f"values under {target.label} show no layout yet, and what stands in front of those under "
            f"{others}, or around them, names that key",
            _UNDER_THE_TARGET.format(target.label),
        )
    basis = f"values under {target.label} show no layout yet: those under {others} lie in it"
    return NewLayout(alike, Notation(), basis)


def _forms(evidence: Evidence) -> list[Layout]:
    return [layout for one in evidence.alike for layout in (one.layout, *one.same_as)]


def _in_forms(evidence: Evidence, target: Key, place: int) -> Iterator[Hypothesis]:
    return in_layouts(target, place, _forms(evidence), length=len(evidence.hypothesis.aes_key))


def _serves(evidence: Evidence, target: Key, place: int) -> bool:
    """Whether the layout may be the target's: of a key as long, or one whose length says nothing."""
    return not evidence.hypothesis.layout.plain_aes or any(True for _ in _in_forms(evidence, target, place))


def _may_come_from_the_key(layout: Layout, examined: ExaminedProduct) -> bool:
    """Whether the constant vector may be made from the key, its MD5 say, so that another key has another.

    Not one that people type, nor one behind which values under two keys are known to the last byte.
    """
    vector = layout.constant_iv
    if layout.iv is not Iv.CONSTANT or vector in TYPED_VECTORS or not any(vector):
        return False
    ring = examined.ring
    known = examined.frame.select(
        pl.col("confidence").is_in(SURE) & pl.col("text_confidence").is_in(SURE)
    ).to_series()
    opening = examined.opening[known.to_numpy()]
    openers = [examined.tried[each] for each in np.unique(opening[opening != NOT_OPENED])]
    keys = {ring.opens_as(ring.keys[each.key]).label for each in openers if each.layout.constant_iv == vector}
    return len(keys) < 2


_PART: Final = 4
"""Bytes of a fingerprint that are no chance: 37 windows on a prefix of 16 bytes, once in ten million."""

_PART_IN_HEX: Final = 6

_LABEL_IN_A_WORD: Final = 4
"""A shorter label counts only as a word of its own."""


def names_key(layout: Layout, key: Key) -> bool:
    """Whether the prefix or the text around values holds the key's label, or a part of its fingerprint."""
    around = b" ".join([layout.prefix, layout.wrapper.head, layout.wrapper.tail])
    digest = bytes.fromhex(key.fingerprint)
    if any(digest[at : at + _PART] in layout.prefix for at in range(len(digest) - _PART + 1)):
        return True
    text = around.decode("latin-1").lower()
    digits = key.fingerprint
    if any(digits[at : at + _PART_IN_HEX] in text for at in range(len(digits) - _PART_IN_HEX + 1)):
        return True
    return any(_holds(text, label.lower()) for label in (key.label, *key.aliases))


def _holds(text: str, label: str) -> bool:
    if len(label) >= _LABEL_IN_A_WORD:
        return label in text
    return re.search(rf"(?<![a-z0-9]){re.escape(label)}(?![a-z0-9])", text) is not None


def in_layouts(
    target: Key, place: int, layouts: Sequence[Layout], *, length: int | None
) -> Iterator[Hypothesis]:
    """The target key in these layouts; only AES keys of `length` bytes, if one is given.

    Any file can be a passphrase, and its length says nothing: what other keys' values show of such layouts is
    no ground to write in them.
    """
    for layout in layouts:
        if length is not None and not layout.plain_aes:
            continue
        key = key_for(target, layout)
        if key is not None and length in {None, len(key)}:
            yield Hypothesis(place, key, layout)


def counts_by_kind(
    own: Sequence[Evidence], examined: ExaminedProduct, deciding: Collection[str] = ()
) -> pl.DataFrame:
    """How many values of each kind open with certainty, by piece of evidence (its place in `own`).

    Of the `deciding` stores alone, where these hold any.

    By what opened them and not by name: `key-raw` is one thing in a file of hex digits, and another in a file
    of the bytes that these stand for, though both files are one key.
    """
    number = {each: place for place, one in enumerate(own) for each in one.alike}
    of_tried = np.array([*(number.get(each, -1) for each in examined.tried), -1])  # the last for NOT_OPENED
    sure = examined.frame.select(
        "kind",
        "store",
        pl.col("confidence").is_in(SURE).alias("sure"),
        pl.Series("evidence", of_tried[examined.opening], pl.Int64),
    ).filter(pl.col("sure") & (pl.col("evidence") >= 0))
    decisive = sure.filter(pl.col("store").is_in(list(deciding)))
    return (decisive if decisive.height else sure).group_by("kind", "evidence").len()
