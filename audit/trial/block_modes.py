"""ECB and CBC in columns: the last block decides, survivors are decrypted in full."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK, Iv, Layout, Mode
from audit.trial.aes_columns import AesColumns
from audit.trial.groups import Bytes, Group, Rows
from audit.trial.hypothesis import Hypothesis
from audit.trial.odds import padded_log10
from audit.trial.opened import Opened
from audit.trial.padding import is_padded, may_be_padded
from audit.trial.plain_text import Content, classify
from parsers.secret import Secret


def open_blocks(group: Group, tried: Sequence[tuple[int, Hypothesis]]) -> Iterator[Opened]:
    """What these hypotheses open in a group.

    Args:
        group: values of one length, a multiple of 16, prefixes taken off.
        tried: hypotheses in ECB or CBC that fit the length, each with its place in the whole list; those of
            one AES key stand together.
    """
    blocks = group.blocks()
    for aes_key, of_key in groupby(tried, key=lambda item: item[1].aes_key):
        cipher = AesColumns(aes_key)
        last = cipher.decrypt(blocks[-1])
        for index, hypothesis in of_key:
            before = _before_last(blocks, hypothesis.layout, aes_key)
            if before is None:
                continue
            survivors = _survivors(last, before)
            if survivors.size:
                plain = _decrypt(cipher, blocks, survivors, hypothesis)
                yield _judge(index, group.rows[survivors], plain)


def _before_last(blocks: Bytes, layout: Layout, aes_key: Secret) -> Bytes | None:
    """What the last block was chained to: shape [n, 16] or [16]; None where that is not known."""
    if layout.mode is Mode.ECB:
        return np.zeros(BLOCK, np.uint8)
    if len(blocks) > 1:
        chained: Bytes = blocks[-2]
        return chained
    return _vector(layout, aes_key)


def _vector(layout: Layout, aes_key: Secret) -> Bytes | None:
    """The vector that is not part of the value; None where there is none, or nobody knows it."""
    match layout.iv:
        case Iv.ZERO:
            return np.zeros(BLOCK, np.uint8)
        case Iv.KEY:
            return np.frombuffer(aes_key.reveal()[:BLOCK], np.uint8)
        case Iv.CONSTANT:
            return np.frombuffer(layout.constant_iv, np.uint8)
        case Iv.NONE | Iv.UNKNOWN | Iv.FRONT | Iv.BESIDE | Iv.DERIVED:
            return None


def _survivors(last: Bytes, before: Bytes) -> Rows:
    """Rows whose last block is strictly padded: a screen on one byte first, then all of them."""
    screened = np.flatnonzero(may_be_padded(last[:, -1] ^ before[..., -1]))
    chained = before if before.ndim == 1 else before[screened]
    return screened[is_padded(last[screened] ^ chained)]


def _decrypt(cipher: AesColumns, blocks: Bytes, rows: Rows, hypothesis: Hypothesis) -> Bytes:
    """Everything of these rows that can be decrypted; shape [n, width]."""
    taken = blocks if len(rows) == blocks.shape[1] else blocks[:, rows]
    plain = cipher.decrypt(taken)
    if hypothesis.layout.mode is Mode.CBC:
        plain[1:] ^= taken[:-1]
        vector = _vector(hypothesis.layout, hypothesis.aes_key)
        if vector is None:
            plain = plain[1:]  # it was the vector itself, or stays hidden behind one that nobody knows
        else:
            plain[0] ^= vector
    return np.ascontiguousarray(plain.transpose(1, 0, 2)).reshape(len(rows), -1)


def _judge(index: int, rows: Rows, plain: Bytes) -> Opened:
    padding = plain[:, -1].astype(np.intp)
    lengths = plain.shape[1] - padding
    content = classify(plain, lengths)
    blocks = plain.shape[1] // BLOCK
    return Opened(
        hypothesis=index,
        rows=rows,
        plain=plain,
        lengths=lengths,
        content=content,
        log10=_by_class(content, padding, blocks),
        last_log10=_by_class(content, padding, 1),
    )


def _by_class(
    content: npt.NDArray[np.uint8], padding: npt.NDArray[np.intp], blocks: int
) -> npt.NDArray[np.float64]:
    table = np.stack([padded_log10(each, blocks) for each in Content])
    odds: npt.NDArray[np.float64] = table[content, padding]
    return odds
