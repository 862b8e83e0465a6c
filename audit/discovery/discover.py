"""Layouts and keys found from the data: the best explanation first, then the next of what is left."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.discovery.chains import Chains
from audit.discovery.evidence import Evidence, Openings, chance_log10
from audit.discovery.first_block import COUNTERS
from audit.discovery.sample import shared_prefixes
from audit.discovery.sample_trial import SampleTrial
from audit.discovery.wrappers import wrapped
from audit.keys.key_ring import Key
from audit.layouts.layout import BLOCK, Encoding, Layout, Mode, with_prefixes
from audit.layouts.user_supplied import NOTHING_SUPPLIED, SuppliedLayouts
from audit.trial.best import CLEARLY_LIKELIER
from audit.trial.hypothesis import Hypothesis, hypotheses, without_looser
from audit.trial.same_secret import SecretTags
from audit.trial.views import View, Views

_GUESSES: Final = 5


@dataclass(frozen=True, slots=True)
class Discovery:
    """What the data show.

    Attributes:
        established: the hypotheses that verdicts may rest on, the one that explains most first.
        guesses: the best others, where nothing is established: how far the data go.
        to_try: every key in every established layout, and in those that may be meant instead.
        by_text: of these, what the data leave open and a known text of one value has proven: it speaks for
            those that are text there.
        disputed: those of them that other values contradict: text does not decide there either.
    """

    established: tuple[Evidence, ...]
    guesses: tuple[Evidence, ...] = ()
    to_try: tuple[Hypothesis, ...] = ()
    by_text: frozenset[Hypothesis] = frozenset()
    disputed: frozenset[Hypothesis] = frozenset()

    def together(self, more: "Discovery", *, first: bool) -> "Discovery":
        """With what was found in what these do not open; what is tried already keeps its place."""
        known = {each.hypothesis for each in self.established}
        return Discovery(
            established=(
                *self.established,
                *(each for each in more.established if each.hypothesis not in known),
            ),
            guesses=more.guesses if first else self.guesses,
            to_try=tuple(dict.fromkeys((*self.to_try, *more.to_try))),
            by_text=self.by_text | more.by_text,
            disputed=self.disputed | more.disputed,
        )


def discover(
    values: pl.DataFrame,
    keys: Sequence[Key],
    layouts: Iterable[Layout],
    secret_tags: SecretTags,
    supplied: SuppliedLayouts = NOTHING_SUPPLIED,
) -> Discovery:
    """The established hypotheses, or the best of those that are not.

    Values under different keys and layouts are sorted out one after the other: what the best hypothesis
    opens is set aside, and the others must be established on the rest.

    Args:
        values: a sample with the columns `value` and `iv`: see `audit.discovery.sample.sample`.
        keys: the candidates.
        layouts: those to try; the same after constant prefixes that the values show are tried as well.
        secret_tags: recognises equal plain texts.
        supplied: layouts that a known plain text has proven.
    """
    views = Views(values)
    tried = hypotheses(keys, layouts_to_try((*layouts, *supplied.proven), views))
    proven = dict.fromkeys(
        each
        for each in tried
        if any(
            supplied.is_proven(layout, keys[each.key].fingerprint) for layout in (each.layout, *each.same_as)
        )
    )
    trial = SampleTrial.of(views, tried, secret_tags, lambda each: each in proven)
    explaining = tuple(_one_after_the_other(trial))
    chains = Chains(
        trial,
        trial.unexplained(index for index, _ in explaining),
        blocks_stand_alone=any(trial.tried[index].layout.mode is Mode.ECB for index, _ in explaining),
    )
    proofs = _Proofs(keys, supplied, chains, tuple(proven))
    established = tuple(proofs.settled(chains.settled(index, evidence)) for index, evidence in explaining)
    established += proofs.alone(trial, established)
    if established:
        to_try = _to_try(keys, established, chains, proofs)
        return Discovery(established, (), to_try, frozenset(proofs.by_text), frozenset(proofs.disputed))
    everything = np.ones(trial.size, np.bool_)
    trial.try_best(_GUESSES)
    guesses = sorted(_ranked(trial, everything, trial.openings), key=lambda each: each.evidence.log10)
    return Discovery((), tuple(each.evidence for each in guesses[:_GUESSES]))


@dataclass(frozen=True, slots=True)
class _Rank:
    """A hypothesis judged on the values that remain; `place` sorts the better one to the front."""

    place: tuple[float, int]
    index: int
    evidence: Evidence


def layouts_to_try(layouts: Iterable[Layout], views: Views) -> tuple[Layout, ...]:
    """The layouts in which any value is written at all, and the same in wrappers and after prefixes."""
    listed = tuple(layouts)
    wanted = tuple(dict.fromkeys((*listed, *wrapped(listed, views))))
    read = _telling({View.of(layout) for layout in wanted}, views)
    found = [layout for layout in wanted if View.of(layout) in read]
    for view in sorted(read, key=repr):
        of_view = [layout for layout in found if View.of(layout) == view and not layout.prefix]
        decoded = views[view].drop_nulls()
        found += with_prefixes(of_view, shared_prefixes(decoded.bin.slice(BLOCK) if view.beside else decoded))
    return tuple(dict.fromkeys(found))


def _telling(asked: Iterable[View], views: Views) -> set[View]:
    """The views in which any value is written, but for those that read nothing that a stricter one does not.

    A value in hex reads as base64 too, and by chance no base64 is hex: one reading is enough. Base64 without
    + and / is base64url as well: which of them a store writes shows as soon as one value has one of these.
    """
    read = {view: views[view].is_not_null() for view in asked}
    telling = {view for view, held in read.items() if held.any()}
    for view in [each for each in telling if each.encoding is not Encoding.HEX]:
        strict = Encoding.BASE64 if view.encoding is Encoding.BASE64_URL else Encoding.HEX
        better = replace(view, encoding=strict)
        if better not in telling or (read[view] & ~read[better]).any():
            continue
        if strict is Encoding.HEX or (read[better] & ~read[view]).any():
            telling.remove(view)
    return telling


def _one_after_the_other(trial: SampleTrial) -> Iterator[tuple[int, Evidence]]:
    """Established hypotheses, each judged on the values that no better one explains.

    Judged on all values, a looser form of the same layout would be established by the texts of the stricter
    one, and an older key by padding that another key's texts happen to have.
    """
    remaining = np.ones(trial.size, np.bool_)
    settled: set[int] = set()
    while True:
        open_questions = {index: each for index, each in trial.openings.items() if index not in settled}
        ranked = [
            each
            for each in _ranked(trial, remaining, open_questions)
            if each.evidence.established and each.evidence.opened
        ]
        if not ranked:
            # Most hypotheses show nothing among a few values and are tried on the rest only now, when the
            # rest is small.
            if not trial.try_others(remaining):
                return
            continue
        best = min(ranked, key=lambda each: each.place)
        openings = open_questions[best.index]
        settled.add(best.index)
        alike = _alike(best.index, remaining, trial)
        yield best.index, replace(best.evidence, hypothesis=alike[0], equivalent=alike[1:])
        remaining[openings.rows[openings.explained]] = False


def _ranked(
    trial: SampleTrial, remaining: npt.NDArray[np.bool_], of: Mapping[int, Openings]
) -> Iterator[_Rank]:
    """Each hypothesis that opens any of what remains, by how much it explains."""
    for index, openings in of.items():
        usable = remaining & trial.fitting[index]
        counted = usable[openings.rows]
        if not counted.any():
            continue
        tried = int(usable.sum())
        log10 = chance_log10(openings.last_log10[counted], tried, len(trial.tried))
        explained = remaining[openings.rows] & openings.explained
        # The last blocks alone decide whether a layout is established: their odds hold for every mode and
        # vector. The order is by the whole texts, which separate similar layouts.
        score = float(openings.log10[explained].sum())
        evidence = Evidence(trial.tried[index], (), int(explained.sum()), tried, log10)
        yield _Rank((score, index), index, evidence)


def _alike(index: int, remaining: npt.NDArray[np.bool_], trial: SampleTrial) -> tuple[Hypothesis, ...]:
    """It, and others of the same key that explain the same of what remained, to the same texts."""
    mine = _explained(trial.openings[index], remaining)
    others = (
        trial.tried[other]
        for other, openings in trial.openings.items()
        if other != index
        and trial.tried[other].key == trial.tried[index].key
        and _as_good(_explained(openings, remaining), mine)
    )
    return without_looser((trial.tried[index], *others))


@dataclass(frozen=True, slots=True)
class _Explanation:
    """What a hypothesis explains of what remained: rows in order, the texts' tags, and how surely."""

    rows: bytes
    tags: bytes
    log10: float


