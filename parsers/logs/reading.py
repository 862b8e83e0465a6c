"""Logs → findings, and what the logs cover: the room's public entry point."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from parsers.archives.limits import DEFAULT as LIMITS
from parsers.archives.limits import Limits
from parsers.archives.remote.urls import check_urls
from parsers.archives.walk import map_streams
from parsers.logs.joining import LogReading, joined
from parsers.logs.leaf_reading import LeafReader
from parsers.logs.period import Period
from parsers.logs.phrase import Phrases
from parsers.logs.phrases import DEFAULT
from parsers.progress import Progress
from parsers.secret import Secret

__all__ = ["LogReading", "read_logs"]


def read_logs(
    inputs: Sequence[str],
    *,
    jobs: int = 1,
    phrases: Phrases = DEFAULT,
    system: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    zone: tzinfo | None = None,
    passwords: Sequence[Secret] = (),
    limits: Limits = LIMITS,
    progress: Progress | None = None,
) -> LogReading:
    """Search logs for the phrases.

    Args:
        inputs: files, folders, URLs, `-`; containers and compression are recognised by content.
        jobs: threads.
        phrases: the table, `read_phrases` for one with additions.
        system: only this product's phrases.
        since: leave out findings before.
        until: leave out findings at that time and after.
        zone: of times that have none, in logs as in `since` and `until`.
        passwords: candidates for encrypted archives.
        limits: the guards against hostile archives.
        progress: is informed of the bytes on disk that were read.

    Whatever cannot be read becomes a row of `unread`, never an exception.

    Raises:
        ArchiveError: a URL holds a password, or the library that reads it is not installed.
    """
    check_urls(inputs)
    reader = LeafReader(phrases.of_system(system))
    results = map_streams(
        inputs, reader.read, jobs=jobs, passwords=passwords, limits=limits, progress=progress
    )
    return joined(results, Period(since, until, zone))
