"""Findings gathered: a few as they are, many as columns."""

from typing import TYPE_CHECKING, Final

from parsers.logs.finding import Finding, Row, flat

if TYPE_CHECKING:  # a search without findings does not need polars, and one with few only at its end
    import polars as pl

_BATCH: Final = 4096
"""As rows of Python strings findings take several times the memory that they take in a frame."""


class FindingRows:
    """Takes findings one by one, keeps them in batches of columns."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._rows: list[Row] = []

    def add(self, source: str, finding: Finding) -> None:
        """Append one row."""
        self._rows.append(flat(source, finding))
        if len(self._rows) == _BATCH:
            self._flush()

    def take(self, other: "FindingRows") -> None:
        """Append what `other` has, and leave it empty."""
        frames, rows = other.handed_over()
        self._frames += frames
        self._rows += rows
        if len(self._rows) >= _BATCH:
            self._flush()

    def handed_over(self) -> "tuple[list[pl.DataFrame], list[Row]]":
        """All of them; none is left here."""
        frames, rows, self._frames, self._rows = self._frames, self._rows, [], []
        return frames, rows

    def frame(self) -> "pl.DataFrame":
        """All of them, with the `FINDINGS` schema."""
        import polars as pl

        from parsers.logs.schema import FINDINGS

        if self._rows:
            self._flush()
        return pl.concat([FINDINGS.to_frame(), *self._frames])

    def _flush(self) -> None:
        from parsers.logs.finding_frame import finding_frame

        self._frames.append(finding_frame(self._rows))
        self._rows = []
