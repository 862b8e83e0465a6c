"""The same log met twice: an archive kept aside, a live log beside its rotated copy."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A stream, findings of which were met in another one too.

    Attributes:
        source: the stream whose findings do not count.
        of: the stream that they count in, or "" if they lie in several.
        findings: how many.
        whole: whether the two are the same from the first byte to the last.
    """

    source: str
    of: str
    findings: int
    whole: bool

    def in_words(self) -> str:
        """One line for people."""
        if self.whole:
            return f"the same as {self.of!r}: counted once"
        elsewhere = repr(self.of) if self.of else "other logs"
        return f"{self.findings} findings are in {elsewhere} too: counted there"


def count_once(
    findings: pl.DataFrame, contents: Mapping[str, str]
) -> tuple[pl.DataFrame, tuple[Duplicate, ...]]:
    """The findings without those of copies, and what the copies were.

    An entry counts as often as in the stream that has it most often: a message that is truly logged again
    stays, one that is met again in an overlapping copy does not. Entries are the same if everything but their
    position is, to the millisecond; those without a time only if the streams' whole content is the same.

    Args:
        findings: the `FINDINGS` schema, sorted by source and line; the first source keeps the entry.
        contents: `LeafReading.content` by source.
    """
    entry = findings.drop("source", "line").with_columns(
        pl.when(pl.col("time") == "").then(findings["source"].replace_strict(contents, default=""))
    )
    marked = findings.select("source", entry=entry.hash_rows()).with_row_index("row")
    copies = (
        marked.filter(pl.col("entry").is_duplicated())
        .with_columns(repetition=pl.int_range(pl.len()).over("source", "entry"))
        .with_columns(counted_in=pl.col("source").first().over("entry", "repetition"))
        .filter(pl.col("source") != pl.col("counted_in"))
    )
    kept = ~marked["row"].is_in(copies["row"].implode())
    return findings.filter(kept), _duplicates(copies, contents)


def _duplicates(dropped: pl.DataFrame, contents: Mapping[str, str]) -> tuple[Duplicate, ...]:
    first_with: dict[str, str] = {}
    for source in sorted(contents):
        first_with.setdefault(contents[source], source)
    elsewhere = {
        source: (count, counted_in)
        for source, count, counted_in in dropped.group_by("source")
        .agg(pl.len(), pl.col("counted_in").unique().sort())
        .iter_rows()
    }
    found = []
    for source in sorted(contents):
        original = first_with[contents[source]]
        count, counted_in = elsewhere.get(source, (0, []))
        if original != source:
            found.append(Duplicate(source, original, count, whole=True))
        elif count:
            found.append(Duplicate(source, counted_in[0] if len(counted_in) == 1 else "", count, whole=False))
    return tuple(found)
