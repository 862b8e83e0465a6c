"""PKCS#7 padding (RFC 5652, section 6.3), checked over all its bytes for many rows at once."""

from typing import Final

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK
from audit.trial.groups import Bytes

_AMOUNTS: Final = np.arange(17, dtype=np.uint8)[:, None]
_PADDING: Final = np.repeat(_AMOUNTS, 16, axis=1).view(np.uint64)
_IS_PADDING: Final = np.where(np.arange(16) >= 16 - _AMOUNTS, np.uint8(255), np.uint8(0)).view(np.uint64)
"""Blocks as two words, by the amount of padding: its bytes, and where they are."""


def may_be_padded(last_bytes: Bytes) -> npt.NDArray[np.bool_]:
    """A screen on the last byte alone: one value in 16 of random ones passes.

    Args:
        last_bytes: the last byte of each row; shape [n].
    """
    passes: npt.NDArray[np.bool_] = (last_bytes - np.uint8(1)) < np.uint8(16)  # 0 wraps round to 255
    return passes


def is_padded(last_blocks: Bytes) -> npt.NDArray[np.bool_]:
    """Whether all the bytes that the last one speaks for equal it; shape [n, 16] to [n].

    A random block passes with probability 256⁻¹ + 256⁻² + … = 0.392 %: padding proves nothing by itself.
    """
    amount = last_blocks[:, 15]
    possible = may_be_padded(amount)
    looked_up = np.where(possible, amount, np.uint8(0))
    words = np.ascontiguousarray(last_blocks).view(np.uint64)
    wrong = (words ^ np.take(_PADDING, looked_up, axis=0)) & np.take(_IS_PADDING, looked_up, axis=0)
    strict: npt.NDArray[np.bool_] = (wrong[:, 0] | wrong[:, 1]) == 0
    return strict & possible


def padded(plain: Bytes) -> Bytes:
    """Texts of one length with padding behind; shape [n, length] to [n, whole blocks]."""
    amount = BLOCK - plain.shape[1] % BLOCK
    return np.pad(plain, ((0, 0), (0, amount)), constant_values=amount)
