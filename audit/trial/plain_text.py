"""What decrypted bytes look like, for many rows at once."""

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
_IS_IN_TEXT: Final = _IS_ASCII_TEXT | np.isin(np.arange(256), [*range(0x80, 0xC0), *range(0xC2, 0xF5)])
"""Bytes that printable UTF-8 can have in it at all: of random rows of 15 bytes one in 16 has no others."""


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
    for row in others[_all_within(_IS_IN_TEXT, plain[others], lengths[others])]:
        if _is_text(plain[row, : lengths[row]].tobytes()):
            classes[row] = Content.TEXT
    return classes


def is_ascii_text(plain: Bytes, lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """Whether each row is of the class ASCII; arguments as for `classify`."""
    return _all_within(_IS_ASCII_TEXT, plain, lengths)


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
    return all(character.isprintable() or character in _WHITE_SPACE for character in text)
