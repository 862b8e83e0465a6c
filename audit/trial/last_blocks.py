"""The last blocks of values of all lengths, under many keys at once: their padding decides what is opened.

A trial under 64 keys in every form, chain and padding is thousands of hypotheses. Each of them opens next to
nothing, and asking one after the other costs more than all the AES: so the last blocks of few values are laid
side by side for as many keys as fill the cache.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK, Iv, Layout, Mode, Padding
from audit.trial.aes_columns import AesColumns
from audit.trial.groups import Bytes, Group, Rows
from audit.trial.hypothesis import Hypothesis
from audit.trial.odds import padded_log10_by_class
from audit.trial.padding import ends_as_text, padded_ends, padding_lengths
from audit.trial.plain_text import Content, is_ascii_text
from parsers.secret import Secret

Numbered = tuple[int, Hypothesis]

_FEW_BYTES: Final = 4 * 1024 * 1024
"""Survivors up to this size are taken together, whatever their lengths: under a wrong key there are a few of
every length, and a pass for each length of each hypothesis would cost more than all the AES."""


@dataclass(frozen=True, slots=True)
class LastBlockScores:
    """What the last blocks of survivors say; shapes [n].

    Attributes:
        rows: where the values stand in the batch.
        log10: as `OpenedValues.last_log10`, or less: the text may be of a looser class than its end.
        may_gain: whether the blocks before may add to it: not where the end is not text, nor where there are
            none. What cannot gain is judged by `log10` in the end too.
    """

    rows: Rows
    log10: npt.NDArray[np.float64]
    may_gain: npt.NDArray[np.bool_]

    @classmethod
    def together(cls, parts: Sequence["LastBlockScores"]) -> "LastBlockScores":
        """One after the other; at least one."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            rows=np.concatenate([each.rows for each in parts]),
            log10=np.concatenate([each.log10 for each in parts]),
            may_gain=np.concatenate([each.may_gain for each in parts]),
        )


Worth = Callable[[int, LastBlockScores], npt.NDArray[np.bool_]]
"""Says by their last blocks which survivors of a hypothesis, given by its place in the whole list, are worth
decrypting in full; shape [n]."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What the padding of last blocks is looked for behind; many layouts share one.

    Attributes:
        padding: how the last block is filled.
        vector: what the last block was chained to: `ZERO` (as good as none), `KEY` or `CONSTANT`; None for
            the block before it.
        constant: the vector, if it is constant.
    """

    padding: Padding
    vector: Iv | None
    constant: bytes = b""

    def padded(self, padding: Padding) -> "Screen":
        """The screen with the same vector and this padding."""
        return self if padding is self.padding else Screen(padding, self.vector, self.constant)

    @classmethod
    def of(cls, layout: Layout, *, single: bool) -> "Screen | None":
        """The screen of values of a single block, or of more; None where a single one stays hidden."""
        if layout.mode is Mode.ECB:
            return cls(layout.padding, Iv.ZERO)
        if not single:
            return cls(layout.padding, None)
        match layout.iv:
            case Iv.ZERO | Iv.KEY:
                return cls(layout.padding, layout.iv)
            case Iv.CONSTANT:
                return cls(layout.padding, Iv.CONSTANT, layout.constant_iv)
            case Iv.NONE | Iv.UNKNOWN | Iv.FRONT | Iv.BESIDE | Iv.DERIVED:
                return None  # the only block is the vector itself, or hidden behind an unknown one


class Screens:
    """The screens of lists of layouts, sorted once for each list: most keys are tried in the same ones."""

    def __init__(self) -> None:
        self._sorted: dict[tuple[int, ...], Mapping[bool, Mapping[Screen, Sequence[int]]]] = {}

    def of(self, layouts: Sequence[Layout]) -> Mapping[bool, Mapping[Screen, Sequence[int]]]:
        """By whether values have a single block, the screens and the places of the layouts that share each.

        Lists are keyed by the identity of their layouts, which the caller keeps: hashing them would cost more
        than it saves.
        """
        listed = tuple(map(id, layouts))
        if listed not in self._sorted:
            found: dict[bool, dict[Screen, list[int]]] = {True: {}, False: {}}
            for place, layout in enumerate(layouts):
                for single, by_screen in found.items():
                    screen = Screen.of(layout, single=single)
                    if screen is not None:
                        by_screen.setdefault(screen, []).append(place)
            self._sorted[listed] = found
        return self._sorted[listed]


