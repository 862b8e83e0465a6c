"""Rows of findings as columns."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from parsers.logs.finding import ROW, Row
from parsers.logs.mask import LONG_STRETCH, mask
from parsers.logs.schema import FINDINGS


def finding_frame(rows: Sequence[Row]) -> pl.DataFrame:
    """One row or more, with the `FINDINGS` schema."""
    columns = dict(zip(ROW, zip(*rows, strict=True), strict=True))
    masked = {node: mask(str(node)) for node in set(columns["node"])}
    columns["node"] = tuple(masked[node] for node in columns["node"])
    frame = pl.DataFrame(columns, schema_overrides={"line": pl.Int64})
    message = _masked_words(frame["fields"]) + frame["message"]
    return frame.with_columns(message=message).select(FINDINGS.names())


def _masked_words(texts: pl.Series) -> pl.Series:
    """Fields before the message, masked: each of the few words that are long enough is looked at once."""
    words = texts.str.extract_all(LONG_STRETCH).explode().drop_nulls().unique()
    words = words.filter(~words.str.contains(_UUID))
    masked = {word: mask(word) for word in words}
    changed = {word: harmless for word, harmless in masked.items() if harmless != word}
    return texts.str.replace_many(changed) if changed else texts


_UUID: Final = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
