"""What decrypted bytes look like, for many rows at once."""

import codecs
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from audit.trial.groups import Bytes


class Content(IntEnum):
    """From the strictest class to the loosest; each contains the ones before it.

    `ASCII`: printable, with tab and line breaks. `TEXT`: strict UTF-8 (RFC 3629) of printable characters.
    `BINARY`: anything, so that the padding or tag alone speaks.
    """

    ASCII = 0
    TEXT = 1
    BINARY = 2


_WHITE_SPACE: Final = "\t\n\r"
_IS_ASCII_TEXT: Final = np.array(
    [32 <= byte < 127 or chr(byte) in _WHITE_SPACE for byte in range(256)], dtype=np.bool_
)
IS_IN_TEXT: Final = _IS_ASCII_TEXT | np.isin(np.arange(256), [*range(0x80, 0xC0), *range(0xC2, 0xF5)])
"""Bytes that printable UTF-8 can have in it at all: of random rows of 15 bytes one in 16 has no others."""

_ENOUGH_TO_READ: Final = 4
"""Bytes of a block that are text by chance once in 50 times."""

_ENOUGH_OF_UTF8: Final = 8
"""The same of bytes that are not ASCII: this many are in place by chance once in 100 times."""

_BLANKS: Final = np.uint64(0x2020202020202020)
_ONES: Final = np.uint64(0x0101010101010101)
_HIGHEST_BITS: Final = np.uint64(0x8080808080808080)
_BEYOND: Final = (
    np.where(np.arange(8) >= np.arange(9)[:, None], np.uint8(255), np.uint8(0)).view(np.uint64).reshape(9)
)
"""Bytes of a word that lie beyond the first 0 to 8 of it."""

_WORDS_A_LOOK: Final = 8
"""Words after which it is looked whether any row can still be text."""


def classify(plain: Bytes, lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.uint8]:
    """The class of each row.

    Args:
        plain: decrypted bytes, padding included; shape [n, width].
        lengths: how many bytes of each row count; shape [n].

    Returns:
        `Content` values; shape [n].
    """
    ascii_text = is_ascii_text(plain, lengths)
    classes = np.where(ascii_text, Content.ASCII, Content.BINARY).astype(np.uint8)
    others = np.flatnonzero(~ascii_text)
    for row in others[_all_within(IS_IN_TEXT, plain[others], lengths[others])]:
        if _is_text(plain[row, : lengths[row]].tobytes()):
            classes[row] = Content.TEXT
    return classes


class Damage(IntEnum):
    """Whether what is not text may be a text of whose ciphertext a byte was changed.

    In CBC such a byte garbles its block and changes one byte of the next (NIST SP 800-38A, appendix D); in a
    vector it changes one byte. `POSSIBLE`: of several blocks one is garbled, and the others are too short to
    tell. `LIKELY`: text continues around what is garbled.
    """

    NONE = 0
    POSSIBLE = 1
    LIKELY = 2


def damage(plain: Bytes, lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.uint8]:
    """The `Damage` of rows that are not text.

    Args:
        plain: decrypted bytes, padding included, whole blocks; shape [n, width].
        lengths: how many bytes of each row count; shape [n].
    """
    blocks = plain.reshape(len(plain), -1, 16)
    sizes = np.clip(lengths[:, None] - 16 * np.arange(blocks.shape[1]), 0, 16)
    beyond = np.arange(16) >= sizes[..., None]
    odd = 16 - (_IS_ASCII_TEXT[blocks] | beyond).sum(axis=2)
    readable = (odd <= 1) & (sizes >= _ENOUGH_TO_READ + odd)
    # UTF-8 has more bytes in place by chance, so more of them are needed to say something. A changed byte is
    # out of place itself, and so may be the lead that it followed.
    torn = _is_out_of_place(blocks) & ~beyond
    out_of_place = torn.sum(axis=2)
    # Two that stand apart are of two changes: in random bytes that is six times as frequent as side by side.
    one_change = (out_of_place <= 1) | ((out_of_place == 2) & (torn[..., 1:] & torn[..., :-1]).any(axis=2))
    utf8 = one_change & (sizes >= _ENOUGH_OF_UTF8 + 2 * out_of_place)
    readable |= utf8
    # A few bytes at the end decide nothing: they are neither.
    garbled = ((odd > 1) & ~utf8 & (sizes >= _ENOUGH_OF_UTF8)).sum(axis=1)
    text = readable.sum(axis=1)
    possible = np.where((garbled <= 1) & (lengths > 16), Damage.POSSIBLE, Damage.NONE)
    likely = (text > 0) & (garbled <= np.maximum(1, text - 1)) & (garbled <= 2)
    return np.where(likely, Damage.LIKELY, possible).astype(np.uint8)


