"""The milestones of an upgrade, in the order in which a server logs them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sample_logs.generator.cloudbees.log_text import Entry

_STOPPING: Final = (
    ("ServerStatus", "Stopping all services"),
    ("ServerStatus", "Shutdown is complete"),
)
_UPGRADE: Final = (
    ("Bootstrap", "Initializing"),
    ("DatabaseManagerImpl", "Connected to the database"),
    ("UpgradeManager", "Attempting upgrade from database version 9.1.0.142100"),
    ("UpgradeManager", "Upgrade script upgrade_9.2_001_passkey.groovy"),
    ("PasskeyManager", "Created a new passkey file of 256 bits"),
)
_SETUP: Final = (
    ("UpgradeManager", "Upgrade script upgrade_9.2_002_indexes.groovy"),
    ("SetupManager", "Executing setup script projects.groovy"),
    ("SetupManager", "Executing setup script plugins.groovy"),
    ("ServerStatus", "commanderServer is running"),
)
_START: Final = (
    ("Bootstrap", "Initializing"),
    ("DatabaseManagerImpl", "Connected to the database"),
    ("ServerStatus", "commanderServer is running"),
)


def stopping(time: datetime) -> Iterator[Entry]:
    """A server goes down."""
    return _told(_STOPPING, time, seconds=41)


def upgrade(time: datetime) -> Iterator[Entry]:
    """The first start after the installation, up to the new passkey."""
    return _told(_UPGRADE, time, seconds=19)


def setup(time: datetime) -> Iterator[Entry]:
    """The rest of that start, after the passwords."""
    return _told(_SETUP, time, seconds=93)


def start(time: datetime) -> Iterator[Entry]:
    """An ordinary start."""
    return _told(_START, time, seconds=12)


def _told(told: tuple[tuple[str, str], ...], time: datetime, *, seconds: int) -> Iterator[Entry]:
    for number, (source_class, message) in enumerate(told):
        moment = time + timedelta(seconds=seconds * number, milliseconds=137 * number)
        yield Entry(moment, "INFO", "Bootstrap-001", source_class, message)
