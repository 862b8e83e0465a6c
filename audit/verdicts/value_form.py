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

    EMPTY = 0
    EXTERNAL = 1
    PLAIN = 2
    IMPOSSIBLE = 3
    WELL_FORMED = 4


def forms(values: Views, layouts: Sequence[Layout]) -> npt.NDArray[np.uint8]:
    """The `Form` of each row.

    Args:
        values: a batch of the `STORED` schema.
        layouts: every layout that the product's values can have.
    """
    form = np.full(values.frame.height, Form.PLAIN, np.uint8)
    for encoding in (Encoding.BASE64, Encoding.HEX, Encoding.RAW):
        sizes = _sizes(values, View(encoding))
        form[sizes >= BLOCK] = Form.IMPOSSIBLE
    form[fitting(values, layouts, Layout.fits)] = Form.WELL_FORMED
    form[_is_empty(values.frame)] = Form.EMPTY
    form[_is_external(values.frame)] = Form.EXTERNAL
    return form


def fitting(
    values: Views, layouts: Iterable[Layout], fits: Callable[[Layout, int], bool]
) -> npt.NDArray[np.bool_]:
    """Rows whose encoding is that of one of these layouts, and whose decoded length fits it; shape [n]."""
    held = np.zeros(values.frame.height, np.bool_)
    wanted = list(layouts)
    for view in dict.fromkeys(View.of(layout) for layout in wanted):
        of_view = [layout for layout in wanted if View.of(layout) == view]
        sizes = _sizes(values, view)
        for size in np.unique(sizes):
            if size and any(fits(layout, int(size)) for layout in of_view):
                held |= sizes == size
    return held


def _sizes(values: Views, view: View) -> npt.NDArray[np.int64]:
    """Decoded bytes of each value; 0 where it is not written in this way."""
    return values[view].bin.size().fill_null(0).to_numpy().astype(np.int64)


def _is_external(frame: pl.DataFrame) -> npt.NDArray[np.bool_]:
    """Credentials of type EXTERNAL lie in CyberArk, Vault and the like (CloudBees docs, "Credentials")."""
    external = frame["credential_type"].str.to_uppercase() == "EXTERNAL"
    return external.fill_null(value=False).to_numpy()


def _is_empty(frame: pl.DataFrame) -> npt.NDArray[np.bool_]:
    return (frame["value"].bin.size().fill_null(0) == 0).to_numpy()
