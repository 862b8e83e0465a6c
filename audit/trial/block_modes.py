"""ECB and CBC in columns: the last block decides, survivors are decrypted in full."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK, Mode, Padding
from audit.trial.groups import Bytes, Group, Rows
from audit.trial.last_blocks import (
    LastBlocks,
    LastBlockScores,
    Numbered,
    Screen,
    Screens,
    SurvivorBlocks,
    Survivors,
    TrialKey,
    Worth,
)
from audit.trial.odds import padded_log10_by_class
from audit.trial.opened import OpenedValues
from audit.trial.padding import padding_lengths, repadded
from audit.trial.plain_text import Content, classify

_ROWS_AT_ONCE: Final = 1 << 17
"""Last blocks under as many keys as make up so many rows are screened in one go: 2 MB. With fewer keys at a
time each costs more calls; with more, the blocks leave the cache."""

_FEW_ROWS: Final = _ROWS_AT_ONCE // 4
"""With more values a key's calls are long enough, and laying keys side by side is a copy in vain."""

_BYTES_AT_ONCE: Final = 1 << 20
"""Decrypted texts up to this size are looked at together."""


def open_blocks(
    groups: Sequence[Group], tried: Sequence[Numbered], worth: Worth | None = None
) -> Iterator[OpenedValues]:
    """What these hypotheses open.

    Args:
        groups: values by length, each a multiple of 16, prefixes taken off; the shortest first.
        tried: hypotheses in ECB or CBC, each with its place in the whole list; those of one AES key stand
            together.
        worth: which survivors are decrypted in full; all of them if not given.
    """
    parts = [part for part in (LastBlocks.of(groups, single=each) for each in (True, False)) if part]
    by_key = [(key, list(of_key)) for key, of_key in groupby(tried, key=lambda item: item[1].aes_key)]
    most = max(len(part.last) for part in parts)
    at_once = _ROWS_AT_ONCE // most if most <= _FEW_ROWS else 1
    screens = Screens()
    for start in range(0, len(by_key), at_once):
        keys = [
            TrialKey.of(aes_key, numbered, screens) for aes_key, numbered in by_key[start : start + at_once]
        ]
        screened = [part.screened(keys, scored=worth is not None) for part in parts]
        yield from _judged(_texts(keys, parts, screened, worth))


def _texts(
    keys: Sequence[TrialKey],
    parts: Sequence[LastBlocks],
    screened: Sequence[Sequence[Mapping[Screen, Survivors]]],
    worth: Worth | None,
) -> "Iterator[tuple[int, _PendingTexts]]":
    """What survived under these keys, decrypted in full as far as it is worth it."""
    for key, *of_parts in zip(keys, *screened, strict=True):
        wanted = None if worth is None else _wanted(key, parts, of_parts, worth)
        for part, survivors in zip(parts, of_parts, strict=True):
            for screen, passed in survivors.items():
                yield from _open_screen(key, part, screen, passed, wanted)


def _wanted(
    key: TrialKey, parts: Sequence[LastBlocks], of_parts: Sequence[Mapping[Screen, Survivors]], worth: Worth
) -> dict[tuple[int, bool], npt.NDArray[np.bool_]]:
    """By hypothesis and part: which of its survivors are worth opening. Those without any are left out."""
    scores: dict[int, list[tuple[bool, LastBlockScores]]] = {}
    for part, survivors in zip(parts, of_parts, strict=True):
        for screen, passed in survivors.items():
            if passed.scores is not None:
                for index, _ in key.by_screen[part.single][screen]:
                    scores.setdefault(index, []).append((part.single, passed.scores))
    found = {}
    for index, of_index in scores.items():
        kept = worth(index, LastBlockScores.together([each for _, each in of_index]))
        if kept.any():
            start = 0
            for single, each in of_index:
                found[index, single] = kept[start : start + len(each.rows)]
                start += len(each.rows)
    return found


def _open_screen(
    key: TrialKey,
    part: LastBlocks,
    screen: Screen,
    passed: Survivors,
    wanted: Mapping[tuple[int, bool], npt.NDArray[np.bool_]] | None,
) -> "Iterator[tuple[int, _PendingTexts]]":
    hypotheses = key.by_screen[part.single][screen]
    if wanted is not None:
        hypotheses = [item for item in hypotheses if (item[0], part.single) in wanted]
        if not hypotheses:
            return
        passed = passed.only(np.any([wanted[index, part.single] for index, _ in hypotheses], axis=0))
    for batch in part.batches(passed.places):
        yield from _open_batch(key, batch, hypotheses, passed.ends[batch.place], screen)


