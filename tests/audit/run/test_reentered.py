"""Ticks against verdicts."""

import polars as pl
import pytest

from audit.run.reentered import REENTERED, reconcile, with_reentered
from audit.verdict import Verdict
from reports.reentry_returned import ReturnedLists, ReturnedRow, UnreadList
from reports.schema import CREDENTIALS
from tests.reports.example_run import example_run


def credential(
    location: str, verdict: Verdict, *, system: str = "cloudbees-cd", owner: str = "T"
) -> pl.DataFrame:
    row = {name: "" for name, kind in CREDENTIALS.items() if kind == pl.String}
    row |= {"system": system, "location": location, "verdict": verdict.value, "owner": owner}
    return pl.DataFrame([row | {"action": verdict.action.value, "findings": 0}], schema=CREDENTIALS)


def row(
    location: str, done: str = "x", *, system: str = "cloudbees-cd", cell: str = "", path: str = "a.csv"
) -> ReturnedRow:
    return ReturnedRow(path, system, location, cell or location, "Team", done)


def states(rows: list[ReturnedRow], *credentials: pl.DataFrame) -> list[tuple[str, str]]:
    table = reconcile(ReturnedLists(tuple(rows), ()), pl.concat([CREDENTIALS.to_frame(), *credentials]))
    assert table.schema == REENTERED
    return table.select("location", "state").rows()


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.CURRENT, "readable"),
        (Verdict.OLDER_KEY, "readable"),
        (Verdict.EXTERNAL, "readable"),
        (Verdict.LOST, "still-lost"),
        (Verdict.DAMAGED, "still-lost"),
        (Verdict.EMPTY, "still-lost"),
        (Verdict.UNKNOWN, "undecided"),
        (Verdict.AMBIGUOUS, "undecided"),
        (Verdict.PLAIN_TEXT, "undecided"),
    ],
)
def test_what_a_tick_is_worth(verdict: Verdict, state: str) -> None:
    """By the verdict of today; without a tick it is not claimed, whatever the verdict."""
    assert states([row("/a")], credential("/a", verdict)) == [("/a", state)]
    assert states([row("/a", "")], credential("/a", verdict)) == [("/a", "not-claimed")]


def test_what_is_ignored_is_still_lost() -> None:
    """A rule that takes the action away does not make a tick true."""
    ignored = credential("/a", Verdict.LOST).with_columns(action=pl.lit("none"))
    assert states([row("/a")], ignored) == [("/a", "still-lost")]
    assert states([], ignored) == []


def test_what_no_list_names() -> None:
    """Still to be entered: not claimed, under its owner. Nothing to enter: not told."""
    told = reconcile(
        ReturnedLists((), ()),
        pl.concat([credential("/a", Verdict.LOST, owner="Ops"), credential("/b", Verdict.CURRENT)]),
    )
    assert told.select("location", "state", "team", "list").rows() == [("/a", "not-claimed", "Ops", "")]


def test_what_no_store_holds() -> None:
    """It is named as not found, and claims nothing."""
    assert states([row("/gone"), row("/never", "")]) == [("/gone", "not-found"), ("/never", "not-found")]


def test_one_of_several_ticks_is_enough() -> None:
    """A secret on several lists, in whatever order, is one row, and ticked if one of them says so."""
    lists = [row("/a", "", path="old.csv"), row("/a", path="new.csv"), row("/a", "no", path="other.csv")]
    for rows in (lists, lists[::-1]):
        told = reconcile(ReturnedLists(tuple(rows), ()), credential("/a", Verdict.LOST))
        assert told.select("state", "done", "list").rows() == [("still-lost", "x", "new.csv")]


def test_the_system_counts_where_it_is_told() -> None:
    """The same location in two products is two secrets; a list without the column means both."""
    stores = (credential("/a", Verdict.LOST), credential("/a", Verdict.CURRENT, system="octopus"))
    assert states([row("/a", system="octopus")], *stores) == [("/a", "not-claimed"), ("/a", "readable")]
    assert states([row("/a", system="")], *stores) == [("/a", "still-lost"), ("/a", "readable")]


@pytest.mark.parametrize(
    ("stored", "location", "cell"),
    [("=a", "=a", "'=a"), ("'=a", "=a", "'=a"), ("/a\r\nb\rc", "/a\nb\nc", ""), ("/a\nb", "/a\r\nb", "")],
)
def test_locations_that_spreadsheets_change(stored: str, location: str, cell: str) -> None:
    """A protecting apostrophe or one of its own, line breaks of another system: it is found."""
    assert states([row(location, cell=cell)], credential(stored, Verdict.CURRENT)) == [(stored, "readable")]


def test_the_run_tells_the_numbers() -> None:
    """Counts by state; a tick in vain needs attention; a list that cannot be read makes it incomplete."""
    run = example_run(5)
    clean = run.__class__(
        summary=run.summary.model_copy(update={"exit_code": 0}),
        credentials=run.credentials,
        findings=run.findings,
        unread=run.unread,
    )
    codes = []
    for verdict, unread in (
        (Verdict.CURRENT, ()),
        (Verdict.EMPTY, ()),
        (Verdict.EMPTY, (UnreadList("b", "no"),)),
    ):
        returned = ReturnedLists((row("/a"),), unread)
        told = with_reentered(clean, reconcile(returned, credential("/a", verdict)), returned)
        codes.append((told.summary.exit_code, told.summary.reentered, told.unread.height - run.unread.height))
    assert codes == [(0, {"readable": 1}, 0), (10, {"still-lost": 1}, 0), (3, {"still-lost": 1}, 1)]
