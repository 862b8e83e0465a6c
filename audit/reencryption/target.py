"""The layout in which values are written under the target key: the one that the data show."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from audit.discovery.evidence import Evidence
from audit.keys.key_ring import Key, KeyRing
from audit.layouts.layout import Encoding, Iv, Layout
from audit.layouts.user_supplied import SuppliedLayouts
from audit.product import Product
from audit.reencryption.cipher import Notation, encrypt_value, fresh_vector
from audit.run.examine import ExaminedProduct
from audit.trial.hypothesis import Hypothesis, key_for
from audit.verdict import Confidence, Verdict
from audit.verdicts.case import Case
from parsers.secret import Secret
from parsers.stores.store_writer import StoredCiphertext

SURE = (Confidence.PROVEN, Confidence.STRONG)
"""The confidence that an opening needs before anything is written."""

_PROVE = (
    "name a store of the server that uses the key with --like, or prove the layout with one credential that "
    "you know: `layouts --known LOCATION --save FILE`, then --layouts FILE"
)


@dataclass(frozen=True, slots=True, repr=False)
class NewLayout:
    """How values are written under the target key.

    Attributes:
        alike: the target key in the layout, and in those that the data cannot tell from it.
        notation: how the bytes are written down.
        basis: the evidence for it, one sentence.
    """

    alike: tuple[Hypothesis, ...]
    notation: Notation
    basis: str

    @property
    def hypothesis(self) -> Hypothesis:
        """The key in the layout that is written."""
        return self.alike[0]

    def encrypt(
        self, plain: Secret, old: StoredCiphertext | None = None, *, zero_vector: bool = False
    ) -> StoredCiphertext | None:
        """The new value, with a fresh vector where the layout has one, in the JSON of the `old` value.

        None where the layouts that the data cannot tell apart would write different values: of ECB and CBC,
        say, a secret of a single block lets both be right, a longer one only one of them.
        """
        vector = fresh_vector(self.hypothesis.layout)
        if zero_vector:
            vector = bytes(len(vector))
        try:
            written = {encrypt_value(plain, each, vector, self.notation, old) for each in self.alike}
        except ValueError:  # an unknown vector, or no JSON to write into: see `can_hold`
            return None
        return written.pop() if len(written) == 1 else None

    def can_hold(self, old: StoredCiphertext) -> bool:
        """Whether the new value can stand where the old one does: JSON of the layout has to be there already.

        What else a new object would need is not known.
        """
        members = [each.layout.wrapper for each in self.alike if each.layout.wrapper.member]
        try:
            return all(wrapper.content(old.value) is not None for wrapper in members)
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class NotEstablished:
    """Why there is no layout to write in, and what would help."""

    reason: str
    hint: str = _PROVE


Layouts = Mapping[str, NewLayout | NotEstablished]
"""How values of each kind are to be written, or why not."""


def layouts_for(
    target: Key, examined: ExaminedProduct, values: pl.DataFrame, supplied: SuppliedLayouts
) -> Layouts:
    """For each kind of value of the product: how it is to be written under `target`.

    The layout is the one in which the target key's own values of that kind lie, or else its values of other
    kinds, if all of those lie in one. Where no value opens under it yet, it is the one that a known plain
    text has proven, or else the one of the values under other keys of the same length.

    Args:
        target: a key of the product's ring.
        examined: the product's values, judged.
        values: `value` and `iv` of those values, in the same order.
        supplied: what known plain texts have proven.
    """
    ring = examined.ring
    place = ring.keys.index(target)
    kinds = examined.frame["kind"].unique().sort().to_list()
    if ring.product.published:
        return dict.fromkeys(kinds, _published_layout(target, place, ring.product))
    own = [
        each
        for each in examined.discovered.established
        if ring.opens_as(ring.keys[each.hypothesis.key]) is ring.opens_as(target)
    ]
    counted = _counts_by_kind(own, examined)
    examples = pl.concat([examined.frame.select("opened_by", "layout"), values], how="horizontal")
    if not counted.height:
        unexplained = None if supplied.proven else _why_not_adopted(target, examined)
        adopted = unexplained or _adopt(target, place, examined.discovered.established, ring, supplied)
        return dict.fromkeys(kinds, _in_notation(adopted, examples))
    of_target = examples.filter(opened_by=target.label)
    return {kind: _in_notation(_layout_shown_by(kind, counted, own, target), of_target) for kind in kinds}


def _published_layout(target: Key, place: int, product: Product) -> NewLayout | NotEstablished:
    layout = product.published[0]
    key = key_for(target, layout)
    if key is None:
        what, instead = product.keys.no_form
        return NotEstablished(f"{target.label} {what}", instead)
    return NewLayout((Hypothesis(place, key, layout),), Notation(), "the vendor documents it")


def _counts_by_kind(own: Sequence[Evidence], examined: ExaminedProduct) -> pl.DataFrame:
    """How many values of each kind the target key opens with certainty, by piece of evidence.

    By what opened them and not by name: `key-raw` is one thing in a file of hex digits, and another in a file
    of the bytes that these stand for, though both files are one key.
    """
    number = {each: place for place, one in enumerate(own) for each in one.alike}
    of_tried = np.array([*(number.get(each, -1) for each in examined.tried), -1])  # the last for NOT_OPENED
    sure = examined.frame.select(
        "kind",
        pl.col("confidence").is_in(SURE).alias("sure"),
        pl.Series("evidence", of_tried[examined.opening], pl.Int64),
    ).filter(pl.col("sure") & (pl.col("evidence") >= 0))
    return sure.group_by("kind", "evidence").len()


def _layout_shown_by(
    kind: str, counted: pl.DataFrame, own: Sequence[Evidence], target: Key
) -> NewLayout | NotEstablished:
    of_kind = counted.filter(pl.col("kind") == kind)
    shown = sorted(set((of_kind if of_kind.height else counted)["evidence"]))
    if len(shown) > 1:
        names = " and ".join(own[each].names[0] for each in shown)
        what = f"values of the kind {kind}" if of_kind.height else "values"
        return NotEstablished(f"{what} under {target.label} lie in more than one layout: {names}")
    count = counted.filter(pl.col("evidence") == shown[0])["len"].sum()
    return NewLayout(own[shown[0]].alike, Notation(), f"{count} values under {target.label} lie in it")


_FITTING: Final = (Case.FEW, Case.SINGLE)
"""Not understood, but of the layout that other keys' values show: the target's own would be as well."""


def _why_not_adopted(target: Key, examined: ExaminedProduct) -> NotEstablished | None:
    """Why no other key's layout is taken over: what is not understood may be the target's own values."""
    own = examined.frame.filter(opened_by=target.label).height
    not_understood = pl.Series(~np.isin(examined.cases, _FITTING))
    unknown = examined.frame.filter(not_understood, verdict=Verdict.UNKNOWN).height
    if not own + unknown:
        return None
    return NotEstablished(
        f"values under {target.label} show no layout for certain, and {own + unknown} values that are not "
        "understood may be under it in another than the other keys' values"
    )


def _adopt(
    target: Key, place: int, established: Sequence[Evidence], ring: KeyRing, supplied: SuppliedLayouts
) -> NewLayout | NotEstablished:
    """For a key under which nothing opens yet: what is proven, or what another key's values show."""
    if supplied.proven:
        alike = tuple(in_layouts(target, place, supplied.proven, length=None))
        basis = "a known plain text proved it"
        return _new_layout(target, alike, basis)
    layouts: dict[str, tuple[Hypothesis, ...]] = {}
    lengths = set()
    for each in established:
        if each.hypothesis.layout.plain_aes:
            lengths.add(8 * len(each.hypothesis.aes_key))
        forms = [layout for one in each.alike for layout in (one.layout, *one.same_as)]
        alike = tuple(in_layouts(target, place, forms, length=len(each.hypothesis.aes_key)))
        if alike:
            layouts.setdefault(" ".join(each.names), alike)
    if not layouts:
        bits = " and ".join(str(each) for each in sorted(lengths)) or "no"
        return NotEstablished(
            f"values under {target.label} show no layout yet, and none of a key of its length is established "
            f"(there are keys of {bits} bits)"
        )
    if len(layouts) > 1:
        return NotEstablished(
            f"values under {target.label} show no layout yet, and those under other keys lie in several"
        )
    (alike,) = layouts.values()
    others = ", ".join(sorted({ring.keys[each.hypothesis.key].label for each in established}))
    return _new_layout(
        target, alike, f"values under {target.label} show no layout yet: those under {others} lie in it"
    )


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