def _open_batch(
    key: TrialKey, batch: SurvivorBlocks, tried: Sequence[Numbered], ends: Bytes, screen: Screen
) -> "Iterator[tuple[int, _PendingTexts]]":
    """What the hypotheses of one screen make of its survivors, each block decrypted once."""
    plain = key.cipher.decrypt(batch.blocks)
    first = plain[0].copy()
    if screen.vector is None:
        plain[1:] ^= batch.blocks[:-1]
    same: _PendingTexts | None = None
    for index, hypothesis in tried:
        vector = key.vector(hypothesis.layout.iv, hypothesis.layout.constant_iv)
        if vector is not None or hypothesis.layout.mode is Mode.ECB:
            plain[0] = first if vector is None else first ^ np.frombuffer(vector, np.uint8)
            yield index, _PendingTexts.of(batch, plain, ends, screen.padding)
            continue
        # The first block was the vector itself, or stays hidden behind an unknown one: what comes
        # after it is the same in both.
        if same is None:
            same = _PendingTexts.of(batch, plain[1:], ends, screen.padding)
        yield index, same


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class _PendingTexts:
    """Decrypted values that are not looked at yet.

    Attributes:
        rows, plain, lengths: as in `OpenedValues`, with the padding that was found.
        amount: bytes of it; shape [n].
        counts: blocks of each; shape [n].
        padding: which one it is.
    """

    rows: Rows
    plain: Bytes
    lengths: Rows
    amount: Rows
    counts: Rows
    padding: Padding

    @classmethod
    def of(cls, batch: SurvivorBlocks, blocks: Bytes, ends: Bytes, padding: Padding) -> "_PendingTexts":
        """Take decrypted blocks, all of the batch or without the first one; shape [blocks, n, 16]."""
        counts = batch.counts - (len(batch.blocks) - len(blocks))
        amount = padding_lengths(ends, padding)
        plain = np.array(blocks.transpose(1, 0, 2), order="C").reshape(len(batch.rows), -1)  # a copy, always
        return cls(batch.rows, plain, counts * BLOCK - amount, amount, counts, padding)

    def judged(self, content: npt.NDArray[np.uint8]) -> OpenedValues | None:
        """The opening of a hypothesis that is put in later; None where nothing is left."""
        rows, plain, lengths, amount, counts = self.rows, self.plain, self.lengths, self.amount, self.counts
        if self.padding is not Padding.PKCS7:
            # ISO 10126 and filling up say next to nothing by themselves: only text counts there.
            counted = self.padding is Padding.X923
            kept = np.ones(len(rows), np.bool_) if counted else content != Content.BINARY
            if not kept.any():
                return None
            rows, amount, lengths, content, counts = (
                each[kept] for each in (rows, amount, lengths, content, counts)
            )
            plain = repadded(plain[kept], lengths)
        return OpenedValues(
            hypothesis=0,
            rows=rows,
            plain=plain,
            lengths=lengths,
            content=content,
            log10=_log10(content, amount, counts, self.padding),
            last_log10=padded_log10_by_class(1, self.padding)[content, amount],
        )


def _judged(texts: Iterable[tuple[int, _PendingTexts]]) -> Iterator[OpenedValues]:
    """What they say, looked at together as long as they are few: a wrong key leaves a handful at a time."""
    waiting: list[tuple[int, _PendingTexts]] = []
    size = 0
    for item in texts:
        waiting.append(item)
        size += item[1].plain.size
        if size > _BYTES_AT_ONCE:
            yield from _judge_together(waiting)
            waiting, size = [], 0
    yield from _judge_together(waiting)


def _judge_together(waiting: Sequence[tuple[int, _PendingTexts]]) -> Iterator[OpenedValues]:
    by_width: dict[int, list[_PendingTexts]] = {}
    for texts in dict.fromkeys(texts for _, texts in waiting):
        by_width.setdefault(texts.plain.shape[1], []).append(texts)
    opened: dict[_PendingTexts, OpenedValues | None] = {}
    for alike in by_width.values():
        one = alike[0].plain if len(alike) == 1 else np.concatenate([each.plain for each in alike])
        content = classify(one, np.concatenate([each.lengths for each in alike]))
        ends = np.cumsum([len(each.rows) for each in alike])
        for texts, of_texts in zip(alike, np.split(content, ends[:-1]), strict=True):
            opened[texts] = texts.judged(of_texts)
    for index, texts in waiting:
        found = opened[texts]
        if found is not None:
            yield replace(found, hypothesis=index)


def _log10(
    content: npt.NDArray[np.uint8], amount: Rows, counts: Rows, padding: Padding
) -> npt.NDArray[np.float64]:
    if counts[0] == counts[-1] and (counts == counts[0]).all():
        return padded_log10_by_class(int(counts[0]), padding)[content, amount]
    odds = np.zeros(len(counts))
    for blocks in np.unique(counts):
        held = counts == blocks
        odds[held] = padded_log10_by_class(int(blocks), padding)[content[held], amount[held]]
    return odds
