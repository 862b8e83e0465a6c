"""The journal of a re-encryption as it is written: on disk before a value is."""

import errno
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from audit.errors import ReencryptionError
from audit.reencryption.journal_entries import Entries, Entry, as_line, head_line, read_entries


class Journal:
    """A journal that is being written. Every entry is on disk when `append` returns."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._torn = False

    def append(self, entries: Iterable[Entry]) -> None:
        """Write them down.

        Raises:
            ReencryptionError: they are not on disk for certain: nothing may be written to the store.
        """
        if self._torn:  # what is behind half a line can never be read
            raise ReencryptionError("the journal could not be written, and ends there")
        lines = "".join(as_line(each) for each in entries).encode()
        try:
            _write(self._descriptor, lines)
        except ReencryptionError:
            self._torn = True
            raise


@contextmanager
def journal_for_writing(path: Path, target: str) -> Iterator[Journal]:
    """Opens the journal of a re-encryption to the key with this fingerprint; one that is there goes on.

    Nobody else can open it meanwhile. What a kill left of a last line is cut off: its value was not written.

    Raises:
        ReencryptionError: it cannot be written, is another's, or another run has it open.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _cannot(path, error) from error
    try:
        _hold(descriptor, path)
        content = _content(descriptor, path)
        head = head_line(target)
        if head.startswith(content):  # a new file, or one whose first line a kill cut off
            os.fchmod(descriptor, 0o600)  # whatever the umask
            _write(descriptor, head[len(content) :])
            _synchronise_folder(path)
        else:
            _go_on(descriptor, read_entries(content, path), target, path)
        yield Journal(descriptor)
    finally:
        os.close(descriptor)


def _go_on(descriptor: int, entries: Entries, target: str, path: Path) -> None:
    if entries.target != target:
        raise ReencryptionError(
            f"the journal {str(path)!r} is of a re-encryption to another key",
            hint="keep it, for it can undo that one; name another with --journal",
        )
    os.ftruncate(descriptor, entries.length)


def _hold(descriptor: int, path: Path) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise ReencryptionError(f"{str(path)!r} is no file that a journal could be")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ReencryptionError(
            f"another re-encryption writes the journal {str(path)!r} now", hint="wait until it has finished"
        ) from None
    except OSError as error:
        raise _cannot(path, error) from error


def _content(descriptor: int, path: Path) -> bytes:
    try:
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return file.read()
    except OSError as error:
        raise _cannot(path, error) from error


def _write(descriptor: int, content: bytes) -> None:
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ReencryptionError(
            f"cannot write the journal: {reason}", hint="nothing goes on without it: make room first"
        ) from error


def _synchronise_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:  # file systems that cannot synchronise a folder say EINVAL
            raise _cannot(path, error) from error
    finally:
        os.close(folder)


def _cannot(path: Path, error: OSError) -> ReencryptionError:
    reason = (error.strerror or type(error).__name__).lower()
    return ReencryptionError(
        f"cannot write the journal {str(path)!r}: {reason}",
        hint="name a place for it with --journal; nothing was changed",
    )
