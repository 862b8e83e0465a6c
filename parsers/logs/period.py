"""The time asked for."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

import polars as pl

from parsers.logs.moment import in_zone, is_moment, moment


@dataclass(frozen=True, slots=True)
class Period:
    """From `since`, which is in, to `until`, which is not; times without a zone are in `zone`.

    Findings that have no time are always in: nothing says that they are not.
    """

    since: datetime | None = None
    until: datetime | None = None
    zone: tzinfo | None = None

    def within(self, findings: pl.DataFrame) -> pl.DataFrame:
        """The findings of this period."""
        if self.since is None and self.until is None:
            return findings
        return findings.filter(pl.Series([self._holds(time) for time in findings["time"]], dtype=pl.Boolean))

    def _holds(self, time: str) -> bool:
        if not is_moment(time):
            return True
        at = moment(time, self.zone)
        after = self.since is None or in_zone(self.since, self.zone) <= at
        return after and (self.until is None or at < in_zone(self.until, self.zone))
