"""The times of log entries as points in time that can be compared."""

from datetime import UTC, datetime, tzinfo


def moment(time: str, zone: tzinfo | None = None) -> datetime:
    """The point in time, with a zone: the log's own, else `zone`, else UTC, so that local times compare.

    Raises:
        ValueError: this is no time (`2021-02-30T…`).
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
