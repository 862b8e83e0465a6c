"""Findings gathered into a frame."""

from typing import Final

import polars as pl

from parsers.logs.finding import Finding, Meaning
from parsers.logs.mask import SHORTEST_RUN, mask
from parsers.logs.schema import FINDINGS

_BATCH: Final = 4096
"""As rows of Python strings findings take several times the memory that they take in a frame."""


class FindingRows:
    """Takes the findings of one stream one by one, keeps them in columns."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._frames: list[pl.DataFrame] = []
        self._rows: list[Finding] = []

    def add(self, finding: Finding) -> None:
        """Append one row."""
        self._rows.append(finding)
        if len(self._rows) == _BATCH:
            self._flush()

    def frame(self) -> pl.DataFrame:
        """All of them, with the `FINDINGS` schema."""
        if self._rows:
            self._flush()
        return pl.concat([FINDINGS.to_frame(), *self._frames])

    def _flush(self) -> None:
        meanings, heads, fields, lines = zip(*self._rows, strict=True)
        time, node, level, _ = zip(*heads, strict=True)
        columns = dict(zip(Meaning._fields, zip(*meanings, strict=True), strict=True))
        columns |= {"time": time, "node": node, "level": level, "line": lines, "fields": fields}
        frame = pl.DataFrame(columns, schema_overrides={"line": pl.Int64}).with_columns(
            source=pl.lit(self._source),
            node=_masked_words(pl.Series(node)),
            message=_masked_words(pl.Series(fields)) + pl.col("message"),
        )
        self._frames.append(frame.select(FINDINGS.names()))
        self._rows = []


def _masked_words(texts: pl.Series) -> pl.Series:
    """Fields before the message, masked: each of the few words that are long enough is looked at once."""
    words = texts.str.extract_all(rf"[A-Za-z0-9+/_%\\=-]{{{SHORTEST_RUN},}}").explode().drop_nulls().unique()
    words = words.filter(~words.str.contains(_UUID))
    masked = {word: mask(word) for word in words}
    changed = {word: harmless for word, harmless in masked.items() if harmless != word}
    return texts.str.replace_many(changed) if changed else texts


_UUID: Final = r"^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
