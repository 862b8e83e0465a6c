"""Plain texts that look like stored values themselves: what was encrypted twice."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK, Encoding, Iv, KeyForm, Layout, Mode
from audit.trial.best import Best
from audit.trial.hypothesis import Hypothesis
from audit.trial.opened import OpenedValues
from audit.trial.plain_text import Content

_ALPHABET: Final = np.isin(
    np.arange(256), list(b'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=|{}()$:.," ')
)
"""Base64 in both alphabets and hex, with a `|` before a vector and the usual wrappers."""

_SHORTEST_WRITTEN: Final = 22
"""Characters of one block in base64 without padding."""


class InnerValues:
    """Collects them from what is opened, and hands them out for values whose best opening they are.

    Holds plain text: it never leaves the trial.
    """

    def __init__(self) -> None:
        self._found: list[tuple[int, int, bytes]] = []
        self._tails: list[tuple[int, int, bytes]] = []

    def watch(
        self, opened: Iterable[OpenedValues], rows: npt.NDArray[np.intp], tried: Sequence[Hypothesis]
    ) -> Iterator[OpenedValues]:
        """The openings as they come, looked at in passing; `rows`: where these values stand in the batch."""
        for each in opened:
            for place in np.flatnonzero(_may_be_stored(each)):
                plain = each.plain[place, : each.lengths[place]].tobytes()
                self._found.append((int(rows[each.rows[place]]), each.hypothesis, plain))
            if tried[each.hypothesis].layout.chain is not None:
                skipped = BLOCK * (tried[each.hypothesis].layout.iv in _WHOLE)
                for place in np.flatnonzero(_may_end_a_value(each, skipped)):
                    tail = each.plain[place, skipped : each.lengths[place]].tobytes()
                    self._tails.append((int(rows[each.rows[place]]), each.hypothesis, tail))
            yield each

    def of(self, best: Best, sure: npt.NDArray[np.bool_], tried: Sequence[Hypothesis]) -> dict[int, bytes]:
        """By row: of those that open with certainty, what they open to, unless its beginning stays hidden.

        Whether that is the whole text need not be settled: if it opens once more, it is.
        """
        return {
            row: plain
            for row, hypothesis, plain in self._found
            if sure[row]
            and best.hypothesis[row] == hypothesis
            and tried[hypothesis].layout.iv is not Iv.UNKNOWN
        }

    def signs(self, best: Best, sure: npt.NDArray[np.bool_], layouts: Iterable[Layout]) -> list[int]:
        """Rows that open with certainty, not to a whole text, and whose text ends as a stored value does.

        Its first block cannot be read, so that no key can be tried inside. Its length and the characters that
        can be read are enough, where they are a whole form: a block in base64 has 24 characters, of which two
        are `=`. Base64 without its padding is what passwords of letters and digits are as well: of them only
        the bits of the last character that encode nothing are looked at, of all such texts together.

        Args:
            best: the best openings.
            sure: which of them are certain; shape [n].
            layouts: the forms that values of the store have.
        """
        forms = _Forms.of(layouts)
        tails = {
            row: tail
            for row, hypothesis, tail in self._tails
            if sure[row]
            and not best.whole[row]
            and not best.proven[row]
            and best.hypothesis[row] == hypothesis
        }
        ends = {row for row, tail in tails.items() if forms.end_as(tail)}
        for missing, zero in _SPARE_BITS_ZERO.items():
            bare = {row for row, tail in tails.items() if _lacks_padding(tail, missing)}
            canonical = {row for row in ends & bare if tails[row][-1:] in zero}
            by_chance = _tail_log10(len(canonical), len(bare), len(zero) / 64) > _CHANCE_LOG10
            ends -= bare if by_chance else bare - canonical
        return sorted(ends)


_CHANCE_LOG10: Final = -3.0
_SPARE_BITS_ZERO: Final = {2: b"AQgw", 3: b"AEIMQUYcgkosw048"}
"""By the length of base64 modulo 4: the last characters of what an encoder writes (RFC 4648, section 3.5)."""


def _lacks_padding(tail: bytes, over: int) -> bool:
    """Whether text, after 16 characters, is base64 of so many characters over a multiple of 4, and no hex."""
    encoded = _ENCODED.fullmatch(tail) is not None and not _ENCODED_END[Encoding.HEX].fullmatch(tail)
    return encoded and len(tail) % 4 == over


_ENCODED: Final = re.compile(rb"[A-Za-z0-9+/_-]+")


def _tail_log10(seen: int, of: int, chance: float) -> float:
    """log10 of a bound on the probability that chance gives as many (Chernoff, for the binomial law)."""
    if seen <= of * chance:
        return 0.0
    others = of - seen
    log = seen * math.log(seen / (of * chance))
    log += others * math.log(others / (of * (1 - chance))) if others else 0.0
    return -log / math.log(10)


_WHOLE: Final = (Iv.ZERO, Iv.KEY, Iv.CONSTANT)
"""Vectors behind which the first block is read as part of the text, rightly or not."""

_ENCODED_END: Final = {
    Encoding.BASE64: re.compile(rb"[A-Za-z0-9+/]*={0,2}"),
    Encoding.BASE64_URL: re.compile(rb"[A-Za-z0-9_-]*={0,2}"),
    Encoding.HEX: re.compile(rb"[0-9a-f]*|[0-9A-F]*"),
}


@dataclass(frozen=True, slots=True)
class _Forms:
    """What values of a store look like, seen from their end: wrapper, encoding, decoded sizes."""

    layouts: tuple[Layout, ...]

    @classmethod
    def of(cls, layouts: Iterable[Layout]) -> "_Forms":
        """These layouts, and what an older server may have written: whole blocks in any encoding."""
        plain = (Layout(KeyForm.RAW, Mode.ECB, Iv.NONE, encoding) for encoding in _ENCODED_END)
        return cls(tuple(dict.fromkeys((*plain, *layouts))))

    def end_as(self, tail: bytes) -> bool:
        """Whether this, after 16 unknown characters, is the end of such a value."""
        return any(self._is_end(layout, tail) for layout in self.layouts if layout.encoding in _ENCODED_END)

    def _is_end(self, layout: Layout, tail: bytes) -> bool:
        if layout.wrapper.member:  # the length of the other members is anything
            return (
                tail.endswith(b'"}')
                and len(tail) > len(b'"}')
                and _ENCODED_END[layout.encoding].fullmatch(tail.removesuffix(b'"}').rsplit(b'"', 1)[-1])
                is not None
            )
        if not tail.endswith(layout.wrapper.tail):
            return False
        core = tail[: len(tail) - len(layout.wrapper.tail)]
        size = BLOCK + len(core) - len(layout.wrapper.head)
        if not core or size <= 0 or not _ENCODED_END[layout.encoding].fullmatch(core):
            return False
        padding = len(core) - len(core.rstrip(b"="))
        if layout.encoding is Encoding.HEX:
            return size % 2 == 0 and layout.fits(size // 2)
        if padding and size % 4:
            return False
        return (size - padding) % 4 != 1 and layout.fits((size - padding) * 3 // 4)


def _may_end_a_value(opened: OpenedValues, skipped: int) -> npt.NDArray[np.bool_]:
    """Whether all that is read after the first block is of the characters that ciphertext is written in."""
    sizes = opened.lengths - skipped
    written: npt.NDArray[np.bool_] = sizes > 0
    rows = np.flatnonzero(written)
    width = opened.plain.shape[1] - skipped
    beyond = np.arange(width) >= sizes[rows, None]
    written[rows] = (_ALPHABET[opened.plain[rows, skipped:]] | beyond).all(axis=1)
    return written


def _may_be_stored(opened: OpenedValues) -> npt.NDArray[np.bool_]:
    """Whole blocks that are not text, or text of the characters that ciphertext is written in; shape [n]."""
    raw: npt.NDArray[np.bool_] = (opened.content == Content.BINARY) & (opened.lengths >= BLOCK)
    written = (opened.content == Content.ASCII) & (opened.lengths >= _SHORTEST_WRITTEN)
    rows = np.flatnonzero(written)
    beyond = np.arange(opened.plain.shape[1]) >= opened.lengths[rows, None]
    raw[rows] = (_ALPHABET[opened.plain[rows]] | beyond).all(axis=1)
    return raw
