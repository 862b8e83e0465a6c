"""Points in time of log entries, and the period asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from parsers.logs.finding import Finding


def moment(time: str, zone: tzinfo | None = None) -> datetime:
    """The point in time, with a zone: the log's own, else `zone`, else UTC, so that local times compare.

    Raises:
        ValueError: this is not a time (`2021-02-30T…`).
    """
    return in_zone(datetime.fromisoformat(time), zone)


def in_zone(time: datetime, zone: tzinfo | None) -> datetime:
    """The same, of a datetime that may lack a zone."""
    return time if time.tzinfo is not None else time.replace(tzinfo=zone or UTC)


def is_moment(time: str) -> bool:
    """Whether it is a time at all: digits may make up a day that there is not."""
    try:
        datetime.fromisoformat(time)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Period:
    """From `since`, which is in, to `until`, which is not; times without a zone are in `zone`."""

    since: datetime | None = None
    until: datetime | None = None
    zone: tzinfo | None = None

    def only(self, findings: Iterable[Finding]) -> Iterable[Finding]:
        """Those that are in."""
        if self.since is None and self.until is None:
            return findings
        return (finding for finding in findings if self.holds(finding.time))

    def holds(self, time: str) -> bool:
        """Whether a finding of that time is in; one without a time is: nothing says that it is not."""
        if not is_moment(time):
            return True
        at = moment(time, self.zone)
        after = self.since is None or in_zone(self.since, self.zone) <= at
        return after and (self.until is None or at < in_zone(self.until, self.zone))
