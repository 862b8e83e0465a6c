"""The rows that the page carries, packed so that a browser reads 200,000 of them at once."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl
from markupsafe import Markup

from reports.wording import ACTIONS

ROW_LIMIT: Final = 200_000
"""Credentials that a page holds at most; beyond that only those that need action or contradict the logs."""

FINDING_LIMIT: Final = 20_000
_MESSAGE_LENGTH: Final = 2_000
_NO_ACTION: Final = list(ACTIONS).index("none")
_LEFT_OUT: Final = ("value_digest",)
_FINDING_COLUMNS: Final = ("kind", "subject_kind", "subject", "project", "time", "source", "line", "message")


@dataclass(frozen=True, slots=True, eq=False)
class PageRows:
    """What a page shows in its table, and how much it leaves out.

    Attributes:
        credentials: the rows of the table.
        left_out_open: credentials that need action, and are not among them.
        findings: the log entries that rows unfold, oldest first.
        total: credentials that the run has.
        total_findings: log entries that name something, in the run.
    """

    credentials: pl.DataFrame
    left_out_open: int
    findings: pl.DataFrame
    total: int
    total_findings: int


def page_rows(
    credentials: pl.DataFrame,
    findings: pl.DataFrame,
    *,
    single_kinds: Collection[str] = (),
    row_limit: int = ROW_LIMIT,
) -> PageRows:
    """The most urgent first; beyond the limit only those that need action or contradict the logs.

    Args:
        credentials: of the run.
        findings: of the run.
        single_kinds: kinds of which a server holds one: log entries about it need no name.
        row_limit: how many credentials the page holds at most.
    """
    need = credentials.select(urgency=_urgency("action"), contradicts=pl.col("disagreement") != "")
    need = need.with_row_index("row")
    if need.height > row_limit:
        need = need.filter((pl.col("urgency") < _NO_ACTION) | pl.col("contradicts"))
    ordered = need.sort("urgency", maintain_order=True)
    chosen = ordered["row"].head(row_limit)
    rows = credentials.drop(_LEFT_OUT)[chosen]
    names = (pl.col("subject") != "") | pl.col("subject_kind").is_in(sorted(single_kinds))
    named = findings.filter(names).select(_FINDING_COLUMNS)
    shown = named.sort("time", maintain_order=True).tail(FINDING_LIMIT)
    return PageRows(
        credentials=rows,
        left_out_open=int((ordered["urgency"].slice(row_limit) < _NO_ACTION).sum()),
        findings=shown.with_columns(pl.col("message").str.slice(0, _MESSAGE_LENGTH)),
        total=credentials.height,
        total_findings=named.height,
    )


def _urgency(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(list(ACTIONS), range(len(ACTIONS)), return_dtype=pl.Int8)


def data_block(rows: PageRows, single_kinds: Collection[str] = ()) -> Iterator[Markup]:
    """The rows as JSON for a `<script>` element, piece by piece: as a whole they would take much memory."""
    yield Markup('{"credentials":')
    yield from _packed(rows.credentials)
    yield Markup(',"findings":')
    yield from _packed(rows.findings)
    yield Markup(',"single_kinds":{}}}').format(json_block(sorted(single_kinds)))


def _packed(frame: pl.DataFrame) -> Iterator[Markup]:
    """The frame by columns; one that repeats itself as its values and, for each row, a number into them."""
    yield Markup('{{"height":{},"columns":{{').format(frame.height)
    for number, column in enumerate(frame):
        yield Markup("{}{}:{}").format(
            "," if number else "", json_block(column.name), json_block(_packed_column(column))
        )
    yield Markup("}}")


def _packed_column(column: pl.Series) -> dict[str, object]:
    values = column.unique(maintain_order=True)
    if 2 * len(values) > len(column):
        return {"values": column.to_list()}
    numbers = pl.DataFrame({"value": values}).with_row_index("number")
    codes = column.to_frame("value").join(
        numbers, on="value", how="left", nulls_equal=True, maintain_order="left"
    )
    return {"values": values.to_list(), "codes": codes["number"].to_list()}


def json_block(content: object) -> Markup:
    """JSON that can stand inside a `<script>` element: nothing in it ends the element or begins a comment."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  # made safe just above
