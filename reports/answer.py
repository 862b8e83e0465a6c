"""What the page answers first: what is lost, who must act, where nothing opens."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import polars as pl

from reports.reentry import UNASSIGNED, list_names
from reports.wording import ACTIONS, VERDICTS

_SEALED: Final = ("lost", "unknown")


@dataclass(frozen=True, slots=True)
class TeamWork:
    """What one team has to do. `list_file` is its re-entry list, or "" where it has none."""

    team: str
    contact: str
    actions: dict[str, int]
    list_file: str

    @property
    def open(self) -> int:
        """Credentials that need action."""
        return sum(count for action, count in self.actions.items() if action != "none")


@dataclass(frozen=True, slots=True)
class ReentryCounts:
    """Who enters secrets again: how many teams, and how many secrets that are no team's."""

    teams: int
    unassigned: int


@dataclass(frozen=True, slots=True)
class ProjectCounts:
    """One project's credentials by verdict; `project` is "" for those of the server itself."""

    project: str
    verdicts: dict[str, int]
    open: int

    @property
    def total(self) -> int:
        """All its credentials."""
        return sum(self.verdicts.values())


@dataclass(frozen=True, slots=True)
class SealedProject:
    """A project in which nothing opens, and how many values it holds that some key should open."""

    system: str
    project: str
    sealed: int


def team_work(credentials: pl.DataFrame) -> list[TeamWork]:
    """Teams that have to act, those with most to enter again first."""
    team = pl.when(pl.col("owner") == "").then(pl.lit(UNASSIGNED)).otherwise("owner").alias("team")
    named = credentials.select(team, "contact", "action")
    contacts = named.filter(pl.col("contact") != "").group_by("team").agg(pl.col("contact").min())
    contact_of = dict(contacts.iter_rows())
    counts = _counts(named, "team", "action")
    files = list_names(name for name, actions in counts.items() if actions.get("re-enter"))
    work = [
        TeamWork(
            team=name,
            contact=contact_of.get(name, ""),
            actions=_ordered(actions, ACTIONS),
            list_file=f"reentry/{files[name]}.csv" if name in files else "",
        )
        for name, actions in counts.items()
    ]
    return sorted(
        filter(lambda row: row.open, work),
        key=lambda row: (-row.actions.get("re-enter", 0), -row.open, row.team),
    )


def reentry(teams: Iterable[TeamWork]) -> ReentryCounts:
    """Who enters secrets again."""
    entering = [team for team in teams if team.list_file]
    unassigned = sum(team.actions["re-enter"] for team in entering if team.team == UNASSIGNED)
    return ReentryCounts(sum(team.team != UNASSIGNED for team in entering), unassigned)


def project_counts(credentials: pl.DataFrame) -> list[ProjectCounts]:
    """Every project, those with most to act on first."""
    needed = credentials.group_by("project").agg((pl.col("action") != "none").sum())
    open_in = dict(needed.iter_rows())
    rows = [
        ProjectCounts(project, _ordered(verdicts, VERDICTS), open_in[project])
        for project, verdicts in _counts(credentials, "project", "verdict").items()
    ]
    return sorted(rows, key=lambda row: (-row.open, -row.total, row.project))


def sealed_projects(credentials: pl.DataFrame) -> list[SealedProject]:
    """Projects with two values or more that no key opens, and none that one does, the largest first.

    An import does not encrypt again: such a project was probably imported from a server with another key.
    """
    counted = (
        credentials.filter(pl.col("project") != "")
        .group_by("system", "project")
        .agg(sealed=pl.col("verdict").is_in(_SEALED).sum(), opened=(pl.col("opened_by") != "").sum())
    )
    chosen = counted.filter((pl.col("sealed") >= 2) & (pl.col("opened") == 0))
    rows = chosen.sort("sealed", "project", "system", descending=[True, False, False])
    return [SealedProject(*row) for row in rows.select("system", "project", "sealed").iter_rows()]


def _counts(frame: pl.DataFrame, group: str, column: str) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for key, value, count in frame.group_by(group, column).len().iter_rows():
        counts.setdefault(key, {})[value] = count
    return counts


def _ordered(counts: dict[str, int], order: Iterable[str]) -> dict[str, int]:
    return {name: counts[name] for name in order if name in counts}
