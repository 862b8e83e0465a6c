"""Safety checks that --despite overrides."""

from enum import StrEnum


class Despite(StrEnum):
    """The words of `--despite`."""

    SESSIONS = "sessions"
    NO_TRANSACTIONS = "no-transactions"
    UNREADABLE = "unreadable"
