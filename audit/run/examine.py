"""Every stored value examined: layouts found, keys tried, verdicts given."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.discovery.discover import Discovery, discover, layouts_to_try
from audit.discovery.sample import is_whole, sample
from audit.discovery.single_blocks import behind_typed_vectors
from audit.keys.key_ring import KeyRing
from audit.layouts.layout import Layout
from audit.layouts.user_supplied import NOTHING_SUPPLIED, SuppliedLayouts
from audit.run.encrypted_twice import InnerVerdicts, Opener, OuterVerdicts, inner_batches
from audit.run.unopened_values import seen_alone, seen_together
from audit.trial.best import NOT_OPENED, Best, best_openings
from audit.trial.hypothesis import Hypothesis, hypotheses
from audit.trial.inner_values import InnerValues
from audit.trial.last_blocks import LastBlockScores
from audit.trial.plain_text import Content
from audit.trial.same_secret import SecretTags
from audit.trial.try_keys import try_keys, try_single_blocks
from audit.trial.views import Views
from audit.verdict import Verdict
from audit.verdicts.chance import WeakOpenings, convincing, may_count
from audit.verdicts.judge import Grounds, UnopenedValues, is_there, judge
from audit.verdicts.value_form import Forms
from parsers.stores.interface import StoredValues

_ROUNDS = 4
"""Layouts are looked for among what nothing opens yet, so often at most: each round has found some, or is the
last."""

_MOST_BY_CHANCE = 20
"""Lost values that padding alone may make `ambiguous`; where chance gives more, its share decides."""

_PADDED_BY_CHANCE = 0.004


@dataclass(frozen=True, slots=True)
class ExaminedProduct:
    """The values of one product, judged.

    Attributes:
        ring: the keys that they were tried under.
        frame: the columns of `STORED` without `value` and `iv`, those of a judgement, `value_digest`.
        tags: equal for values that hold the same secret; zeros where that is not known; shape [n, 2].
        cases: why each has its verdict, by itself, whatever lies inside it; shape [n].
        discovered: the layouts that the data show.
        tried: the keys in layouts that were tried.
        opening: which of them opens each value best, or NOT_OPENED; shape [n].
        inside: by row, what opens the text of a value that was encrypted twice.
        outer: by label of a key, how many values it opens to what another key opens.
        sizes: bytes of each stored value, as it is written down; shape [n].
        whole: whether the opening, were it certain, would give every byte of the text; shape [n].
    """

    ring: KeyRing
    frame: pl.DataFrame
    tags: npt.NDArray[np.uint64]
    cases: npt.NDArray[np.uint8]
    discovered: Discovery
    tried: Sequence[Hypothesis]
    opening: npt.NDArray[np.int32]
    inside: Mapping[int, Opener]
    outer: Mapping[str, int]
    sizes: npt.NDArray[np.int64]
    whole: npt.NDArray[np.bool_]

    def opener(self, row: int) -> Opener:
        """What opens a value, the outer key first; () where nothing does.

        Not to be had from `opened_by` and `layout`: files that write one key down in two forms are one label,
        under which a name such as `key-raw` stands for other bytes in each of them.
        """
        if self.opening[row] == NOT_OPENED:
            return ()
        return (self.tried[self.opening[row]], *self.inside.get(row, ()))


def examine(
    batches: Sequence[StoredValues],
    ring: KeyRing,
    secret_tags: SecretTags,
    supplied: SuppliedLayouts = NOTHING_SUPPLIED,
) -> ExaminedProduct:
    """Find the layouts, try every key in them on every value, and judge.

    Args:
        batches: values of the ring's product, at least one batch.
        ring: the candidate keys.
        secret_tags: recognises equal secrets within this run.
        supplied: further layouts.

    Raises:
        ValueError: a value is of another product than the keys.
    """
    if foreign := {batch.system for batch in batches} - {ring.product.id}:
        raise ValueError(f"values of {', '.join(sorted(foreign))} under keys of {ring.product.id}")
    examined = _Examination([batch.frame for batch in batches], ring, secret_tags, supplied)
    inner = examined.inner_batches()
    if not inner:
        return examined.judged(None)
    # What was encrypted again lies as other values of the store do, in a layout that one alone may not show.
    further = (*supplied.to_try, *examined.grounds.established)
    # Of texts it matters only whether they open once more: none of them is called lost, whatever was tried.
    within = replace(supplied, to_try=further)
    twice = _Examination(inner, ring, secret_tags, within, examined)
    return examined.judged(twice.judged(None))


@dataclass(slots=True, repr=False)
class _Examination:
    """One product's values on their way to verdicts.

    `outside`: the examination of the values that these were found in, if they were encrypted twice.
    """

    batches: Sequence[pl.DataFrame]
    ring: KeyRing
    secret_tags: SecretTags
    supplied: SuppliedLayouts
    outside: "_Examination | None" = None
    discovered: Discovery = field(init=False)
    grounds: Grounds = field(init=False)
    bests: list[Best] = field(init=False)
    inner: list[InnerValues] = field(init=False)
    unopened: list[UnopenedValues] = field(init=False)

    def __post_init__(self) -> None:
        self.bests = [Best.nothing(batch.height) for batch in self.batches]
        self.inner = [InnerValues() for _ in self.batches]
        known = (*self.ring.product.layouts, *self.supplied.to_try)
        self.discovered = self._discover(known)
        tried = self.discovered.to_try
        published = self.ring.product.published
        self.grounds = Grounds(
            ring=self.ring,
            tried=tried,
            # Not all that is tried: some of it is only there to be ruled out.
            established=tuple(
                dict.fromkeys(
                    (
                        *published,
                        *(self.outside.grounds.established if self.outside else ()),
                        *(each.layout for one in self.discovered.established for each in one.alike),
                    )
                )
            ),
            proven=frozenset(each for each in tried if self._is_proven(each) and not published),
            count=len(tried),
            published=published,
        )
        self._try_everything(() if self.outside else known)

    def shown(self) -> Discovery:
        """What the data show, without what is tried on single values only: of it nothing is established."""
        return replace(
            self.discovered, established=(), guesses=(), to_try=self.grounds.tried[: self.grounds.count]
        )

    def _is_proven(self, hypothesis: Hypothesis) -> bool:
        fingerprint = self.ring.keys[hypothesis.key].fingerprint
        layouts = (hypothesis.layout, *hypothesis.same_as)
        return any(self.supplied.is_proven(layout, fingerprint) for layout in layouts)

    def _discover(self, known: Sequence[Layout]) -> Discovery:
        """Layouts found, then looked for again in what they do not open, until that shows none."""
        found = self.outside.shown() if self.outside else Discovery(())
        if found.to_try:
            for number, batch in enumerate(self.batches):
                self._try(number, batch, np.arange(batch.height), found)
        for number in range(_ROUNDS):
            rest = [batch.filter(self._without_key(each, found)) for each, batch in enumerate(self.batches)]
            if not sum(batch.height for batch in rest):
                break
            more = discover(sample(rest), self.ring.keys, known, self.secret_tags, self.supplied)
            before, found = found, found.together(more, first=not number)
            if len(found.to_try) == len(before.to_try):
                break
            for each, batch in enumerate(self.batches):
                rows = np.flatnonzero(self._without_key(each, before).to_numpy())
                self._try(each, batch, rows, found)
            if is_whole(rest):
                break
        return found

    def _without_key(self, number: int, found: Discovery) -> pl.Series:
        """Values of a batch that are there, and that nothing opens with certainty yet."""
        there = is_there(self.batches[number])
        return pl.Series(there & ~convincing(self.bests[number], _correction(found.to_try)))

    def _try(self, number: int, batch: pl.DataFrame, rows: npt.NDArray[np.intp], found: Discovery) -> None:
        if not rows.size:
            return
        tried, believed = found.to_try, found.by_text - found.disputed
        whole = len(rows) == batch.height
        opened = try_keys(Views(batch if whole else batch[rows]), tried)
        best = best_openings(
            len(rows), self.inner[number].watch(opened, rows, tried), tried, self.secret_tags, believed
        )
        best.leave_open(np.array([*(each in found.by_text for each in tried), False]))
        self.bests[number].put(rows, best)

    def _try_everything(self, known: Sequence[Layout]) -> None:
        """Every key in every form and layout on what nothing opens: only then is a value called lost."""
        grounds, established = self.grounds, self.grounds.established
        waiting = [
            np.flatnonzero(is_there(batch) & ~convincing(best, grounds.correction))
            for batch, best in zip(self.batches, self.bests, strict=True)
        ]
        views = [
            Views(batch.select("value", "iv")[rows])
            for batch, rows in zip(self.batches, waiting, strict=True)
        ]
        every = [each for values in views for each in layouts_to_try(known, values)]
        front = dict.fromkeys(grounds.tried)
        every_key = dict.fromkeys(hypotheses(self.ring.keys, dict.fromkeys(every)))
        typed = dict.fromkeys(hypotheses(self.ring.keys, behind_typed_vectors(dict.fromkeys(every))))
        further = tuple(each for each in every_key if each not in front)
        of_single_blocks = tuple(each for each in typed if each not in front and each not in every_key)
        tried = (*front, *further, *of_single_blocks)
        shown = frozenset(each for one in self.discovered.established for each in one.alike)
        meant, weak = self._weak_under_established(waiting, shown)
        correction = _correction(tried)

        def worth(_: int, scores: LastBlockScores) -> npt.NDArray[np.bool_]:
            return scores.may_gain | may_count(scores.log10, correction)

        bests = []
        for rows, values in zip(waiting, views, strict=True):
            opened = chain(
                try_keys(values, tried[: -len(of_single_blocks) or None], worth) if rows.size else (),
                try_single_blocks(values, of_single_blocks, worth, start=len(tried) - len(of_single_blocks)),
            )
            best = best_openings(len(rows), opened, tried, self.secret_tags)
            # Another vector that a person types would make another text of it, and the same padding.
            best.whole[best.hypothesis >= len(tried) - len(of_single_blocks)] = False
            bests.append(best)
        anywhere = WeakOpenings.of(bests, correction)
        self.grounds = replace(grounds, tried=tried)
        self.unopened = []
        for number, (rows, values, best) in enumerate(zip(waiting, views, bests, strict=True)):
            narrow = self.bests[number]
            by_form = best.hypothesis != NOT_OPENED
            # A value alone may open with certainty here, in a layout that the sample did not establish.
            holds = convincing(best, correction) | anywhere.hardly_chance(best.log10)
            new = by_form & holds & ~meant[number] & ~weak[number]
            at = np.flatnonzero(new)
            narrow.put(rows[at], best.of_rows(at))
            forms = Forms.of(values, established)
            unopened = UnopenedValues.of(rows, values, forms, meant[number] | weak[number] | new)
            self.unopened.append(seen_alone(unopened, known, self.grounds) if known else unopened)

    def _weak_under_established(
        self, waiting: Sequence[npt.NDArray[np.intp]], shown: frozenset[Hypothesis]
    ) -> tuple[list[npt.NDArray[np.bool_]], list[npt.NDArray[np.bool_]]]:
        """Weak openings that chance hardly explains, and those of a key in the very layout that it shows.

        Of the latter each counts, as long as chance gives no more than a few: a binary secret with a single
        byte of padding shows no better.
        """
        weak = WeakOpenings.of(self.bests, self.grounds.correction)
        by_chance = sum(len(rows) for rows in waiting) * len(shown) * _PADDED_BY_CHANCE
        is_shown = np.array([each in shown for each in self.grounds.tried] + [False])
        meant, own = [], []
        for rows, best in zip(waiting, self.bests, strict=True):
            opened = best.hypothesis[rows] != NOT_OPENED
            meant.append(opened & weak.hardly_chance(best.log10[rows]))
            own.append(opened & is_shown[best.hypothesis[rows]] & (by_chance <= _MOST_BY_CHANCE))
        return meant, own

    def inner_batches(self) -> list[pl.DataFrame]:
        """Values found under another encryption, in the form of `STORED`; `record` is their place."""
        return inner_batches(self.batches, self.inner, self.bests, self._sure(), self.grounds.tried)

    def _sure(self) -> list[npt.NDArray[np.bool_]]:
        return [convincing(best, self.grounds.correction) for best in self.bests]

    def judged(self, inner: ExaminedProduct | None) -> ExaminedProduct:
        """The verdicts; `inner` are those of what was found under another encryption."""
        sure = [each & is_there(batch) for each, batch in zip(self._sure(), self.batches, strict=True)]
        population, unopened = seen_together(self.ring, self.bests, sure, self.unopened, self.grounds)
        frames, tags, cases, whole = [], [], [], []
        for batch, best, others in zip(self.batches, self.bests, unopened, strict=True):
            judgement = judge(batch, best, others, population, self.grounds)
            judged = pl.concat([batch.drop("value", "iv"), judgement.frame], how="horizontal")
            frames.append(judged.with_columns(_digests(batch["value"])))
            tags.append(_tags(frames[-1], judgement.whole, best))
            cases.append(judgement.cases)
            whole.append(judgement.whole)
        outer = OuterVerdicts(self.ring, frames, tags)
        if inner is not None:
            outer.put(InnerVerdicts(inner.frame, inner.cases, inner.tags, inner.opener))
        if not self.outside and len(self.ring.keys) > 1:
            for number, (best, certain) in enumerate(zip(self.bests, sure, strict=True)):
                outer.put_signs(number, self.inner[number].signs(best, certain, self.grounds.established))
        return ExaminedProduct(
            ring=self.ring,
            frame=pl.concat(outer.frames),
            tags=np.concatenate(outer.tags),
            cases=np.concatenate(cases),
            discovered=self.discovered,
            tried=self.grounds.tried,
            opening=np.concatenate([best.hypothesis for best in self.bests]),
            inside=outer.inside,
            outer=outer.outer,
            sizes=np.concatenate(
                [batch["value"].bin.size().fill_null(0).cast(pl.Int64).to_numpy() for batch in self.batches]
            ),
            whole=np.concatenate(whole),
        )


def _correction(tried: Sequence[Hypothesis]) -> int:
    return max(1, len(tried)) * len(Content)


def _tags(judged: pl.DataFrame, whole: npt.NDArray[np.bool_], best: Best) -> npt.NDArray[np.uint64]:
    """Equal for equal secrets: of wholly known texts by the text, of sealed ones by equal ciphertext."""
    tags = np.where(whole[:, None], best.tags, np.uint64(0))
    sealed = judged["verdict"].is_in([Verdict.LOST, Verdict.UNKNOWN]).arg_true()
    digests = judged["value_digest"].gather(sealed).str.head(32).to_list()  # 16 bytes
    tags[sealed.to_numpy()] = np.frombuffer(bytes.fromhex("".join(digests)), np.uint64).reshape(-1, 2)
    return tags


def _digests(values: pl.Series) -> pl.Series:
    """SHA-256 of each stored value, as hex; "" where there is none."""
    digests = [hashlib.sha256(value).hexdigest() if value else "" for value in values.to_list()]
    return pl.Series("value_digest", digests, pl.String)
