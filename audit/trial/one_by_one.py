"""Layouts that a user supplied, with another cipher or a key from a passphrase: opened one by one.

Each value takes some 10 to 20 µs in each layout under each key. Where it has a salt of its own, a derivation
comes on top: 0.6 ms for Jasypt's PBEWithMD5AndDES, 0.9 ms for its PBEWITHHMACSHA512ANDAES_256, 8 ms for the
10,000 iterations of `openssl enc -pbkdf2` (2026, one core). 1,000 values under 8 passphrases: 5, 7, 64 s. It
grows with their product and with the iterations, and is paid once, since derived keys are kept. Only what a
user supplies costs this.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from audit.layouts.layout import BLOCK, Iv, Layout, Mode, Padding
from audit.trial.groups import Group
from audit.trial.hypothesis import Hypothesis
from audit.trial.library_cipher import open_body
from audit.trial.odds import TAG_LOG10, padded_log10, text_log10
from audit.trial.opened import OpenedValues
from audit.trial.padding import padded
from audit.trial.plain_text import Content, classify

_NOTHING_SAID: Final = 0.0
"""log10 of a probability of 1."""


@dataclass(frozen=True, slots=True, repr=False)
class _Text:
    """What a value opened to.

    Attributes:
        place: of the value in its group.
        plain: the text.
        is_evidence: whether no other value shares its last block, so that it speaks for itself.
    """

    place: int
    plain: bytes
    is_evidence: bool


def open_one_by_one(
    groups: Sequence[Group], tried: Sequence[tuple[int, Hypothesis]]
) -> Iterator[OpenedValues]:
    """What these hypotheses open.

    Args:
        groups: values by length, the prefix of these hypotheses taken off, a vector from beside in front.
        tried: hypotheses of layouts that are not plain AES, each with its place in the whole list.
    """
    values = [[row.tobytes() for row in group.data] for group in groups]
    for index, hypothesis in tried:
        layout = hypothesis.layout
        last_blocks: set[bytes] = set()
        for group, of_group in zip(groups, values, strict=True):
            if layout.iv is Iv.UNKNOWN or not layout.fits(group.length + len(layout.prefix)):
                continue
            by_width: dict[int, list[_Text]] = {}
            for text in _texts(hypothesis, of_group, last_blocks):
                by_width.setdefault(len(text.plain) // BLOCK, []).append(text)
            for texts in by_width.values():
                opened = _judged(index, layout, group, texts)
                shown = opened.log10 < _NOTHING_SAID  # any key gives some text where nothing is padded
                if shown.any():
                    yield opened.only(shown)


def _texts(hypothesis: Hypothesis, values: Sequence[bytes], last_blocks: set[bytes]) -> Iterator[_Text]:
    """What opens; `last_blocks` are those of values before these, and grow."""
    layout = hypothesis.layout
    start = layout.salt_size + layout.vector_size
    for place, value in enumerate(values):
        plain = open_body(layout, hypothesis.aes_key, value[:start], value[start:])
        if plain is None:
            continue
        last = value[-layout.block :]
        # In ECB equal last blocks (a full block of padding, say) decrypt to the same bytes under every key,
        # right or wrong: only one of them is evidence. With blocks of 8 bytes these are frequent.
        yield _Text(place, plain, layout.mode is not Mode.ECB or last not in last_blocks)
        last_blocks.add(last)


def _judged(index: int, layout: Layout, group: Group, texts: Sequence[_Text]) -> OpenedValues:
    """Texts of one width as `OpenedValues` wants them: with PKCS#7 padding to blocks of 16 bytes."""
    body = group.length - layout.salt_size - layout.vector_size
    lengths = np.array([len(text.plain) for text in texts], np.intp)
    plain = np.concatenate(
        [padded(np.frombuffer(text.plain, np.uint8).reshape(1, -1)) for text in texts], axis=0
    )
    content = classify(plain, lengths)
    blocks = body // layout.block
    seen = [(Content(each), body - int(length)) for each, length in zip(content, lengths, strict=True)]
    return OpenedValues(
        hypothesis=index,
        rows=group.rows[[text.place for text in texts]],
        plain=plain,
        lengths=lengths,
        content=content,
        log10=np.array([_log10(layout, *each, blocks) for each in seen]),
        last_log10=np.array(
            [
                _log10(layout, *each, 1) if text.is_evidence else _NOTHING_SAID
                for each, text in zip(seen, texts, strict=True)
            ]
        ),
    )


def _log10(layout: Layout, content: Content, amount: int, blocks: int) -> float:
    """log10 of the probability that a wrong key gives as good a text before `amount` bytes of padding."""
    if layout.mode is Mode.GCM:
        return TAG_LOG10
    total = blocks * layout.block
    if layout.padding is Padding.ISO10126:  # the last byte alone speaks: it is 1 to this amount, of 256
        return math.log10(amount / 256) + text_log10(content, total - amount)
    if not amount:  # of fill bytes there may be none; that there are more is less likely: twice is enough
        return min(_NOTHING_SAID, text_log10(content, total) + math.log10(2))
    return float(padded_log10(content, blocks, block=layout.block)[amount])
