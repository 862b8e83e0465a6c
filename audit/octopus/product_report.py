"""The audit of Octopus' documents in the form of the product's own rotation report, without the key."""

from typing import Final

import polars as pl

from audit.octopus.documents import DocumentCounts
from reports.terminal import visible

_BANNER: Final = "=" * 80
_RULE: Final = "-" * 80
_LISTED: Final = 1_000


def product_report(counts: DocumentCounts, documents: pl.DataFrame, *, current: str) -> str:
    """The report; its counts add up, which the product's do not.

    Args:
        counts: of all documents.
        documents: as `judged_documents` gives them.
        current: the current key's label, or "".
    """
    total = counts.total
    lines = [
        _BANNER,
        "ROTATE MASTER KEY REPORT",
        _BANNER,
        visible(f"New Master Key (not shown): {current or 'not known'}"),
        f"Processed {total} documents.",
        f"{counts.current}/{total} documents were updated",
        f"{counts.left}/{total} documents were left unchanged due to errors",
        f"{counts.without}/{total} documents hold no encrypted value",
        "",
    ]
    for title, state, count in (
        ("Still under an older master key", "older", counts.older),
        ("Opened by no key, damaged or not encrypted", "unopened", counts.unopened),
    ):
        lines += [_RULE, title, f"{count}/{total} documents", _RULE, *_named(documents, state), ""]
    return "\n".join(lines)


def _named(documents: pl.DataFrame, state: str) -> list[str]:
    of_state = documents.filter(pl.col("state") == state)
    named = [visible(f"{table}: {document}") for table, document, _ in of_state.head(_LISTED).rows()]
    more = of_state.height - len(named)
    return [*named, f"… and {more} more"] if more else named