def _new_layout(target: Key, alike: tuple[Hypothesis, ...], basis: str) -> NewLayout | NotEstablished:
    if not alike:
        return NotEstablished(f"{target.label} gives no AES key in the form that is proven")
    return NewLayout(alike, Notation(), basis)


def _in_notation(chosen: NewLayout | NotEstablished, opened: pl.DataFrame) -> NewLayout | NotEstablished:
    """With the notation of the values that lie in the layout already."""
    if isinstance(chosen, NotEstablished):
        return chosen
    names = {name for each in chosen.alike for name in each.names}
    return replace(
        chosen, notation=_notation(chosen.hypothesis.layout, opened.filter(pl.col("layout").is_in(names)))
    )


def _notation(layout: Layout, examples: pl.DataFrame) -> Notation:
    values = examples["value"].drop_nulls().head(1_000).to_list()
    written = list(_contents(values, layout))
    return Notation(
        upper=layout.encoding is Encoding.HEX and any(each != each.lower() for each in written),
        padded=layout.encoding not in {Encoding.BASE64, Encoding.BASE64_URL} or not _lack_padding(written),
        beside=layout.iv is Iv.BESIDE and examples["iv"].drop_nulls().len() > 0,
    )


def _contents(values: Iterable[bytes], layout: Layout) -> Iterator[bytes]:
    """What stands inside the wrapper, in front of a `|` where there is one."""
    for value in values:
        with suppress(ValueError):  # the value of another layout that cannot be told from this one
            yield layout.wrapper.content(value).partition(b"|")[0].strip()


def _lack_padding(written: Sequence[bytes]) -> bool:
    """Whether padding is left out where there would be some; what has a multiple of 3 bytes shows nothing."""
    padded = sum(each.endswith(b"=") for each in written)
    return sum(len(each) % 4 > 0 for each in written) > padded
