"""Padding of the last block, checked for many rows at once: PKCS#7 and what older programs used."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK, Padding
from audit.trial.groups import Bytes, Rows
from audit.trial.plain_text import IS_IN_TEXT

Number = TypeVar("Number", np.uint8, np.uint64)

_AMOUNTS: Final = np.arange(17, dtype=np.uint8)[:, None]
_IN_PADDING: Final = np.arange(16) >= 16 - _AMOUNTS
_IS_PADDING: Final = np.where(_IN_PADDING, np.uint8(255), np.uint8(0)).view(np.uint64)
"""Blocks as two words, by the amount of padding: where its bytes are."""

_COUNTED: Final = {
    # RFC 5652, section 6.3: every byte says how many there are.
    Padding.PKCS7: np.repeat(_AMOUNTS, 16, axis=1).view(np.uint64),
    # ANSI X9.23: zeros, and the last byte says how many.
    Padding.X923: np.where(np.arange(16) == 15, _AMOUNTS, np.uint8(0)).view(np.uint64),
}


_ONE: Final = np.uint64(1)
_BYTE: Final = np.uint64(8)
_HIGH: Final = np.uint64(0x8080808080808080)
_BUT_THE_LAST: Final = np.uint64(0x00FFFFFFFFFFFFFF)


_PAIRS_FIRST: Final = 4
"""After these one random block in 20 is left."""


def _pairs_in_text() -> npt.NDArray[np.bool_]:
    """Which two bytes can follow each other in UTF-8 (RFC 3629); by their number as this machine reads it."""
    first, second = np.arange(1 << 16, dtype=np.uint16).view(np.uint8).reshape(-1, 2).T
    follows, leads = (second & 0xC0) == 0x80, first >= 0xC0
    torn = (leads & ~follows) | (follows & (first < 0x80))
    found: npt.NDArray[np.bool_] = IS_IN_TEXT[first] & IS_IN_TEXT[second] & ~torn
    return found


_IS_PAIR_IN_TEXT: Final = _pairs_in_text()


def may_be_padded(last_bytes: Bytes) -> npt.NDArray[np.bool_]:
    """A screen on the last byte alone: one value in 16 of random ones passes.

    Args:
        last_bytes: the last byte of each row; shape [n].
    """
    passes: npt.NDArray[np.bool_] = (last_bytes - np.uint8(1)) < np.uint8(16)  # 0 wraps round to 255
    return passes


def is_padded(last_blocks: Bytes, padding: Padding = Padding.PKCS7) -> npt.NDArray[np.bool_]:
    """Whether each last block can be the end of a text with this padding; shape [n, 16] to [n].

    A random block passes PKCS#7 with probability 256⁻¹ + 256⁻² + … = 0.392 %: padding proves nothing by
    itself. ISO 10126 says one byte only, and filling up says nothing at all: there the bytes before must be
    text, which one random block in a thousand still is by this screen.
    """
    if padding.fill is not None:
        return ends_as_text(last_blocks, padding_lengths(last_blocks, padding))
    amount = last_blocks[:, 15]
    possible = may_be_padded(amount)
    if padding is Padding.ISO10126:
        rows = np.flatnonzero(possible)
        kept = np.zeros(len(possible), np.bool_)
        kept[rows] = ends_as_text(last_blocks[rows], amount[rows])
        return kept
    looked_up = np.where(possible, amount, np.uint8(0))
    words = np.ascontiguousarray(last_blocks).view(np.uint64)
    wrong = (words ^ np.take(_COUNTED[padding], looked_up, axis=0)) & np.take(_IS_PADDING, looked_up, axis=0)
    strict: npt.NDArray[np.bool_] = (wrong[:, 0] | wrong[:, 1]) == 0
    return strict & possible


def may_be_text(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """A screen on any 8 bytes of a text, as little-endian numbers: one in 14 of random ones passes.

    In UTF-8 (RFC 3629) a byte 11xxxxxx is followed by one of 10xxxxxx, which in turn follows none of
    0xxxxxxx. All seven pairs of neighbours are looked at in one go, by the highest bits of their bytes.
    """
    high = words & _HIGH
    leads = words << _ONE
    leads &= high
    follows = high ^ leads
    follows >>= _BYTE  # of the byte that comes next: its bit falls where the first one's is
    # Where the next byte follows, this one must be high; where it does not, this one must not lead. What is
    # high there and leads no more, or not high and leads, is torn.
    leads &= _BUT_THE_LAST
    np.bitwise_not(high, out=high)
    high &= follows
    np.bitwise_not(follows, out=follows)
    leads &= follows
    high |= leads
    passes: npt.NDArray[np.bool_] = high == 0
    return passes


def padding_lengths(last_blocks: Bytes, padding: Padding) -> npt.NDArray[np.intp]:
    """Bytes of padding in each of these last blocks, which are padded; shape [n, 16] to [n]."""
    if padding.fill is None:
        return last_blocks[:, 15].astype(np.intp)
    amounts = np.zeros(len(last_blocks), np.intp)
    filled = np.flatnonzero(last_blocks[:, 15] == padding.fill)
    kept = last_blocks[filled, ::-1] != padding.fill
    amounts[filled] = np.where(kept.any(axis=1), kept.argmax(axis=1), BLOCK)
    return amounts


def ends_as_text(last_blocks: Bytes, padding: npt.NDArray[np.intp] | Bytes) -> npt.NDArray[np.bool_]:
    """Whether text could stand before so much padding: bytes of UTF-8 in an order that it has.

    The bytes alone let one random block in 20 through, their order one in a thousand. Pairs of bytes are
    looked up first: each leaves half of the random blocks, so that few are looked at whole.
    """
    pairs = np.ascontiguousarray(last_blocks).view(np.uint16)
    rows = np.flatnonzero(_IS_PAIR_IN_TEXT[pairs[:, 0]] | (padding > BLOCK - 2))
    for place in range(1, _PAIRS_FIRST):
        rows = rows[_IS_PAIR_IN_TEXT[pairs[rows, place]] | (padding[rows] > BLOCK - 2 - 2 * place)]
    rows = rows[(IS_IN_TEXT[last_blocks[rows]] | _IN_PADDING[padding[rows]]).all(axis=1)]
    blocks = np.where(_IN_PADDING[padding[rows]], np.uint8(0), last_blocks[rows])
    follows, leads = (blocks & 0xC0) == 0x80, blocks >= 0xC0
    # A character that began in the block before may go on at the first byte alone.
    torn = (follows[:, 1:] & ~(follows | leads)[:, :-1]) | (leads[:, :-1] & ~follows[:, 1:])
    good = np.zeros(len(last_blocks), np.bool_)
    good[rows] = ~torn.any(axis=1) & ~leads[:, -1]
    return good


def padded_ends(
    last: Bytes, before: Bytes, paddings: Sequence[Padding]
) -> Iterator[tuple[Padding, Rows, Bytes]]:
    """Which last blocks end as these paddings do, under many keys, and their plain text.

    A screen on one byte comes first where padding counts itself, and leaves one row in 16; where it does not,
    one on eight bytes leaves one row in 14. Each is made once for all paddings.

    Args:
        last: under each key, decrypted; shape [keys, n, 16].
        before: what they were chained to, to be broadcast to that shape.
        paddings: how they may be filled.

    Yields:
        paddings, and for each the places in [keys · n], ascending, and blocks; shapes [m], [m, 16].
    """
    counted = [padding for padding in paddings if padding.fill is None]
    if counted:
        rows = np.flatnonzero(may_be_padded(last[..., -1] ^ before[..., -1]))
        ends = _plain(last, before, rows)
        for padding in counted:
            kept = np.flatnonzero(is_padded(ends, padding))
            yield padding, rows[kept], ends[kept]
    if len(counted) == len(paddings):
        return
    words, chained = last.view("<u8"), before.view("<u8")
    ends_of_text = words[..., 1] ^ chained[..., 1]
    rows = np.flatnonzero(may_be_text(ends_of_text))
    beginnings = words.reshape(-1, 2)[rows, 0] ^ _at(chained[..., 0], rows, last.shape[1])
    rows = rows[may_be_text(beginnings)]
    ends = _plain(last, before, rows)
    kept = np.flatnonzero(ends_as_text(ends, np.zeros(len(ends), np.intp)))
    text, text_ends = rows[kept], ends[kept]
    last_bytes = (ends_of_text >> np.uint64(56)).astype(np.uint8).reshape(-1)
    for padding in paddings:
        if padding.fill is not None:
            rows = np.flatnonzero(last_bytes == padding.fill)
            ends = _plain(last, before, rows)
            kept = np.flatnonzero(is_padded(ends, padding))
            unfilled = text_ends[:, -1] != padding.fill
            rows = np.concatenate([rows[kept], text[unfilled]])
            order = np.argsort(rows)
            yield padding, rows[order], np.concatenate([ends[kept], text_ends[unfilled]])[order]


def _plain(last: Bytes, before: Bytes, places: Rows) -> Bytes:
    """The blocks at these places, unchained; shape [m, 16]."""
    plain: Bytes = last.reshape(-1, BLOCK)[places] ^ _at(before, places, last.shape[1])
    return plain


def _at(before: npt.NDArray[Number], places: Rows, size: int) -> npt.NDArray[Number]:
    """What stands at these places in [keys · size], where one key or one value may stand for all."""
    keys, values = before.shape[:2]
    if keys == 1:
        found: npt.NDArray[Number] = before[0] if values == 1 else before[0][places % size]
    else:
        found = before[places // size, 0] if values == 1 else before.reshape(-1, *before.shape[2:])[places]
    return found


def padded(plain: Bytes) -> Bytes:
    """Texts of one length with PKCS#7 padding added; shape [n, length] to [n, whole blocks]."""
    amount = BLOCK - plain.shape[1] % BLOCK
    return np.pad(plain, ((0, 0), (0, amount)), constant_values=amount)


def repadded(plain: Bytes, lengths: npt.NDArray[np.intp]) -> Bytes:
    """Texts of any lengths with PKCS#7 padding instead of what follows them, zeros after it.

    Equal texts are then equal bytes, however they were padded. Shape [n, width] to [n, at most width + 16].
    """
    ends = (lengths // BLOCK + 1) * BLOCK
    width = max(plain.shape[1], int(ends.max(initial=0)))
    wide = np.zeros((len(plain), width), np.uint8)
    wide[:, : plain.shape[1]] = plain
    place = np.arange(width)
    wide[place >= ends[:, None]] = 0
    is_padding = (place >= lengths[:, None]) & (place < ends[:, None])
    return np.where(is_padding, (ends - lengths)[:, None].astype(np.uint8), wide)
