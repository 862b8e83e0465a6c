"""What teams say they have entered again, against what opens now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from typing import Any, Final

import polars as pl

from audit.exit_codes import ExitCode, exit_code
from audit.verdict import Action, Verdict
from parsers.unread import Unread
from reports.reentry_returned import ReturnedLists, ReturnedRow
from reports.run import Run
from reports.schema import UNREAD


class ReentryState(StrEnum):
    """What became of a secret that was to be entered again, the most urgent first.

    `still-lost`: ticked, and still to be entered. `undecided`: ticked, and nobody can say whether it opens.
    `not-claimed`: to be entered, or listed, and not ticked. `not-found`: listed, and not in the stores read.
    `readable`: ticked, and it opens, or is kept in another system now.
    """

    STILL_LOST = "still-lost"
    UNDECIDED = "undecided"
    NOT_CLAIMED = "not-claimed"
    NOT_FOUND = "not-found"
    READABLE = "readable"


CLAIMED_IN_VAIN: Final = (ReentryState.STILL_LOST, ReentryState.UNDECIDED)

REENTERED: Final = pl.Schema(
    {
        "state": pl.Enum(ReentryState),
        "team": pl.String(),
        "system": pl.String(),
        "project": pl.String(),
        "name": pl.String(),
        "location": pl.String(),
        "verdict": pl.String(),
        "done": pl.String(),
        "list": pl.String(),
    }
)
"""One row a secret that is listed, or still to be entered; `list` is "" where no list names it."""

_Row = Mapping[str, Any]


def reconcile(returned: ReturnedLists, credentials: pl.DataFrame) -> pl.DataFrame:
    """Put ticks and verdicts side by side.

    A secret that several lists name counts as ticked if one of them says so.

    Args:
        returned: the lists.
        credentials: a run's frame of credentials, later than the lists.

    Returns:
        A frame in the `REENTERED` schema, sorted by state, team and where to click.
    """
    named = credentials.select(
        *("system", "project", "name", "location", "verdict", "action", "owner"),
        place=pl.col("location").str.replace_all("\r\n?", "\n"),
    )
    places = pl.Series(sorted({place for row in returned.rows for place in _places(row)}), dtype=pl.String)
    on_a_list = pl.col("place").is_in(places)
    candidates = named.filter(on_a_list).to_dicts()
    row_of, not_found = _matched(returned.rows, candidates)
    rows = [_row(candidate, row_of.get(number)) for number, candidate in enumerate(candidates)]
    rows += [_lost_from_sight(row) for row in not_found]
    listed = pl.DataFrame([row for row in rows if row is not None], schema=REENTERED)
    waiting = named.filter(~on_a_list & (pl.col("action") == Action.RE_ENTER))
    table = pl.concat([listed, _not_claimed(waiting)])
    return table.sort("state", "team", "system", "project", "location", "list")


def with_reentered(run: Run, table: pl.DataFrame, returned: ReturnedLists) -> Run:
    """The run with the numbers of `reconcile`; lists that could not be read make it incomplete."""
    counts = dict(table["state"].value_counts().iter_rows())
    unread = [Unread(path=each.path, member="", reason=each.reason) for each in returned.unread]
    before = run.summary.exit_code
    code = exit_code(
        complete=before != ExitCode.INCOMPLETE and not unread,
        attention=before == ExitCode.ATTENTION or any(state in counts for state in CLAIMED_IN_VAIN),
    )
    states = {state.value: counts[state] for state in ReentryState if state in counts}
    return replace(
        run,
        summary=run.summary.model_copy(update={"reentered": states, "exit_code": int(code)}),
        unread=pl.concat([run.unread, pl.DataFrame([asdict(each) for each in unread], schema=UNREAD)]),
    )


def _not_claimed(credentials: pl.DataFrame) -> pl.DataFrame:
    return credentials.select(
        pl.lit(ReentryState.NOT_CLAIMED.value, REENTERED["state"]).alias("state"),
        pl.col("owner").alias("team"),
        *("system", "project", "name", "location", "verdict"),
        pl.lit("").alias("done"),
        pl.lit("").alias("list"),
    )


def _matched(
    rows: Iterable[ReturnedRow], candidates: Sequence[_Row]
) -> tuple[dict[int, ReturnedRow], list[ReturnedRow]]:
    """What the lists report of each candidate, a tick before none; and the rows that name none."""
    numbers: dict[str, list[int]] = {}
    for number, candidate in enumerate(candidates):
        numbers.setdefault(candidate["place"], []).append(number)
    row_of: dict[int, ReturnedRow] = {}
    not_found = []
    for row in rows:
        meant = _meant(row, numbers, candidates)
        for number in meant:
            if number not in row_of or (row.claimed and not row_of[number].claimed):
                row_of[number] = row
        if not meant:
            not_found.append(row)
    return row_of, not_found


def _meant(row: ReturnedRow, numbers: Mapping[str, list[int]], candidates: Sequence[_Row]) -> list[int]:
    for place in _places(row):
        found = numbers.get(place, ())
        if meant := [number for number in found if row.system in {"", candidates[number]["system"]}]:
            return meant
    return []


def _places(row: ReturnedRow) -> list[str]:
    """How the location may read in the store: spreadsheets write every line break in their own way."""
    return [text.replace("\r\n", "\n").replace("\r", "\n") for text in (row.location, row.cell)]


def _row(candidate: _Row, returned: ReturnedRow | None) -> dict[str, Any] | None:
    place = {name: candidate[name] for name in ("system", "project", "name", "location", "verdict")}
    if returned is None:
        waiting = candidate["action"] == Action.RE_ENTER
        state = ReentryState.NOT_CLAIMED
        return (
            place | {"state": state, "team": candidate["owner"], "done": "", "list": ""} if waiting else None
        )
    state = _state(candidate) if returned.claimed else ReentryState.NOT_CLAIMED
    team = returned.team or candidate["owner"]
    return place | {"state": state, "team": team, "done": returned.done, "list": returned.path}


def _state(candidate: _Row) -> ReentryState:
    verdict = Verdict(candidate["verdict"])  # not its action: what is ignored has none
    if verdict.action is Action.RE_ENTER or verdict is Verdict.EMPTY:
        return ReentryState.STILL_LOST
    if verdict.action is Action.INVESTIGATE:
        return ReentryState.UNDECIDED
    return ReentryState.READABLE


def _lost_from_sight(row: ReturnedRow) -> dict[str, Any]:
    claim = {"team": row.team, "system": row.system, "location": row.location, "done": row.done}
    return claim | {
        "state": ReentryState.NOT_FOUND,
        "project": "",
        "name": "",
        "verdict": "",
        "list": row.path,
    }
