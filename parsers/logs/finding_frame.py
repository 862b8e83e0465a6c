"""Findings as columns."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from parsers.logs.finding import Finding, Meaning
from parsers.logs.mask import LONG_STRETCH, mask
from parsers.logs.schema import FINDINGS


def finding_frame(rows: Sequence[tuple[str, Finding]]) -> pl.DataFrame:
    """Findings with the source of each, one or more, with the `FINDINGS` schema."""
    sources, findings = zip(*rows, strict=True)
    meanings, heads, fields, lines = zip(*findings, strict=True)
    time, node, level, _ = zip(*heads, strict=True)
    harmless = {name: mask(name) for name in set(node)}
    columns = dict(zip(Meaning._fields, zip(*meanings, strict=True), strict=True))
    columns |= {"source": sources, "time": time, "level": level, "line": lines}
    columns["node"] = tuple(harmless[name] for name in node)
    frame = pl.DataFrame(columns, schema_overrides={"line": pl.Int64})
    message = _masked_words(pl.Series(fields)) + frame["message"]
    return frame.with_columns(message=message).select(FINDINGS.names())


def _masked_words(texts: pl.Series) -> pl.Series:
    """Fields before the message, masked: each of the few words that are long enough is looked at once."""
    words = texts.str.extract_all(LONG_STRETCH).explode().drop_nulls().unique()
    words = words.filter(~words.str.contains(_UUID))
    masked = {word: mask(word) for word in words}
    changed = {word: harmless for word, harmless in masked.items() if harmless != word}
    return texts.str.replace_many(changed) if changed else texts


_UUID: Final = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