@dataclass(frozen=True, slots=True)
class Survivors:
    """Values that pass a screen under one key.

    Attributes:
        places: among the values that were screened, ascending; shape [n].
        ends: their last blocks, decrypted; shape [n, 16].
        scores: what these show; None unless it was asked for.
    """

    places: Rows
    ends: Bytes
    scores: LastBlockScores | None

    def only(self, kept: npt.NDArray[np.bool_]) -> "Survivors":
        """Those that are `kept`; shape [n]."""
        return self if kept.all() else Survivors(self.places[kept], self.ends[kept], None)


@dataclass(frozen=True, slots=True)
class TrialKey:
    """One AES key and the hypotheses that use it, by the screen of single blocks and that of more."""

    aes_key: Secret
    cipher: AesColumns
    by_screen: Mapping[bool, Mapping[Screen, Sequence[Numbered]]]

    @classmethod
    def of(cls, aes_key: Secret, numbered: Sequence[Numbered], screens: Screens) -> "TrialKey":
        """Sort its hypotheses."""
        by_screen = {
            single: {screen: [numbered[place] for place in places] for screen, places in found.items()}
            for single, found in screens.of([each.layout for _, each in numbered]).items()
        }
        return cls(aes_key, AesColumns(aes_key), by_screen)

    def vector(self, iv: Iv, constant: bytes) -> bytes | None:
        """The vector that is not part of the value; None where there is none, or it is unknown."""
        match iv:
            case Iv.ZERO:
                return bytes(BLOCK)
            case Iv.KEY:
                return self.aes_key.reveal()[:BLOCK]
            case Iv.CONSTANT:
                return constant
            case Iv.NONE | Iv.UNKNOWN | Iv.FRONT | Iv.BESIDE | Iv.DERIVED:
                return None


@dataclass(frozen=True, slots=True)
class SurvivorBlocks:
    """Survivors, block by block.

    Attributes:
        place: where each stands among the survivors; shape [n].
        rows: where each stands in the batch of values; shape [n].
        blocks: shape [blocks, n, 16]; zeros after the end of the shorter ones.
        counts: blocks of each; shape [n].
    """

    place: Rows
    rows: Rows
    blocks: Bytes
    counts: Rows


