"""Cells that no spreadsheet takes for a formula, and back."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # whoever has a frame has imported it
    import polars as pl

_START = tuple("=+-@\t\r\n＝＋－＠'")  # noqa: RUF001  # full-width forms: spreadsheets take them for formulas too
_STARTS = re.escape("".join(_START))
_DANGEROUS = f"^([{_STARTS}])"
_PROTECTED = f"^'([{_STARTS}])"


def protect(frame: "pl.DataFrame") -> "pl.DataFrame":
    """Puts `'` before every text cell that begins as a formula may, or with `'`."""
    import polars as pl

    # Most columns have no such cell, and to look costs a quarter of replacing.
    found = frame.select(pl.col(pl.String).str.contains(_DANGEROUS).any())
    dangerous = [column.name for column in found if column.item()]
    return frame.with_columns(pl.col(dangerous).str.replace(_DANGEROUS, "'${1}"))


def protected(cell: str) -> str:
    """One cell, as `protect`."""
    return "'" + cell if cell.startswith(_START) else cell


def unprotect(frame: "pl.DataFrame") -> "pl.DataFrame":
    """The exact inverse of `protect`; a cell that `protect` cannot have made stays as it is."""
    import polars as pl

    return frame.with_columns(pl.col(pl.String).str.replace(_PROTECTED, "${1}"))


def unprotected(cell: str) -> str:
    """One cell, as `unprotect`."""
    return re.sub(_PROTECTED, r"\1", cell)
