"""ECB and CBC in columns: the last block decides, survivors are decrypted in full."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK, Iv, Layout, Mode, Padding
from audit.trial.aes_columns import AesColumns
from audit.trial.groups import Bytes, Group, Rows
from audit.trial.hypothesis import Hypothesis
from audit.trial.odds import padded_log10_by_class
from audit.trial.opened import Opened
from audit.trial.padding import is_padded, may_be_padded, padding_lengths, repadded
from audit.trial.plain_text import Content, classify
from parsers.secret import Secret

Numbered = tuple[int, Hypothesis]

_FEW_BYTES: Final = 4 * 1024 * 1024
"""Survivors up to this size are taken together, whatever their lengths: under a wrong key there are a few of
every length, and a pass for each length of each hypothesis would cost more than all the AES."""


def open_blocks(groups: Sequence[Group], tried: Sequence[Numbered]) -> Iterator[Opened]:
    """What these hypotheses open.

    Args:
        groups: values by length, each a multiple of 16, prefixes taken off; the shortest first.
        tried: hypotheses in ECB or CBC, each with its place in the whole list; those of one AES key stand
            together.
    """
    parts = [part for part in (_Ends.of(groups, single=True), _Ends.of(groups, single=False)) if part]
    for aes_key, of_key in groupby(tried, key=lambda item: item[1].aes_key):
        cipher = AesColumns(aes_key)
        numbered = list(of_key)
        for part in parts:
            last = cipher.decrypt(part.last)
            for screen, of_screen in _by_screen(numbered, part, aes_key).items():
                before = part.before if screen.before is None else np.frombuffer(screen.before, np.uint8)
                rows, ends = _survivors(last, before, screen.padding)
                for batch in part.batches(rows):
                    yield from _open_batch(cipher, batch, of_screen, ends[batch.place], screen)


def _open_batch(
    cipher: AesColumns, batch: "_Batch", tried: Sequence[Numbered], ends: Bytes, screen: "_Screen"
) -> Iterator[Opened]:
    """What the hypotheses of one screen make of its survivors, each block decrypted once."""
    plain = cipher.decrypt(batch.blocks)
    first = plain[0].copy()
    if screen.before is None:
        plain[1:] ^= batch.blocks[:-1]
    same: list[Opened] | None = None
    for index, hypothesis in tried:
        vector = _vector(hypothesis.layout, hypothesis.aes_key)
        if vector is not None or hypothesis.layout.mode is Mode.ECB:
            plain[0] = first if vector is None else first ^ np.frombuffer(vector, np.uint8)
            yield from _judge(index, batch, plain, ends, screen.padding)
            continue
        # The first block was the vector itself, or stays hidden behind one that nobody knows: what comes
        # after it is the same in both.
        if same is None:
            same = list(_judge(index, batch, plain[1:], ends, screen.padding))
        yield from (replace(each, hypothesis=index) for each in same)


@dataclass(frozen=True, slots=True)
class _Screen:
    """What the padding of last blocks is looked for behind; many layouts share one.

    Attributes:
        padding: how the last block is filled.
        before: what the last block was chained to, the same for all rows; None for the block before it.
    """

    padding: Padding
    before: bytes | None


@dataclass(frozen=True, slots=True)
class _Batch:
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
class _Ends:
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
    def of(cls, groups: Sequence[Group], *, single: bool) -> "_Ends | None":
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

    def batches(self, survivors: Rows) -> Iterator[_Batch]:
        """The survivors in full: all together where they are few, else those of each length."""
        if not survivors.size:
            return
        bounds = np.searchsorted(survivors, self.starts)
        parts = [
            (np.arange(first, end), group.rows[kept], _block_major(group, kept))
            for group, start, first, end in zip(self.groups, self.starts, bounds, bounds[1:], strict=False)
            if end > first
            for kept in [survivors[first:end] - start]
        ]
        most = max(len(blocks) for _, _, blocks in parts)
        if len(parts) == 1 or most * BLOCK * survivors.size > _FEW_BYTES:
            for place, rows, blocks in parts:
                yield _Batch(place, rows, blocks, np.full(len(rows), len(blocks)))
            return
        together = np.zeros((most, survivors.size, BLOCK), np.uint8)
        for place, _, blocks in parts:
            together[: len(blocks), place] = blocks
        yield _Batch(
            place=np.arange(survivors.size),
            rows=np.concatenate([rows for _, rows, _ in parts]),
            blocks=together,
            counts=np.concatenate([np.full(len(rows), len(blocks)) for _, rows, blocks in parts]),
        )


def _second_last(group: Group) -> Bytes:
    return group.data[:, -2 * BLOCK : -BLOCK]


def _block_major(group: Group, kept: Rows) -> Bytes:
    data = group.data if len(kept) == len(group.rows) else group.data[kept]
    return np.ascontiguousarray(data.reshape(len(kept), -1, BLOCK).transpose(1, 0, 2))


def _by_screen(tried: Sequence[Numbered], part: _Ends, aes_key: Secret) -> dict[_Screen, list[Numbered]]:
    """The hypotheses that can open values of this part, by the screen that they share."""
    found: dict[_Screen, list[Numbered]] = {}
    for index, hypothesis in tried:
        layout = hypothesis.layout
        before: bytes | None = bytes(BLOCK)
        if layout.mode is Mode.CBC:
            vector = _vector(layout, aes_key)
            if part.single and vector is None:
                continue  # the only block is the vector itself, or hidden behind one that nobody knows
            before = vector if part.single else None
        found.setdefault(_Screen(layout.padding, before), []).append((index, hypothesis))
    return found


def _vector(layout: Layout, aes_key: Secret) -> bytes | None:
    """The vector that is not part of the value; None where there is none, or nobody knows it."""
    match layout.iv:
        case Iv.ZERO:
            return bytes(BLOCK)
        case Iv.KEY:
            return aes_key.reveal()[:BLOCK]
        case Iv.CONSTANT:
            return layout.constant_iv
        case Iv.NONE | Iv.UNKNOWN | Iv.FRONT | Iv.BESIDE | Iv.DERIVED:
            return None


def _survivors(last: Bytes, before: Bytes, padding: Padding) -> tuple[Rows, Bytes]:
    """Rows whose last block ends as this padding does, and those blocks; shapes [n], [n, 16].

    A screen on one byte comes first where padding counts itself: it leaves one row in 16.
    """
    screened = None
    if padding.fill is None:
        screened = np.flatnonzero(may_be_padded(last[:, -1] ^ before[..., -1]))
        last = last[screened]
        before = before if before.ndim == 1 else before[screened]
    ends = last ^ before
    kept = np.flatnonzero(is_padded(ends, padding))
    return kept if screened is None else screened[kept], ends[kept]


def _judge(index: int, batch: _Batch, blocks: Bytes, ends: Bytes, padding: Padding) -> Iterator[Opened]:
    counts = batch.counts - (len(batch.blocks) - len(blocks))
    amount = padding_lengths(ends, padding)
    plain = np.array(blocks.transpose(1, 0, 2), order="C").reshape(len(batch.rows), -1)  # a copy, always
    lengths = counts * BLOCK - amount
    content = classify(plain, lengths)
    rows = batch.rows
    if padding is not Padding.PKCS7:
        # ISO 10126 and filling up say next to nothing by themselves: only text counts there.
        kept = content != Content.BINARY if padding is not Padding.X923 else np.ones(len(rows), np.bool_)
        if not kept.any():
            return
        rows, amount, lengths, content, counts = (
            each[kept] for each in (rows, amount, lengths, content, counts)
        )
        plain = repadded(plain[kept], lengths)
    yield Opened(
        hypothesis=index,
        rows=rows,
        plain=plain,
        lengths=lengths,
        content=content,
        log10=_log10(content, amount, counts, padding),
        last_log10=padded_log10_by_class(1, padding)[content, amount],
    )


def _log10(
    content: npt.NDArray[np.uint8], amount: Rows, counts: Rows, padding: Padding
) -> npt.NDArray[np.float64]:
    distinct = np.unique(counts)
    if len(distinct) == 1:
        return padded_log10_by_class(int(distinct[0]), padding)[content, amount]
    odds = np.zeros(len(counts))
    for blocks in distinct:
        held = counts == blocks
        odds[held] = padded_log10_by_class(int(blocks), padding)[content[held], amount[held]]
    return odds
