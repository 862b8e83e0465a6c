"""What has become of credentials from run to run."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.run.diff import CHANGES, NEED_ATTENTION, Change, by_team, compare
from audit.verdict import Action, Verdict
from reports.schema import CREDENTIALS
from tests.reports.example_run import example_run


def run(**verdicts: str) -> pl.DataFrame:
    """A run: `location=verdict`, or `location="lost ignored"`."""
    rows = []
    for name, told in verdicts.items():
        verdict, _, ignored = told.partition(" ")
        action = Action.NONE if ignored else Verdict(verdict).action
        rows.append(row(name, verdict, action.value))
    return frame(rows)


def row(name: str, verdict: str, action: str, **other: str) -> dict[str, str]:
    told = {"system": "cloudbees-cd", "kind": "credential", "location": f"/{name}", "name": name}
    return told | {"verdict": verdict, "action": action, "owner": "team", "reason": verdict} | other


def frame(rows: list[dict[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=CREDENTIALS).with_columns(pl.col(pl.String).fill_null(""))


def changes(*runs: pl.DataFrame) -> dict[str, str]:
    compared = compare(runs)
    assert compared.schema == CHANGES
    assert compared.null_count().sum_horizontal().sum() == 0
    return dict(compared.select("name", "change").iter_rows())


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("lost", "current", "fixed"),
        ("older-key", "empty", "fixed"),
        ("lost", "older-key", "still"),
        ("unknown", "lost", "still"),
        ("current", "lost", "regressed"),
        ("older-key", "lost", "regressed"),  # that key is gone, or the value was harmed
        ("older-key", "unknown", "regressed"),
        ("older-key", "older-key", "still"),
        ("current", "older-key", "regressed"),
        ("external", "plain-text", "regressed"),
        (None, "damaged", "new"),
        ("lost", None, "gone"),
        ("lost", "lost ignored", "ignored"),
        (None, "lost ignored", "ignored"),
        ("current", "lost ignored", "ignored"),
        ("lost ignored", "lost", "still"),  # the rule has expired, and nothing else has changed
        ("lost ignored", "current", "fixed"),
        ("lost ignored", None, "gone"),
        ("current", "current", None),
        ("current", None, None),
        (None, "current", None),
        ("empty", "current", None),
    ],
)
def test_the_words(before: str | None, after: str | None, change: str | None) -> None:
    """Each pair of verdicts has its word, or none where all is and was in order."""
    first = run(other="current", **({"x": before} if before else {}))
    last = run(other="current", **({"x": after} if after else {}))
    assert changes(first, last) == ({"x": change} if change else {})


@pytest.mark.parametrize(
    ("verdicts", "change"),
    [
        (["lost", "current", "lost"], "regressed"),
        (["lost", "current", "current"], "fixed"),
        (["lost", None, "lost"], "still"),
        (["current", None, "lost"], "regressed"),
        (["lost", "current", None], None),
        (["lost", None, None], "gone"),
        ([None, None, "lost"], "new"),
    ],
)
def test_several_runs(verdicts: list[str | None], change: str | None) -> None:
    """What counts is the latest earlier run that has the credential."""
    runs = [run(other="current", **({"x": each} if each else {})) for each in verdicts]
    assert changes(*runs) == ({"x": change} if change else {})


def test_what_a_row_tells() -> None:
    """Both verdicts: of what is fixed the one that was mended; of what is gone its last owner."""
    runs = [run(a="lost", b="older-key", c="lost"), run(a="current", b="lost"), run(a="current", c="damaged")]
    told = {each["name"]: each for each in compare(runs).rows(named=True)}
    assert (told["a"]["verdict_before"], told["a"]["verdict"]) == ("lost", "current")
    gone = told["b"]
    assert (gone["verdict_before"], gone["verdict"], gone["owner"], gone["reason"]) == (
        "lost",
        "",
        "team",
        "lost",
    )
    assert (told["c"]["verdict_before"], told["c"]["verdict"]) == ("lost", "damaged")


def test_the_store_does_not_count() -> None:
    """The same credential read from a dump and from the database is the same."""
    dump = frame([row("x", "lost", "re-enter", store="dump.sql", record="line 3")])
    live = frame([row("x", "current", "none", store="mysql://db/commander", record="ec_credential:id=1")])
    assert changes(dump, live) == {"x": "fixed"}


def test_kind_and_system_count() -> None:
    """The same location of another kind or product is another credential."""
    before = frame([row("x", "lost", "re-enter")])
    after = frame([row("x", "lost", "re-enter", kind="user"), row("x", "lost", "re-enter", system="octopus")])
    assert compare([before, after])["change"].sort().to_list() == ["gone", "new", "new"]


def test_of_several_values_the_worst_counts() -> None:
    """A credential whose values differ in two stores needs attention until all are in order."""
    fine, bad = row("x", "current", "none"), row("x", "lost", "re-enter")
    assert changes(frame([fine, bad]), frame([bad, fine])) == {"x": "still"}
    assert changes(frame([fine, bad]), frame([fine, fine])) == {"x": "fixed"}


def test_teams_are_counted() -> None:
    """A column for each change; the teams with regressions come first."""
    before = frame([row("a", "lost", "re-enter", owner="A"), row("b", "current", "none", owner="B")])
    after = frame([row("a", "current", "none", owner="A"), row("b", "lost", "re-enter", owner="B")])
    counted = by_team(compare([before, after]))
    assert counted.columns == ["team", *Change]
    assert counted.rows() == [("B", 1, 0, 0, 0, 0, 0), ("A", 0, 0, 0, 0, 0, 1)]


def test_nothing_at_all() -> None:
    """Two runs without credentials, or one without, are no trouble."""
    assert changes(run(), run()) == {}
    assert changes(run(), run(a="lost")) == {"a": "new"}
    assert changes(run(a="lost"), run()) == {"a": "gone"}


VERDICTS = st.lists(st.one_of(st.none(), st.sampled_from([*Verdict, "lost ignored"])), min_size=5, max_size=5)


@given(st.lists(VERDICTS, min_size=2, max_size=4))
def test_the_words_cover_everything(runs: list[list[str | None]]) -> None:
    """What needs attention in the last run has one of three words, and nothing else has."""
    frames = [run(**{f"c{n}": told for n, told in enumerate(each) if told}) for each in runs]
    told = changes(*frames)
    last = {f"c{n}": told for n, told in enumerate(runs[-1]) if told}
    needing = {name for name, each in last.items() if " " not in each and Verdict(each).action != Action.NONE}
    assert {name for name, change in told.items() if change in NEED_ATTENTION} == needing


def test_the_order_of_rows_does_not_count() -> None:
    """The comparison of shuffled runs is the same, row by row."""
    before, after = example_run(200, 1).credentials, example_run(200, 2).credentials
    compared = compare([before, after])
    assert compared.height > 50
    shuffled = [each.sample(fraction=1, shuffle=True, seed=3) for each in (before, after)]
    assert compare(shuffled).equals(compared)
