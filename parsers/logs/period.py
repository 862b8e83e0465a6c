"""The time asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from parsers.logs.finding import Finding
from parsers.logs.moment import in_zone, is_moment, moment


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
