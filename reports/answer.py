"""What the page answers first: what is lost, who must act, which key file is missing."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from reports.list_names import list_names
from reports.reentry import UNASSIGNED
from reports.summary import Summary
from reports.wording import ACTIONS, VERDICTS


@dataclass(frozen=True, slots=True)
class TeamWork:
    """What one team has to do. `list_file` is its re-entry list, or "" where it has none."""

    team: str
    contact: str
    actions: dict[str, int]
    list_file: str

    @property
    def open(self) -> int:
        """Credentials on which somebody has to act."""
        return sum(count for action, count in self.actions.items() if action != "none")


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
class MissingKey:
    """A passkey that the store or the logs name, and that was not among the keys given."""

    fingerprint: str
    when: str
    places: tuple[str, ...]


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


def project_counts(credentials: pl.DataFrame) -> list[ProjectCounts]:
    """Every project, those with most to act on first."""
    needed = credentials.group_by("project").agg((pl.col("action") != "none").sum())
    open_in = dict(needed.iter_rows())
    rows = [
        ProjectCounts(project, _ordered(verdicts, VERDICTS), open_in[project])
        for project, verdicts in _counts(credentials, "project", "verdict").items()
    ]
    return sorted(rows, key=lambda row: (-row.open, -row.total, row.project))


def missing_keys(summary: Summary, findings: pl.DataFrame) -> list[MissingKey]:
    """Fingerprints that no given key has, those last used most recently first."""
    given = {key.fingerprint for key in summary.keys}
    places: dict[str, set[str]] = {}
    last_use: dict[str, str] = {}
    for met in summary.fingerprints:
        places.setdefault(met.fingerprint, set()).add(met.where)
        last_use[met.fingerprint] = max(last_use.get(met.fingerprint, ""), met.when)
    for column in ("database_fingerprint", "file_fingerprint"):
        for fingerprint in findings[column].unique():
            places.setdefault(fingerprint, set()).add("the logs")
    missing = [
        MissingKey(fingerprint, last_use.get(fingerprint, ""), tuple(sorted(where)))
        for fingerprint, where in places.items()
        if fingerprint and fingerprint not in given
    ]
    return sorted(sorted(missing, key=lambda key: key.fingerprint), key=lambda key: key.when, reverse=True)


def _counts(frame: pl.DataFrame, group: str, column: str) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for key, value, count in frame.group_by(group, column).len().iter_rows():
        counts.setdefault(key, {})[value] = count
    return counts


def _ordered(counts: dict[str, int], order: Iterable[str]) -> dict[str, int]:
    return {name: counts[name] for name in order if name in counts}
