"""The vector of CBC values under one key, as far as the sample shows it."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.discovery.evidence import Evidence
from audit.discovery.first_block import (
    MOST_BLOCKS,
    FirstBlocks,
    Standing,
    gives_a_head,
    likelier_counters,
    settle,
)
from audit.discovery.proof_reach import reach_of_own_vectors, reach_of_vector
from audit.discovery.sample_trial import SampleTrial
from audit.discovery.single_witness import padding_contradicts
from audit.layouts.layout import BLOCK, Iv, Layout
from audit.trial.aes_columns import AesColumns
from audit.trial.groups import Bytes, Rows
from audit.trial.hypothesis import Hypothesis
from audit.trial.padding import padding_lengths
from audit.trial.plain_text import goes_on_as_text
from audit.trial.views import View

TYPED_VECTORS: Final = (
    b"0000000000000000",
    b"1234567890123456",
    b"0123456789012345",
    b"0123456789abcdef",
    b"0123456789ABCDEF",
    b"1234567890abcdef",
    b"fedcba9876543210",
    b"abcdefghijklmnop",
    b"RandomInitVector",
    bytes(range(16)),
    bytes(range(1, 17)),
    b"\xff" * 16,
)
"""Constants that programmers type: a vector that is none of these and not zero is taken for a random one."""

_FIRST_BLOCKS_LOG10: Final = -9.0
_READABLE: Final = 4
_SOME: Final = 2
"""Single blocks that nothing opens, where there should be none: one may be damaged, or nobody's."""


