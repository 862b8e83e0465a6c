"""The table of `layouts` for people: in 80 columns, where scripts get every name in full."""

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from reports.row_table import RowTable

if TYPE_CHECKING:
    import polars as pl

_VECTOR: Final = re.compile(r"(?<=iv-)([0-9a-f]{6})[0-9a-f]{26}")
"""A constant vector in a layout's name, of which the first digits are shown."""

_IN_FULL: Final = 1_000
_MOST: Final = 99
"""Powers of ten beyond which odds say nothing more."""

_PROOFS: Final = {"": "nothing", "known text": "a text", "data": "the data"}


def layout_rows(table: "pl.DataFrame") -> RowTable:
    """The rows of `LAYOUT_TABLE`, shortened; below each stands how others differ that may be meant."""
    several = table["system"].n_unique() > 1
    columns = ("layout", "key", "opens", "by chance", "shown by")
    rows = [list(row) for each in table.iter_rows(named=True) for row in _rows(each)]
    systems = [system for each in table.iter_rows(named=True) for system in _systems(each)]
    if several:
        rows = [[system, *row] for system, row in zip(systems, rows, strict=True)]
    return RowTable((("system",) if several else ()) + columns, rows)


def odds(p_value: float) -> str:
    """A probability as people say it: `1 in 40`, `1 in 10^9`; "" for what chance gives."""
    if p_value >= 1:
        return ""
    if p_value * _IN_FULL > 1:
        return f"1 in {1 / p_value:.0f}"
    return f"1 in 10^{min(_MOST, math.floor(-math.log10(p_value)))}"


def _rows(row: "dict[str, object]") -> Iterator[tuple[str, ...]]:
    shown_by = _PROOFS.get(str(row["proof"]), str(row["proof"]))
    opens = f"{row['opened']}/{row['tried']}"
    yield _short(str(row["layout"])), str(row["key"]), opens, odds(float(str(row["p_value"]))), shown_by
    yield from ((f"  or {each}", "", "", "", "") for each in _others(row))


def _systems(row: "dict[str, object]") -> Iterator[str]:
    yield str(row["system"])
    yield from ("" for _ in _others(row))


def _others(row: "dict[str, object]") -> list[str]:
    """What differs in the other layouts, once each; forms of the key file, which give the same key, together.

    A layout that lacks a part of this one (ECB has no vector) is named as a whole.
    """
    own = str(row["layout"]).split("/")
    others = [name.split("/") for name in str(row["same_as"]).split(", ") if name]
    differing = dict.fromkeys(
        "/".join(name[:-1] if len(name) != len(own) else [part for part in name[:-1] if part not in own])
        for name in others
    )
    forms = dict.fromkeys(name[-1] for name in others if name[-1] != own[-1])
    return [*(_short(each) for each in differing if each), *([", ".join(forms)] if forms else [])]


def _short(name: str) -> str:
    return _VECTOR.sub(r"\1…", name)
