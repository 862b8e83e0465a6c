"""PKCS#7 padding (RFC 5652, section 6.3), checked over all its bytes for many rows at once."""

import numpy as np
import numpy.typing as npt

from audit.trial.groups import Bytes

_POSITIONS = np.arange(16, dtype=np.uint8)


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
    amount = last_blocks[:, 15:16]
    outside = (np.uint8(16) - amount) > _POSITIONS
    strict: npt.NDArray[np.bool_] = ((last_blocks == amount) | outside).all(axis=1)
    return strict & may_be_padded(amount[:, 0])
