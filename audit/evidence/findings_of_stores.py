"""Findings from stores, in the schema of those from logs."""

from collections.abc import Iterable, Mapping

import polars as pl

from parsers.logs.schema import FINDINGS
from parsers.stores.interface import Uncovered


def uncovered_findings(uncovered: Iterable[Uncovered], systems: Mapping[str, str]) -> pl.DataFrame:
    """A row for each place where values look like ciphertext and no mapping expects one.

    Args:
        uncovered: what the stores reported.
        systems: the product of each store, by the store's label.
    """
    blank = dict.fromkeys(FINDINGS.names(), "")
    rows = [
        {
            **blank,
            "system": systems.get(each.store, ""),
            "kind": "uncovered",
            "subject": each.place,
            "level": "WARN",
            "source": each.store,
            "line": None,
            "message": f"{each.count} values look like ciphertext{_form(each)} in {each.place}, "
            "which is not mapped",
        }
        for each in uncovered
    ]
    return pl.DataFrame(rows, schema=FINDINGS)


def _form(each: Uncovered) -> str:
    return f" ({each.form})" if each.form else ""