def _explained(openings: Openings, remaining: npt.NDArray[np.bool_]) -> _Explanation:
    taken = remaining[openings.rows] & openings.explained
    order = np.argsort(openings.rows[taken])
    return _Explanation(
        rows=openings.rows[taken][order].tobytes(),
        tags=openings.tags[taken][order].tobytes(),
        log10=float(openings.log10[taken].sum()),
    )


def _as_good(other: _Explanation, best: _Explanation) -> bool:
    """ISO 10126, say, explains PKCS#7's texts as well, and not nearly as surely."""
    same = other.rows == best.rows and other.tags == best.tags
    return same and other.log10 - best.log10 < CLEARLY_LIKELIER


@dataclass(slots=True)
class _Proofs:
    """What known plain texts have proven, under which keys, and for which values.

    Attributes:
        proven: the hypotheses that are.
        by_text, disputed: as in `Discovery`, of what was asked about so far.
    """

    keys: Sequence[Key]
    supplied: SuppliedLayouts
    chains: Chains
    proven: Sequence[Hypothesis]
    by_text: set[Hypothesis] = field(default_factory=set)
    disputed: set[Hypothesis] = field(default_factory=set)

    def settled(self, evidence: Evidence) -> Evidence:
        """Of what the data cannot tell apart, what a known text has proven, and its alternatives."""
        kept = [each for each in evidence.alike if self.hold(each)] or self._of_chain(evidence)
        if not kept:
            return evidence
        others = dict.fromkeys(other for each in kept for other in self.beside(each))
        equivalent = (*kept[1:], *(each for each in others if each not in kept))
        return replace(evidence, hypothesis=kept[0], equivalent=equivalent, proven=True)

    def _of_chain(self, evidence: Evidence) -> list[Hypothesis]:
        """What is proven for this key's chain, where nothing speaks for anything else in it."""
        chains = {(each.aes_key, each.layout.chain) for each in evidence.alike if each.layout.chain}
        proven = [each for each in self.proven if (each.aes_key, each.layout.chain) in chains]
        return [] if any(self.beside(each) for each in proven) else proven

    def alone(self, trial: SampleTrial, established: Iterable[Evidence]) -> tuple[Evidence, ...]:
        """What is proven, opens something, and is not established by the data."""
        covered = {each for evidence in established for each in evidence.alike}
        others = {
            index: openings
            for index, openings in trial.openings.items()
            if trial.tried[index] not in covered and self.hold(trial.tried[index])
        }
        ranked = _ranked(trial, np.ones(trial.size, np.bool_), others)
        return tuple(
            replace(each.evidence, equivalent=self.beside(each.evidence.hypothesis), proven=True)
            for each in ranked
        )

    def beside(self, proven: Hypothesis) -> tuple[Hypothesis, ...]:
        """What may be meant instead for values that are not of the proven layout."""
        if proven.layout.chain is None or not self._by_known_text(proven):
            return ()
        beside = self.chains.beside_proven(proven)
        self.by_text.add(proven)
        if not beside.believed:
            self.disputed.add(proven)
        return beside.others

    def hold(self, hypothesis: Hypothesis) -> bool:
        """Whether they prove this key's layout."""
        fingerprint = self.keys[hypothesis.key].fingerprint
        return any(
            self.supplied.is_proven(layout, fingerprint)
            for layout in (hypothesis.layout, *hypothesis.same_as)
        )

    def _by_known_text(self, hypothesis: Hypothesis) -> bool:
        """Not because a user, or a vendor, says that it holds under every key."""
        return any(
            layout in self.supplied.proven_under for layout in (hypothesis.layout, *hypothesis.same_as)
        )


def _to_try(
    keys: Sequence[Key], established: Sequence[Evidence], chains: Chains, proofs: _Proofs
) -> tuple[Hypothesis, ...]:
    """Every key in every established layout: what holds of one key's values is to be shown of another's.

    A chain of CBC is tried with what may stand before its first block under each key: an older server may
    have had another vector, and a text that is read with the wrong one is a wrong text.
    """
    alike = tuple(dict.fromkeys(each for evidence in established for each in evidence.alike))
    layouts = dict.fromkeys(layout for each in alike for layout in (each.layout, *each.same_as))
    found = dict.fromkeys(alike)
    settled = {(each.aes_key, each.layout.chain) for each in alike}
    for each in hypotheses(keys, dict.fromkeys((*proofs.supplied.proven, *layouts))):
        chain = each.layout.chain
        if each.layout.constant_iv in COUNTERS and each not in found and not proofs.hold(each):
            continue  # it reads all that zeros do: it is for the key whose texts ask for it
        if chain is None or proofs.hold(each):
            found |= dict.fromkeys((each, *(proofs.beside(each) if each not in found else ())))
        elif (each.aes_key, chain) not in settled:
            found |= dict.fromkeys((each, *chains.possible(each)))
    return tuple(found)