class Chains:
    """What may stand before the first block of CBC values, for each key and chain of the sample."""

    def __init__(
        self, trial: SampleTrial, unexplained: npt.NDArray[np.bool_], *, blocks_stand_alone: bool
    ) -> None:
        """Of what was tried, and the rows that nothing established opens; shape [size].

        `blocks_stand_alone` says that some layout without any vector is established: what is lost of it has
        single blocks as well, and then these say nothing against a vector in front.
        """
        self._trial = trial
        self._blocks_stand_alone = blocks_stand_alone
        self._unexplained = unexplained
        self._member: dict[tuple[object, ...], int] = {}
        for index, each in enumerate(trial.tried):
            if each.layout.chain is not None and each.layout.iv is not Iv.CONSTANT:
                self._member.setdefault((each.aes_key, each.layout.chain, each.layout.iv), index)

    def settled(self, index: int, evidence: Evidence) -> Evidence:
        """The evidence with the vectors that still stand, instead of those that merely explain as much.

        Single blocks show the vector themselves: their padding and text come out behind the right one alone.
        """
        hypothesis = evidence.hypothesis
        if hypothesis.layout.chain is None:
            return evidence
        openings = self._trial.openings[index]
        rows = openings.rows[openings.explained]
        sizes = self._trial.views[View.of(hypothesis.layout)].gather(pl.Series(rows)).bin.size().to_numpy()
        single = sizes - len(hypothesis.layout.prefix) == BLOCK
        if single.all() or openings.log10[openings.explained][single].sum() <= _FIRST_BLOCKS_LOG10:
            return self._beside_counters(evidence, rows)
        # Base64 and base64url, say, read the same values: what stands in one of them stands in the other.
        of_chain = {each.layout.chain: each for each in reversed(evidence.alike) if each.layout.chain}
        others = [each for each in evidence.alike if each.layout.chain is None]
        stands = [each for chain in of_chain.values() for each in self._standing(chain, rows)]
        if not stands:
            return evidence
        ordered = sorted(stands, key=lambda each: each.layout.chain != hypothesis.layout.chain)
        return replace(evidence, hypothesis=ordered[0], equivalent=(*ordered[1:], *others))

    def _beside_counters(self, evidence: Evidence, rows: Rows) -> Evidence:
        """The evidence, and the numbers that its texts would rather have for a vector than zeros.

        Padding shows the last bytes of a vector. The first ones show in the letters alone.
        """
        chain = evidence.hypothesis
        if chain.layout.iv is not Iv.ZERO:
            return evidence
        values = self._trial.views[View.of(chain.layout)].gather(pl.Series(rows))
        decrypted = np.unique(first_of(values, chain), axis=0)
        constants = likelier_counters(decrypted[:MOST_BLOCKS])
        if not constants:
            return evidence
        others = (
            *(_with_vector(chain, Iv.CONSTANT, each) for each in constants),
            _with_vector(chain, Iv.UNKNOWN),
        )
        return replace(
            evidence,
            equivalent=(*evidence.equivalent, *(each for each in others if each not in evidence.alike)),
        )

    def possible(self, hypothesis: Hypothesis) -> tuple[Hypothesis, ...]:
        """What may stand before the first block under a key that has no evidence of its own in this chain."""
        chain = hypothesis.layout.chain
        index = self._member.get((hypothesis.aes_key, chain, Iv.UNKNOWN))
        rows: Rows = np.zeros(0, np.intp)
        if index is not None and index in self._trial.openings:
            openings = self._trial.openings[index]
            rows = openings.rows[openings.explained]
        standing = self._standing(hypothesis, rows)
        return standing or (
            _with_vector(hypothesis, Iv.FRONT),
            _with_vector(hypothesis, Iv.UNKNOWN),
        )

    def beside_proven(self, proven: Hypothesis) -> "Beside":
        """What stands beside what one known text has proven, for values that are not of its layout."""
        chain = proven.layout.chain
        index = self._member.get((proven.aes_key, chain, Iv.UNKNOWN))
        openings = self._trial.openings.get(index) if index is not None else None
        if chain is None or openings is None:
            return Beside((), believed=True)
        first = self._first_blocks(proven, openings.rows[openings.explained])
        vectors = _vectors(proven)
        if proven.layout.iv is Iv.FRONT:
            reach = reach_of_own_vectors(first, [each.vector for each in vectors])
        else:
            own = {Iv.ZERO: bytes(BLOCK), Iv.KEY: proven.aes_key.reveal()[:BLOCK]}
            reach = reach_of_vector(first, own.get(proven.layout.iv, proven.layout.constant_iv))
        if not len(reach.rest.decrypted):
            return Beside((), reach.believed)
        standing = settle(reach.rest, [(each.vector, each.tried_log10) for each in vectors])
        others = self._hypotheses(proven, replace(standing, unknown=True), vectors)
        return Beside(tuple(each for each in others if each != proven), reach.believed)

    def _standing(self, hypothesis: Hypothesis, rows: Rows) -> tuple[Hypothesis, ...]:
        first = self._first_blocks(hypothesis, rows)
        if not len(first.decrypted):
            return ()
        vectors = _vectors(hypothesis)
        standing = settle(first, [(each.vector, each.tried_log10) for each in vectors])
        found = self._hypotheses(hypothesis, standing, vectors)
        if Iv.ZERO in {each.layout.iv for each in found} and not standing.own:
            counters = likelier_counters(first.decrypted)
            found[len(standing.vectors) :] = [
                _with_vector(hypothesis, Iv.CONSTANT, each) for each in counters
            ]
            standing = replace(standing, unknown=standing.unknown or bool(counters))
            found += [_with_vector(hypothesis, Iv.UNKNOWN)] if standing.unknown else []
        if not standing.unknown and self._single_blocks_contradict(hypothesis, rows, standing, vectors):
            found.append(_with_vector(hypothesis, Iv.UNKNOWN))
        return tuple(found)

    def _single_blocks_contradict(
        self, hypothesis: Hypothesis, rows: Rows, standing: Standing, vectors: "list[_Known]"
    ) -> bool:
        """Whether single blocks that nothing opens stand against all that seems settled.

        With a vector in front there are none: under this key they would be behind a vector that is not
        stored. Whether they are another key's, which is lost, does not show, unless a value begins as
        nothing does in its middle.
        """
        view = self._trial.views[View.of(hypothesis.layout)]
        blocks = AesColumns(hypothesis.aes_key).decrypt(
            single_blocks(view.filter(pl.Series(self._unexplained)), hypothesis)
        )
        if not len(blocks):
            return False
        if standing.own:
            if self._blocks_stand_alone:
                return False
            return len(blocks) >= _SOME and not begins_with_a_head(view.gather(pl.Series(rows)), hypothesis)
        padding = hypothesis.layout.padding
        opened = AesColumns(hypothesis.aes_key).decrypt(
            single_blocks(view.filter(pl.Series(~self._unexplained)), hypothesis)
        )
        asked = np.concatenate([blocks, opened])
        return any(padding_contradicts(asked, vectors[place].vector, padding) for place in standing.vectors)

    def _hypotheses(
        self, hypothesis: Hypothesis, standing: Standing, vectors: "list[_Known]"
    ) -> "list[Hypothesis]":
        """What stands, a vector in front first; a typed constant only where the blocks show it."""
        found = []
        if standing.own:
            found.append(_with_vector(hypothesis, Iv.FRONT))
        found += [
            _with_vector(hypothesis, vectors[place].iv, vectors[place].constant)
            for place in standing.vectors
            if vectors[place].iv is not Iv.CONSTANT or not standing.own
        ]
        if standing.unknown:
            found.append(_with_vector(hypothesis, Iv.UNKNOWN))
        return found

    def _first_blocks(self, hypothesis: Hypothesis, rows: Rows) -> FirstBlocks:
        values = self._trial.views[View.of(hypothesis.layout)].gather(pl.Series(rows))
        return first_blocks(values, hypothesis)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a proven vector.

    Attributes:
        others: what values that are not of the proven layout may be behind; () where all seem to be of it.
        believed: whether a value that is text behind the proven vector is of it, whatever the others are.
    """

    others: tuple[Hypothesis, ...]
    believed: bool


def first_blocks(values: pl.Series, hypothesis: Hypothesis) -> FirstBlocks:
    """The first blocks of different decoded values that a hypothesis opens, of two blocks and more."""
    layout, start = hypothesis.layout, len(hypothesis.layout.prefix)
    values = values.filter(values.bin.size() >= start + 2 * BLOCK)
    pieces = values.bin.slice(start, 2 * BLOCK).bin.reinterpret(dtype=pl.Array(pl.UInt8, 2 * BLOCK))
    blocks = pieces.to_numpy().reshape(-1, 2, BLOCK) if len(values) else np.zeros((0, 2, BLOCK), np.uint8)
    decrypted = AesColumns(hypothesis.aes_key).decrypt(blocks)
    first, place, times = np.unique(decrypted[:, 0], axis=0, return_index=True, return_counts=True)
    first, place, times = first[:MOST_BLOCKS], place[:MOST_BLOCKS], times[:MOST_BLOCKS]
    second = decrypted[place, 1] ^ blocks[place, 0]
    is_last = values.gather(pl.Series(place)).bin.size().to_numpy() == start + 2 * BLOCK
    readable = np.where(is_last, BLOCK - np.minimum(padding_lengths(second, layout.padding), BLOCK), BLOCK)
    goes_on = [
        length >= _READABLE and goes_on_as_text(piece[:length].tobytes())
        for piece, length in zip(second, readable, strict=True)
    ]
    return FirstBlocks(first, np.array(goes_on, np.bool_), times > 1)


def first_of(values: pl.Series, hypothesis: Hypothesis) -> Bytes:
    """The first blocks of decoded values, of single ones too, through the bare inverse cipher; [n, 16]."""
    return AesColumns(hypothesis.aes_key).decrypt(_block_at(values, len(hypothesis.layout.prefix)))


def single_blocks(values: pl.Series, hypothesis: Hypothesis) -> Bytes:
    """The different ciphertexts of one block among decoded values, without the layout's prefix; [n, 16]."""
    prefix = hypothesis.layout.prefix
    values = values.drop_nulls()
    values = values.filter((values.bin.size() == len(prefix) + BLOCK) & values.bin.starts_with(prefix))
    return np.unique(_block_at(values, len(prefix)), axis=0)


