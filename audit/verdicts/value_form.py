"""What a stored value can be by its form alone, before any key is tried."""

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.layouts.layout import BLOCK, Encoding, Layout
from audit.trial.views import View, Views


class Form(IntEnum):
    """By its form a value is one of these.

    `PLAIN`: neither base64 nor hex nor raw bytes, or shorter than a block. `IMPOSSIBLE`: written like
    ciphertext, but of a length that no layout of its product has. `WELL_FORMED`: some layout has its length.
    """

    PLAIN = 0
    IMPOSSIBLE = 1
    WELL_FORMED = 2


def forms(values: Views, layouts: Sequence[Layout]) -> npt.NDArray[np.uint8]:
    """The `Form` of each row.

    Args:
        values: a batch with the columns `value` and `iv`.
        layouts: every layout that the product's values can have.
    """
    form = np.full(values.frame.height, Form.PLAIN, np.uint8)
    form[decoded_sizes(values) > 0] = Form.IMPOSSIBLE
    form[fitting(values, layouts, Layout.fits)] = Form.WELL_FORMED
    return form


def fitting(
    values: Views, layouts: Iterable[Layout], fits: Callable[[Layout, int], bool]
) -> npt.NDArray[np.bool_]:
    """Rows whose encoding is that of one of these layouts, and whose decoded length fits it; shape [n]."""
    held = np.zeros(values.frame.height, np.bool_)
    wanted = list(layouts)
    for view in dict.fromkeys(View.of(layout) for layout in wanted):
        of_view = [layout for layout in wanted if View.of(layout) == view]
        sizes = values[view].bin.size()
        good = [size for size in sizes.drop_nulls().unique() if any(fits(each, size) for each in of_view)]
        held |= sizes.is_in(good).fill_null(value=False).to_numpy()
    return held


def decoded_sizes(values: Views) -> npt.NDArray[np.int64]:
    """Bytes of each value, decoded in a way that gives a block or more, hex before base64; 0 for others."""
    found = np.zeros(values.frame.height, np.int64)
    for encoding in (Encoding.RAW, Encoding.BASE64, Encoding.HEX):
        here = values[View(encoding)].bin.size().fill_null(0).to_numpy()
        found = np.where(here >= BLOCK, here, found)
    return found


def is_external(frame: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Credentials of type EXTERNAL lie in CyberArk, Vault and the like (CloudBees docs, "Credentials")."""
    external = frame["credential_type"].str.to_uppercase() == "EXTERNAL"
    return external.fill_null(value=False).to_numpy()


def is_empty(frame: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Rows without a stored value."""
    return (frame["value"].bin.size().fill_null(0) == 0).to_numpy()
