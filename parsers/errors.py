"""What can go wrong while reading; imports nothing of this project."""

from typing import Self


class ParsersError(Exception):
    """Base of every error that reading raises.

    Args:
        message: one line, lower case, what and where; never key material or plain text.
        hint: one line, what the user can do about it.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ArchiveError(ParsersError):
    """A container, or one member of it, cannot be read (further)."""

    def afresh(self) -> Self:
        """The same, never raised yet.

        To be kept, or raised out of what keeps it: what was raised knows the frames that it passed, and with
        them the stream and its buffers, which would live until the garbage collector comes by.
        """
        return type(self)(self.message, hint=self.hint)


class DamagedArchiveError(ArchiveError):
    """Cut off, a wrong checksum, a broken header."""


class UnsupportedMethodError(ArchiveError):
    """A compression or encryption method that no library here reads."""


class WrongPasswordError(ArchiveError):
    """No password was given, or none of those given opens the member."""


class LimitExceededError(ArchiveError):
    """A guard stopped: size, ratio, nesting depth, overlapping entries."""


class LogError(ParsersError):
    """A log, or a file of phrases, cannot be used."""


class ClusterError(ParsersError):
    """The cluster that was named cannot be used, or not for what was asked."""


class StoreError(ParsersError):
    """A credential store cannot be read (further)."""


class CommitUnknownError(StoreError):
    """COMMIT was sent and its answer lost: whether the changes stand, only reading them again can tell."""


class KeyFileError(ParsersError):
    """A key or configuration file cannot be used as one."""


class SecretReferenceError(ParsersError):
    """A secret reference names no place, or one that holds nothing usable."""