@dataclass(frozen=True, slots=True)
class LastBlocks:
    """The last blocks of values of all lengths, and of those with more than one the blocks before them.

    Attributes:
        groups: values by length.
        starts: where each group begins in `last`; shape [groups + 1].
        last: shape [n, 16].
        before: shape [n, 16]; zeros for values of a single block.
    """

    groups: Sequence[Group]
    starts: Rows
    last: Bytes
    before: Bytes

    @classmethod
    def of(cls, groups: Sequence[Group], *, single: bool) -> "LastBlocks | None":
        """Those of the values of a single block, or of all others; None where there are none."""
        chosen = [group for group in groups if (group.length == BLOCK) == single]
        if not chosen:
            return None
        last = np.concatenate([group.data[:, -BLOCK:] for group in chosen])
        before = np.zeros_like(last) if single else np.concatenate([_second_last(each) for each in chosen])
        return cls(chosen, np.cumsum([0, *(len(each.rows) for each in chosen)]), last, before)

    @property
    def single(self) -> bool:
        """Whether the values have one block."""
        return self.groups[0].length == BLOCK

    def screened(self, keys: Sequence[TrialKey], *, scored: bool) -> list[dict[Screen, Survivors]]:
        """What survives the screens of each of these keys; `scored`: with what their last blocks say."""
        found: list[dict[Screen, Survivors]] = [{} for _ in keys]
        last = _stacked([key.cipher.decrypt(self.last) for key in keys])
        rows = np.concatenate([group.rows for group in self.groups]) if scored else None
        by_chain: dict[Screen, dict[Screen, None]] = {}
        for screen in dict.fromkeys(screen for key in keys for screen in key.by_screen[self.single]):
            by_chain.setdefault(screen.padded(Padding.PKCS7), {})[screen] = None
        for chain, screens in by_chain.items():
            before = self._before(chain, keys)
            for padding, flat, ends in padded_ends(last, before, [screen.padding for screen in screens]):
                screen = chain.padded(padding)
                bounds = np.searchsorted(flat, np.arange(len(keys) + 1) * len(self.last))
                log10, may_gain = self._scores(ends, padding) if scored else (None, None)
                for place, (start, end) in enumerate(pairwise(bounds.tolist())):
                    if start == end or screen not in keys[place].by_screen[self.single]:
                        continue
                    places = flat[start:end] - place * len(self.last)
                    scores = None
                    if rows is not None and log10 is not None and may_gain is not None:
                        scores = LastBlockScores(rows[places], log10[start:end], may_gain[start:end])
                    found[place][screen] = Survivors(places, ends[start:end], scores)
        return found

    def _before(self, screen: Screen, keys: Sequence[TrialKey]) -> Bytes:
        """What these last blocks were chained to; to be broadcast to [keys, n, 16]."""
        if screen.vector is None:
            return self.before[None]
        if screen.vector is Iv.KEY:
            vectors = b"".join(key.aes_key.reveal()[:BLOCK] for key in keys)
            return np.frombuffer(vectors, np.uint8).reshape(-1, 1, BLOCK)
        return np.frombuffer(screen.constant or bytes(BLOCK), np.uint8).reshape(1, 1, BLOCK)

    def _scores(self, ends: Bytes, padding: Padding) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """`LastBlockScores.log10` and `LastBlockScores.may_gain` of padded last blocks."""
        amounts = padding_lengths(ends, padding)
        text = ends_as_text(ends, amounts)
        ascii_text = is_ascii_text(ends, BLOCK - amounts)
        content = np.where(ascii_text, Content.ASCII, np.where(text, Content.TEXT, Content.BINARY))
        log10 = padded_log10_by_class(1, padding)[content, amounts]
        return log10, np.zeros_like(text) if self.single else text

    def batches(self, places: Rows) -> Iterator[SurvivorBlocks]:
        """Survivors in full: all together where they are few, else those of each length."""
        if not places.size:
            return
        bounds = np.searchsorted(places, self.starts)
        parts = [
            (np.arange(first, end), group.rows[kept], _block_major(group, kept))
            for group, start, first, end in zip(self.groups, self.starts, bounds, bounds[1:], strict=False)
            if end > first
            for kept in [places[first:end] - start]
        ]
        most = max(len(blocks) for _, _, blocks in parts)
        if len(parts) == 1 or most * BLOCK * places.size > _FEW_BYTES:
            for place, rows, blocks in parts:
                yield SurvivorBlocks(place, rows, blocks, np.full(len(rows), len(blocks)))
            return
        together = np.zeros((most, places.size, BLOCK), np.uint8)
        for place, _, blocks in parts:
            together[: len(blocks), place] = blocks
        yield SurvivorBlocks(
            place=np.arange(places.size),
            rows=np.concatenate([rows for _, rows, _ in parts]),
            blocks=together,
            counts=np.concatenate([np.full(len(rows), len(blocks)) for _, rows, blocks in parts]),
        )


def _stacked(columns: Sequence[Bytes]) -> Bytes:
    return columns[0][None] if len(columns) == 1 else np.stack(columns)


def _second_last(group: Group) -> Bytes:
    return group.data[:, -2 * BLOCK : -BLOCK]


def _block_major(group: Group, kept: Rows) -> Bytes:
    data = group.data if len(kept) == len(group.rows) else group.data[kept]
    return np.ascontiguousarray(data.reshape(len(kept), -1, BLOCK).transpose(1, 0, 2))
