"""The layout in which values are written under the target key: the one that the data show."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import polars as pl

from audit.discovery.evidence import Evidence
from audit.keys.key_ring import Key
from audit.layouts.layout import Encoding, Iv, Layout
from audit.layouts.user_supplied import SuppliedLayouts
from audit.product import Product
from audit.reencryption.adopted_layout import adopted_layout, counts_by_kind
from audit.reencryption.cipher import Notation
from audit.reencryption.new_layout import SAY_WHICH, Layouts, NewLayout, NotEstablished
from audit.run.examine import ExaminedProduct
from audit.trial.hypothesis import Hypothesis, key_for


def layouts_for(
    target: Key,
    examined: ExaminedProduct,
    values: pl.DataFrame,
    supplied: SuppliedLayouts,
    deciding: Collection[str] = (),
) -> Layouts:
    """For each kind of value of the product: how it is to be written under `target`.

    The layout is the one in which the target key's own values of that kind lie, or else its values of other
    kinds, if all of those lie in one. Where no value opens under it yet, see `adopted_layout`.

    Args:
        target: a key of the product's ring.
        examined: the product's values, judged.
        values: `value` and `iv` of those values, in the same order.
        supplied: what known plain texts have proven.
        deciding: labels of stores that the target's server wrote: where they hold values under a key, the
            layouts of its other values do not count.
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
    counted = counts_by_kind(own, examined, deciding)
    examples = pl.concat([examined.frame.select("opened_by", "layout"), values], how="horizontal")
    if not counted.height:
        adopted = adopted_layout(target, examined, supplied, deciding)
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


def _layout_shown_by(
    kind: str, counted: pl.DataFrame, own: Sequence[Evidence], target: Key
) -> NewLayout | NotEstablished:
    of_kind = counted.filter(pl.col("kind") == kind)
    shown = sorted(set((of_kind if of_kind.height else counted)["evidence"]))
    if len(shown) > 1:
        names = " and ".join(own[each].names[0] for each in shown)
        what = f"values of the kind {kind}" if of_kind.height else "values"
        return NotEstablished(f"{what} under {target.label} lie in more than one layout: {names}", SAY_WHICH)
    count = counted.filter(pl.col("evidence") == shown[0])["len"].sum()
    return NewLayout(own[shown[0]].alike, Notation(), f"{count} values under {target.label} lie in it")


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
