"""What is wrong with a value that should be `base64(ciphertext)|base64(vector)`, as Octopus writes it."""

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.layouts.layout import BLOCK
from audit.verdicts.case import Case
from parsers.keys.aes_forms import decode_base64


def malformed(values: pl.Series) -> npt.NDArray[np.uint8]:
    """The case of each value, given that it is not well-formed; shape [n].

    Args:
        values: stored values, Binary, none of them empty.
    """
    return np.array([_case(value) for value in values.to_list()], np.uint8)


def _case(value: bytes) -> Case:
    """Damaged only where some part shows that it was encrypted once: a block or more of canonical base64."""
    parts = [part.strip() for part in value.split(b"|")]
    decoded = [decode_base64(part) for part in parts]
    if max(map(len, decoded)) < BLOCK:
        return Case.NEVER_SEALED
    if len(parts) == 1:
        return Case.NO_BAR
    if len(parts) > 2:
        return Case.MORE_BARS
    if not parts[0]:
        return Case.NO_CIPHERTEXT
    if any(part and not bytes_ for part, bytes_ in zip(parts, decoded, strict=True)):
        return Case.BAD_BASE64
    return Case.VECTOR_SIZE if len(decoded[1]) != BLOCK else Case.NO_BLOCKS
