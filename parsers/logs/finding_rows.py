"""Findings gathered into a frame."""

from typing import Final

import polars as pl

from parsers.logs.finding import Finding
from parsers.logs.schema import FINDINGS

_BATCH: Final = 4096
"""As rows of Python strings findings take several times the memory that they take in a frame."""


class FindingRows:
    """Takes findings one by one, keeps them in columns."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._rows: list[Finding] = []

    def add(self, finding: Finding) -> None:
        """Append one row."""
        self._rows.append(finding)
        if len(self._rows) == _BATCH:
            self._frames.append(_columns(self._rows))
            self._rows = []

    def frame(self) -> pl.DataFrame:
        """All of them, with the `FINDINGS` schema."""
        return pl.concat([*self._frames, _columns(self._rows)])


def _columns(rows: list[Finding]) -> pl.DataFrame:
    if not rows:
        return FINDINGS.to_frame()
    return pl.DataFrame(dict(zip(FINDINGS, zip(*rows, strict=True), strict=True)), schema=FINDINGS)
