"""Values that were encrypted twice: what lies inside is judged, and the outer value gets its verdict."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from audit.keys.key_ring import KeyRing
from audit.trial.best import Best
from audit.trial.hypothesis import Hypothesis
from audit.trial.inner_values import InnerValues
from audit.verdict import Confidence, Verdict
from audit.verdicts.case import Case, Reasons

Opener = tuple[Hypothesis, ...]
"""What opens a value, the outer key first: more than one where it was encrypted twice."""

_SURE: Final = (Confidence.PROVEN, Confidence.STRONG)


def inner_batches(
    batches: Sequence[pl.DataFrame],
    inner: Sequence[InnerValues],
    bests: Sequence[Best],
    sure: Sequence[npt.NDArray[np.bool_]],
    tried: Sequence[Hypothesis],
) -> list[pl.DataFrame]:
    """Values found under another encryption, in the form of `STORED`; `record` is their place."""
    found = []
    for number, (batch, best) in enumerate(zip(batches, bests, strict=True)):
        texts = inner[number].of(best, sure[number], tried)
        if texts:
            rows = sorted(texts)
            found.append(
                batch[rows].with_columns(
                    pl.Series("value", [texts[row] for row in rows], pl.Binary),
                    pl.lit(None, pl.Binary).alias("iv"),
                    pl.Series("record", [f"{number} {row}" for row in rows]),
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class InnerVerdicts:
    """The verdicts on the values found under another encryption.

    Attributes:
        frame: their judgements; `record` is the place of the outer value.
        cases: shape [n].
        tags: as of any value; shape [n, 2].
        opener: what opens the value of a row.
    """

    frame: pl.DataFrame
    cases: npt.NDArray[np.uint8]
    tags: npt.NDArray[np.uint64]
    opener: Callable[[int], Opener]


@dataclass(slots=True)
class OuterVerdicts:
    """The verdicts of all values, to which those of what lies inside are put.

    Attributes:
        frames: judgements, by batch; exchanged in place.
        tags: by batch; changed in place.
        inside: by row of all batches together, what opens the inner value.
        outer: by label, how many values that key opens to what another key opens.
    """

    ring: KeyRing
    frames: list[pl.DataFrame]
    tags: list[npt.NDArray[np.uint64]]
    inside: dict[int, Opener] = field(default_factory=dict)
    outer: Counter[str] = field(default_factory=Counter)

    def put(self, inner: InnerVerdicts) -> None:
        """Give values that hold another the verdict of what lies inside.

        What opens there with certainty has a verdict of its own. What opens only weakly, or fits a layout
        that hides it from every key, may be a secret that looks like it: then nothing is certain.
        """
        rows = inner.frame.with_row_index("inner").with_columns(case=pl.Series(inner.cases))
        sure = pl.col("confidence").is_in(_SURE) & pl.col("opened_by").ne("")
        place = pl.col("record").str.split(" ").list
        rows = rows.with_columns(
            sure.alias("sure"),
            place.first().cast(pl.UInt32).alias("batch"),
            place.last().cast(pl.UInt32).alias("row"),
        )
        starts = np.cumsum([0, *(frame.height for frame in self.frames)]).tolist()
        for number, start in enumerate(starts[:-1]):
            mine = rows.filter(pl.col("batch") == number)
            self._put_certain(number, start, mine.filter("sure"), inner)
            others = mine.filter(~pl.col("sure"))
            weak = others.filter(pl.col("opened_by") != "")
            self._put_doubtful(number, weak["row"].to_list(), Case.TWICE_WEAK, weak["opened_by"].to_list())
            hidden = others.filter(pl.col("case") == Case.HIDDEN)["row"].to_list()
            self._put_doubtful(number, hidden, Case.TWICE_HIDDEN)

    def put_signs(self, number: int, rows: Sequence[int]) -> None:
        """Of values whose first block is not settled, and what shows of them ends as ciphertext does."""
        inside = [row for row in rows if "encrypted twice" not in self.frames[number]["reason"][row]]
        self._put_doubtful(number, inside, Case.TWICE_UNSETTLED)

    def _put_certain(self, number: int, start: int, mine: pl.DataFrame, inner: InnerVerdicts) -> None:
        if not mine.height:
            return
        rows = mine["row"]
        outer = self.frames[number][rows.to_list()]
        self.outer.update(outer["opened_by"].to_list())
        layout = [f"{out} > {into}" for out, into in zip(outer["layout"], mine["layout"], strict=True)]
        for row, within in zip(rows, mine["inner"], strict=True):
            self.inside[start + row] = inner.opener(within)
        case = [Case.TWICE if text in _SURE else Case.TWICE_TWO_TEXTS for text in mine["text_confidence"]]
        columns = ("opened_by", "fingerprint", "confidence", "text_confidence", "false_positive")
        put = mine.select(columns).with_columns(layout=pl.Series(layout, dtype=pl.String))
        self._exchange(number, rows, case, mine["opened_by"].to_list(), put)
        self.tags[number][rows.to_numpy()] = inner.tags[mine["inner"].to_numpy()]

    def _put_doubtful(
        self, number: int, rows: Sequence[int], case: Case, labels: Sequence[str] | None = None
    ) -> None:
        """Only what would pass for a value in order is changed."""
        of_row = dict(zip(rows, labels or [""] * len(rows), strict=True))
        passing = self.frames[number]["verdict"] == Verdict.CURRENT
        kept = [row for row in of_row if passing[row]]
        if not kept:
            return
        outer = self.frames[number][kept]
        columns = outer.select(
            "opened_by", "fingerprint", "confidence", "false_positive", "layout"
        ).with_columns(text_confidence=pl.lit(str(Confidence.WEAK)))
        self._exchange(
            number,
            pl.Series(kept, dtype=pl.UInt32),
            [case] * len(kept),
            [of_row[row] for row in kept],
            columns,
        )
        self.tags[number][kept] = 0

    def _exchange(
        self,
        number: int,
        rows: pl.Series,
        case: Sequence[Case],
        labels: Sequence[str],
        columns: pl.DataFrame,
    ) -> None:
        current = self.ring.current
        reasons = Reasons(tuple(key.label for key in self.ring.keys), current.label if current else "")
        put = columns.with_columns(
            verdict=pl.Series([str(each.verdict) for each in case]),
            action=pl.Series([str(each.verdict.action) for each in case]),
            reason=pl.Series([reasons.of(each, label) for each, label in zip(case, labels, strict=True)]),
        )
        frame = self.frames[number]
        self.frames[number] = frame.with_columns(frame[name].scatter(rows, put[name]) for name in put.columns)
