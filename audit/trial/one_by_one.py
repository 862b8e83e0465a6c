"""Layouts that a user supplied, with another cipher or a key derived from a passphrase: opened one by one.

A library's cipher object for each value takes some 10 µs, and a derivation comes on top where each value has a
salt of its own: 0.4 ms for the 1,000 rounds of Jasypt's PBEWithMD5AndDES, 3 ms for OpenSSL's 10,000 rounds of PBKDF2
with SHA-256, for each value and each candidate passphrase. Derived keys are kept, so that a value costs this once.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from audit.layouts.layout import BLOCK, Iv, Layout, Mode, Padding
from audit.trial.groups import Group
from audit.trial.hypothesis import Hypothesis
from audit.trial.library_cipher import open_body
from audit.trial.odds import TAG_LOG10, padded_log10, text_log10
from audit.trial.opened import Opened
from audit.trial.padding import padded
from audit.trial.plain_text import Content, classify

_NO_EVIDENCE = 0.0


class OneByOne:
    """Opens the values of a batch, one after the other."""

    def __init__(self) -> None:
        """Begin a batch, of which no block was seen yet."""
        self._last_blocks: dict[int, set[bytes]] = {}

    def open(self, group: Group, tried: Sequence[tuple[int, Hypothesis]]) -> Iterator[Opened]:
        """What these hypotheses open in a group.

        Args:
            group: values of one length, prefixes taken off, with a vector from beside in front.
            tried: hypotheses that fit the length, each with its place in the whole list.
        """
        values = [row.tobytes() for row in group.data]
        for index, hypothesis in tried:
            yield from self._open(index, hypothesis, group, values)

    def _open(
        self, index: int, hypothesis: Hypothesis, group: Group, values: list[bytes]
    ) -> Iterator[Opened]:
        """One opening for each number of blocks that the texts take once they are padded anew."""
        layout = hypothesis.layout
        if layout.iv is Iv.UNKNOWN:
            return
        start = layout.salt_size + layout.vector_size
        seen = self._last_blocks.setdefault(index, set())
        by_width: dict[int, list[tuple[int, bytes, bool]]] = {}
        for place, value in enumerate(values):
            plain = open_body(layout, hypothesis.aes_key, value[:start], value[start:])
            if plain is None:
                continue
            last = value[-layout.block :]
            # In ECB equal last blocks (a full block of padding, say) decrypt to the same bytes under every key,
            # right or wrong: only one of them is evidence. With blocks of 8 bytes these are frequent.
            is_new = layout.mode is not Mode.ECB or last not in seen
            seen.add(last)
            by_width.setdefault(len(plain) // BLOCK, []).append((place, plain, is_new))
        for found in by_width.values():
            opened = _judged(index, layout, group, found, len(values[0]) - start)
            kept = opened.log10 < _NO_EVIDENCE  # any key gives some text where nothing is padded
            if kept.any():
                yield opened.only(kept)


def _judged(
    index: int, layout: Layout, group: Group, found: list[tuple[int, bytes, bool]], body: int
) -> Opened:
    """Texts that take as many blocks each, as `Opened` wants them: with PKCS#7 padding to blocks of 16."""
    lengths = np.array([len(plain) for _, plain, _ in found], np.intp)
    rows = [
        padded(np.frombuffer(plain, np.uint8).reshape(1, -1))  # a text of nothing is a block of padding
        for _, plain, _ in found
    ]
    plain = np.concatenate(rows)
    content = classify(plain, lengths)
    amounts = (body - lengths).tolist()
    classes = [Content(each) for each in content]
    blocks = body // layout.block
    whole = [
        _log10(layout, each, *pair)
        for each, *pair in zip(classes, amounts, [blocks] * len(found), strict=True)
    ]
    last = [
        _log10(layout, each, amount, 1) if is_new else _NO_EVIDENCE
        for each, amount, (_, _, is_new) in zip(classes, amounts, found, strict=True)
    ]
    return Opened(
        hypothesis=index,
        rows=group.rows[[place for place, _, _ in found]],
        plain=plain,
        lengths=lengths,
        content=content,
        log10=np.array(whole),
        last_log10=np.array(last),
    )


def _log10(layout: Layout, content: Content, amount: int, blocks: int) -> float:
    """log10 of the probability that a wrong key gives at least as good a text, with `amount` bytes of padding."""
    if layout.mode is Mode.GCM:
        return TAG_LOG10
    total = blocks * layout.block
    if (
        layout.padding is Padding.ISO10126
    ):  # of the padding the last byte alone speaks: 1 to this amount of 256
        return math.log10(amount / 256) + text_log10(content, total - amount)
    if not amount:  # of the fill bytes none may be there, and each further one is less likely: at most twice
        return min(_NO_EVIDENCE, text_log10(content, total) + math.log10(2))
    # Of fill bytes there may be more than a block, if the text ends in some: these are not counted as evidence.
    return float(padded_log10(content, blocks, layout.block)[min(amount, layout.block)])
