"""A key that was just made, written where nothing was before."""

import errno
import os
from pathlib import Path

from audit.errors import ReencryptionError
from parsers.secret import Secret


def write_new_key(path: Path, key: Secret) -> None:
    """A file of mode 0600 that was not there before.

    Raises:
        ReencryptionError: something stands there, or it cannot be written; a key is never overwritten.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise ReencryptionError(
            f"{str(path)!r} is there already: a key is never overwritten", hint="name another file"
        ) from None
    except OSError as error:
        raise _cannot(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), 0o600)  # whatever the umask
            file.write(key.reveal())
            file.flush()
            os.fsync(file.fileno())
        _synchronise_folder(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _cannot(path, error) from error


def _synchronise_folder(folder: Path) -> None:
    """Values may soon lie under a key that is nowhere else: its name must be on disk too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # file systems that cannot synchronise a folder say EINVAL
            raise
    finally:
        os.close(descriptor)


def _cannot(path: Path, error: OSError) -> ReencryptionError:
    reason = (error.strerror or type(error).__name__).lower()
    return ReencryptionError(f"cannot write {str(path)!r}: {reason}")