def begins_with_a_head(values: pl.Series, hypothesis: Hypothesis) -> bool:
    """Whether the second block of any, behind the first, begins as nothing does in its middle."""
    start = len(hypothesis.layout.prefix)
    values = values.filter(values.bin.size() >= start + 2 * BLOCK)
    plain = AesColumns(hypothesis.aes_key).decrypt(_block_at(values, start + BLOCK))
    return gives_a_head(plain ^ _block_at(values, start))


def _block_at(values: pl.Series, start: int) -> Bytes:
    if not len(values):
        return np.zeros((0, BLOCK), np.uint8)
    pieces = values.bin.slice(start, BLOCK).bin.reinterpret(dtype=pl.Array(pl.UInt8, BLOCK))
    return pieces.to_numpy().reshape(-1, BLOCK)


@dataclass(frozen=True, slots=True)
class _Known:
    """A vector that is asked about; `tried_log10`: log10 of how many of its kind are."""

    iv: Iv
    vector: bytes
    tried_log10: float

    @property
    def constant(self) -> bytes:
        return self.vector if self.iv is Iv.CONSTANT else b""


def _vectors(hypothesis: Hypothesis) -> list[_Known]:
    constants = [each for each in (hypothesis.layout.constant_iv,) if each]
    return [
        _Known(Iv.ZERO, bytes(BLOCK), math.log10(2)),
        _Known(Iv.KEY, hypothesis.aes_key.reveal()[:BLOCK], math.log10(2)),
        *(_Known(Iv.CONSTANT, each, 0.0) for each in constants),
        *(
            _Known(Iv.CONSTANT, each, math.log10(len(TYPED_VECTORS)))
            for each in TYPED_VECTORS
            if each not in constants
        ),
    ]


def _with_vector(hypothesis: Hypothesis, iv: Iv, constant: bytes = b"") -> Hypothesis:
    """The same key in the same chain behind another vector."""

    def changed(layout: Layout) -> Layout:
        return replace(layout, iv=iv, constant_iv=constant)

    return replace(
        hypothesis,
        layout=changed(hypothesis.layout),
        same_as=tuple(changed(each) for each in hypothesis.same_as),
    )
