"""The log files as they lie in `logs/`: live, rotated, re-compressed, copied, and in a support bundle."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sample_logs.generator.cloudbees.credentials import StoredCredential
from sample_logs.generator.cloudbees.log_days import (
    LogDays,
    bundled_live,
    bundled_restart,
    java_agent,
    native_agent,
)
from sample_logs.generator.cloudbees.log_text import LogText, Mark
from sample_logs.generator.cloudbees.story import BUNDLE_PASSWORD, EXPORT_DAY, PRIMARY, SECOND, UPGRADE_DAY
from sample_logs.generator.zip_writer import STORED, Encryption, Member, zip_archive

BUNDLE: Final = "logs/support-bundle.zip"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a finding is, `source` relative to the estate; `also_at`: where the same log lies once more."""

    source: str
    mark: Mark
    also_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file below the estate, and the positions of what is to be found in it."""

    path: str
    content: bytes
    positions: tuple[Position, ...] = ()


def log_files(rows: Sequence[StoredCredential]) -> Iterator[LogFile]:
    """Everything in `logs/`."""
    days = LogDays(rows)
    yield _rotated("commander.log.1", days.before_the_cluster())
    yield _rotated(f"commander-{PRIMARY}.log.4", days.quiet_weeks())
    yield _rotated(f"commander-{PRIMARY}.log.3", days.eve())
    yield _rotated(f"commander-{PRIMARY}.log.2", days.upgrade())
    yield from _rotated_and_copied(f"commander-{PRIMARY}.log.1", days.first_days())
    yield _live(f"commander-{PRIMARY}.log", days.primary_today())
    yield _gzipped(f"commander-{SECOND}.log.2", days.second_before())
    yield _rotated(f"commander-{SECOND}.log.1", days.second_after())
    yield _live(f"commander-{SECOND}.log", days.second_today())
    yield _live("commander-service.log", days.service_wrapper())
    lost = [row for row in rows if row.sealed.verdict == "lost"]
    yield _bundle({PRIMARY: lost[9:], SECOND: lost[:4]})
    yield LogFile("logs/support-bundle.password", BUNDLE_PASSWORD + b"\n")


def _live(name: str, text: LogText) -> LogFile:
    path = f"logs/{name}"
    return LogFile(path, text.content, _positions(path, text))


def _gzipped(name: str, text: LogText) -> LogFile:
    """As an administrator packs a log again; a single stream adds nothing to the source."""
    path = f"logs/{name}.gz"
    return LogFile(path, gzip.compress(text.content, mtime=0), _positions(path, text))


def _rotated(name: str, text: LogText, *, also_at: tuple[str, ...] = ()) -> LogFile:
    path = f"logs/{name}.zip"
    return LogFile(path, _zip_of(name, text), _positions(f"{path}!/{name}", text, also_at=also_at))


def _rotated_and_copied(name: str, text: LogText) -> Iterator[LogFile]:
    """The copy in another folder holds the same log, so its findings count once."""
    copy = f"logs/kept-aside/{name}.zip"
    yield _rotated(name, text, also_at=(f"{copy}!/{name}",))
    yield LogFile(copy, _zip_of(name, text))


def _bundle(lost: Mapping[str, Sequence[StoredCredential]]) -> LogFile:
    """A support bundle: AES-encrypted, with the rotated logs as zips inside it.

    `lost`: node → what its restart cannot open.
    """
    members: list[Member] = []
    positions: list[Position] = []
    for node, rows in lost.items():
        live, rotated = f"commander-{node}.log", f"commander-{node}.log.1"
        folder = f"servers/{node}"
        live_text, rotated_text = bundled_live(node), bundled_restart(node, rows)
        members.append(Member(f"{folder}/{live}", live_text.content, EXPORT_DAY))
        members.append(Member(f"{folder}/{rotated}.zip", _zip_of(rotated, rotated_text), EXPORT_DAY, STORED))
        positions += _positions(f"{BUNDLE}!/{folder}/{live}", live_text)
        positions += _positions(f"{BUNDLE}!/{folder}/{rotated}.zip!/{rotated}", rotated_text)
    for name, text in (
        ("agents/win-agent-07/agent.log", native_agent()),
        ("agents/win-agent-07/jagent.log", java_agent()),
    ):
        members.append(Member(name, text.content, EXPORT_DAY))
        positions += _positions(f"{BUNDLE}!/{name}", text)
    encryption = Encryption(BUNDLE_PASSWORD, salt=b"sample support bundle")
    return LogFile(BUNDLE, zip_archive(members, encryption), tuple(positions))


def _zip_of(name: str, text: LogText) -> bytes:
    return zip_archive([Member(name, text.content, UPGRADE_DAY)])


def _positions(source: str, text: LogText, *, also_at: tuple[str, ...] = ()) -> tuple[Position, ...]:
    return tuple(Position(source, mark, also_at) for mark in text.marks)