def _is_out_of_place(blocks: Bytes) -> npt.NDArray[np.bool_]:
    """Bytes that no text in UTF-8 has there; a character may be cut by either end of a block. Shape as given.

    Of random bytes it is nearly half of them, of a text with one changed byte one.
    """
    follows, leads = (blocks & 0xC0) == 0x80, blocks >= 0xC0
    odd: npt.NDArray[np.bool_] = ~IS_IN_TEXT[blocks]
    odd[..., 1:] |= follows[..., 1:] & (blocks[..., :-1] < 0x80)
    odd[..., :-1] |= leads[..., :-1] & ~follows[..., 1:]
    return odd


def begins_as_text(block: bytes) -> Content:
    """The class of the first bytes of a text, of which the last character may be cut off."""
    if all(_IS_ASCII_TEXT[byte] for byte in block):
        return Content.ASCII
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(block)  # keeps an unfinished character
    except UnicodeDecodeError:
        return Content.BINARY
    return Content.TEXT if _is_printable(text) else Content.BINARY


def goes_on_as_text(piece: bytes) -> bool:
    """Whether these bytes can stand within a text; a character may be cut off at either end."""
    start = next((place for place, byte in enumerate(piece[:4]) if not 0x80 <= byte < 0xC0), 4)
    return start < 4 and begins_as_text(piece[start:]) is not Content.BINARY


def is_ascii_text(plain: Bytes, lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Whether each row is of the class ASCII; arguments as for `classify`."""
    if plain.shape[1] % 8:
        return _all_within(_IS_ASCII_TEXT, plain, lengths)
    ascii_text = is_plain_ascii(plain, lengths)
    others = np.flatnonzero(~ascii_text)
    ascii_text[others] = _all_within(_IS_ASCII_TEXT, plain[others], lengths[others])
    return ascii_text


def is_plain_ascii(plain: Bytes, lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Whether each row is printable ASCII without white space but blanks: eight bytes at a time.

    In a word, subtracting 0x20 borrows, and adding 0x01 carries, into the highest bit of some byte exactly if
    there is one below 0x20, or above 0x7e (Anderson, "Bit Twiddling Hacks": hasless and hasmore).
    """
    words = np.ascontiguousarray(plain).view(np.uint64)
    bad = np.zeros(len(plain), np.uint64)
    shortest = int(lengths.min(initial=plain.shape[1]))
    for place in range(words.shape[1]):
        word = words[:, place]
        if 8 * place + 8 > shortest:
            beyond = _BEYOND[np.minimum(np.maximum(lengths - 8 * place, 0), 8)]
            word = (word & ~beyond) | (beyond & _BLANKS)
        bad |= ((word - _BLANKS) & ~word) | (word + _ONES) | word
        if place % _WORDS_A_LOOK == _WORDS_A_LOOK - 1 and (bad & _HIGHEST_BITS).all():
            break  # what a wrong key gives shows at once
    good: npt.NDArray[np.bool_] = (bad & _HIGHEST_BITS) == 0
    return good


def _all_within(
    allowed: npt.NDArray[np.bool_], plain: Bytes, lengths: npt.NDArray[np.intp]
) -> npt.NDArray[np.bool_]:
    good: npt.NDArray[np.bool_] = allowed[plain]
    tail = int(plain.shape[1] - lengths.min(initial=plain.shape[1]))
    if tail:
        positions = np.arange(plain.shape[1] - tail, plain.shape[1])
        good[:, -tail:] |= positions >= lengths[:, None]
    within: npt.NDArray[np.bool_] = np.all(good, axis=1)
    return within


def _is_text(plain: bytes) -> bool:
    try:
        text = plain.decode("utf-8", errors="strict")
    except UnicodeDecodeError:
        return False
    return _is_printable(text)


def _is_printable(text: str) -> bool:
    return all(character.isprintable() or character in _WHITE_SPACE for character in text)
