"""Read logs: what they report of secrets that cannot be opened."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from audit.errors import RequestError
from audit.run.observer import Observer, SilentObserver
from audit.run.references import NOBODY, Resolver
from parsers.logs.period import Period
from parsers.logs.phrase import Phrases
from parsers.logs.phrases import DEFAULT, read_phrases
from parsers.logs.reading import LogReading, read_logs
from parsers.progress import Progress


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """Which logs, and what of them.

    Attributes:
        logs: files, archives, folders and URLs in any mix; `-` is standard input.
        since: leave out what was logged before.
        until: leave out what was logged then or later.
        timezone: the zone of times that have none, by its name in the IANA database.
        system: only this product's messages.
        phrases: a TOML file of more phrases to look for.
        zip_passwords: references to passwords of encrypted archives.
        jobs: threads; 0 is one for each processor.
        cluster: address of the scheduler of a Dask cluster over which the search is spread. Its workers open
            logs by the same paths or URLs, and resolve passwords themselves: paths or `env:NAME`.
    """

    logs: Sequence[str]
    since: datetime | None = None
    until: datetime | None = None
    timezone: str | None = None
    system: str | None = None
    phrases: Path | None = None
    zip_passwords: Sequence[str] = ()
    jobs: int = 0
    cluster: str | None = None


def read(
    request: ReadRequest, *, resolver: Resolver = NOBODY, observer: Observer | None = None
) -> LogReading:
    """Search logs for entries that report unreadable secrets.

    Args:
        request: what is wanted.
        resolver: resolves references to passwords.
        observer: is kept informed.

    Returns:
        The findings, and which time the logs cover; what could not be read is in its `unread`.

    Raises:
        RequestError: there is no such time zone, or threads are requested of a cluster.
        ParsersError: the phrases, a password or the cluster cannot be used, or a URL holds a password.
    """
    observer = observer or SilentObserver()
    if request.cluster and request.jobs:
        raise RequestError("the cluster's workers have threads of their own", field="jobs")
    phrases = read_phrases(str(request.phrases)) if request.phrases else DEFAULT
    period = Period(request.since, request.until, zone_of(request.timezone))
    if request.cluster:
        with observer.working() as progress, observer.reading():
            return _spread(request, request.cluster, phrases, period, progress)
    passwords = resolver.passwords(request.zip_passwords)
    with observer.working() as progress, observer.reading():
        return read_logs(
            request.logs,
            jobs=request.jobs or processors(),
            phrases=phrases,
            system=request.system,
            since=period.since,
            until=period.until,
            zone=period.zone,
            passwords=passwords,
            progress=progress,
        )


def _spread(
    request: ReadRequest, cluster: str, phrases: Phrases, period: Period, progress: Progress
) -> LogReading:
    # The library that speaks to a cluster is an extra, and is imported only where there is one.
    from parsers.logs.dask_cluster import dask_executor
    from parsers.logs.reading_in_batches import read_logs_in_batches

    with dask_executor(cluster) as executor:
        return read_logs_in_batches(
            request.logs,
            executor,
            phrases=phrases,
            system=request.system,
            period=period,
            passwords=request.zip_passwords,
            progress=progress,
        )


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def zone_of(name: str | None) -> tzinfo | None:
    """The zone of this name in the IANA database.

    Raises:
        RequestError: there is none.
    """
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones, a name too long for a file
        raise RequestError(f"{name!r} is not a time zone", field="timezone") from None
