"""The logs of both nodes: `OctopusServer.txt` and its newest archive."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sample_logs.generator.dice import Dice
from sample_logs.generator.octopus.story import FIRST, ROTATION, SECOND

_TRAFFIC: Final = (
    "Web server is listening",
    "HTTP GET to /api/serverstatus completed in 12 ms",
    "Starting task ServerTasks-{number}",
    "Task ServerTasks-{number} completed successfully",
    "Health check of Machines-{number}: healthy",
    "Released mutex of Projects-1",
)
_TYPE: Final = "Octopus.Server.Extensibility.IssueTracker.AzureDevOps.Configuration.AzureDevOpsConfiguration"


@dataclass(frozen=True, slots=True)
class Finding:
    """What an entry shows, in the words of the findings table."""

    kind: str
    subject_kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A log entry; `finding` where it matters."""

    time: datetime
    level: str
    message: str
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a finding is."""

    source: str
    line: int
    time: str
    level: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file below the estate, and what is to be found in it."""

    path: str
    content: bytes
    positions: tuple[Position, ...]


def log_files() -> list[LogFile]:
    """Everything in `logs/`."""
    own = {
        f"logs/{FIRST}/OctopusServer.0.txt": (-20, _rotation()),
        f"logs/{FIRST}/OctopusServer.txt": (4, _first_afterwards()),
        f"logs/{SECOND}/OctopusServer.txt": (4, _second_afterwards()),
    }
    return [
        _log_file(path, [*_traffic(path, ROTATION + timedelta(hours=hours)), *entries])
        for path, (hours, entries) in own.items()
    ]


def _traffic(name: str, start: datetime) -> Iterator[Entry]:
    dice = Dice(f"octopus traffic {name}")
    for _ in range(300):
        start += timedelta(milliseconds=dice.below(200_000))
        yield Entry(start, "INFO", dice.pick(_TRAFFIC).format(number=dice.below(9_000)))


def _rotation() -> Iterator[Entry]:
    yield Entry(ROTATION, "INFO", "Rotating the master key")
    failed = Finding("rotation-error", "server", "")
    yield Entry(
        ROTATION + timedelta(minutes=1),
        "ERROR",
        "Error processing document: Data must implement IId\n"
        "   at Octopus.Server.MasterKeyRotation.MasterKeyActionRotation.Execute()",
        failed,
    )


def _first_afterwards() -> Iterator[Entry]:
    start = ROTATION + timedelta(hours=9)
    for hour in range(3):
        yield Entry(
            start + timedelta(hours=hour),
            "FATAL",
            'Unhandled AppDomain exception occurred: "Error reading row 1, column 3. Padding is invalid and '
            f"cannot be removed..\nType deserializeAsType = {_TYPE}",
            Finding("unreadable-document", "document", "AzureDevOpsConfiguration"),
        )
    yield Entry(
        start + timedelta(minutes=33),
        "ERROR",
        "An unexpected error occurred when processing document with source ID 'issuetracker-github': "
        "Padding is invalid and cannot be removed.",
        Finding("unreadable-document", "document", "issuetracker-github"),
    )


def _second_afterwards() -> Iterator[Entry]:
    for minutes in (300, 320, 380):
        yield Entry(
            ROTATION + timedelta(minutes=minutes),
            "FATAL",
            "The master key does not match the encryption used in the database",
            Finding("wrong-master-key", "server", ""),
        )


def _log_file(path: str, entries: list[Entry]) -> LogFile:
    lines: list[str] = []
    positions: list[Position] = []
    for entry in sorted(entries, key=lambda each: each.time):
        millis = f"{entry.time.microsecond // 1000:03}"
        if entry.finding:
            time = f"{entry.time:%Y-%m-%dT%H:%M:%S}.{millis}"
            positions.append(Position(path, len(lines) + 1, time, entry.level, entry.finding))
        head = f"{entry.time:%Y-%m-%d %H:%M:%S}.{millis}7   3804      5 {entry.level:>5}  "
        lines += f"{head}{entry.message}".split("\n")
    return LogFile(path, "".join(f"{line}\r\n" for line in lines).encode(), tuple(positions))
