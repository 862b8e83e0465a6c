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


def classify(plain: Bytes, lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.uint8]:
    """The class of each row.

    Args:
        plain: decrypted bytes, padding included; shape [n, width].
        lengths: how many bytes of each row count; shape [n].

    Returns:
        `Content` values; shape [n].
    """
    good = _IS_ASCII_TEXT[plain]
    tail = int(plain.shape[1] - lengths.min(initial=plain.shape[1]))
    if tail:
        positions = np.arange(plain.shape[1] - tail, plain.shape[1])
        good[:, -tail:] |= positions >= lengths[:, None]
    classes = np.where(good.all(axis=1), Content.ASCII, Content.BINARY).astype(np.uint8)
    for row in np.flatnonzero(classes == Content.BINARY):
        if _is_text(plain[row, : lengths[row]].tobytes()):
            classes[row] = Content.TEXT
    return classes


def _is_text(plain: bytes) -> bool:
    try:
        text = plain.decode("utf-8", errors="strict")
    except UnicodeDecodeError:
        return False
    return all(character.isprintable() or character in _WHITE_SPACE for character in text)
