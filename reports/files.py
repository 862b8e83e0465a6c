"""Files that appear whole, with mode 0600, or not at all."""

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from reports.errors import OutputError

_UNFINISHED_PREFIX = ".passkey-audit-"
_UNFINISHED_SUFFIX = ".part"


@contextmanager
def atomic_file(path: Path) -> Iterator[IO[bytes]]:
    """Opens a file for writing that replaces `path` when the block ends without an error.

    Until then an old file stays as it is; a kill leaves at most a hidden file in the same folder, with mode
    0600, that holds a beginning of the new one. Character devices and FIFOs are written through. A link to
    anything else, a folder and any other special file are refused.

    Raises:
        OutputError: the file cannot be written; any `OSError` of the block included, except a closed pipe.
    """
    with _translated(path):
        if _is_stream(path):
            with _open_stream(path) as stream:
                yield stream
        else:
            with _replacement(path) as file:
                yield file


def private_folder(path: Path) -> None:
    """Makes a folder, its missing parents too, and sees to mode 0700 whatever the umask.

    Raises:
        OutputError: it cannot be made, or something else stands there, a link included.
    """
    with _translated(path):
        if not path.parent.exists():
            private_folder(path.parent)
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
        if path.is_symlink() or not path.is_dir():
            raise OutputError(f"{str(path)!r} is not a folder")
        path.chmod(0o700)


def folder_content(path: Path) -> list[Path]:
    """What lies in the folder, sorted; nothing if it is not there.

    Raises:
        OutputError: it cannot be listed.
    """
    with _translated(path):
        return sorted(path.iterdir()) if path.exists() else []


def remove_file(path: Path) -> None:
    """Removes a file if it is there.

    Raises:
        OutputError: it cannot be removed.
    """
    with _translated(path):
        path.unlink(missing_ok=True)


def is_unfinished(path: Path) -> bool:
    """Whether the name is one that `atomic_file` gives to a file in the making."""
    return path.name.startswith(_UNFINISHED_PREFIX) and path.name.endswith(_UNFINISHED_SUFFIX)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"cannot write {str(path)!r}: {reason.lower()}", hint=_hint(error)) from error


def _hint(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return "make room, or choose another place; what stood there before is untouched"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return "choose a place that you may write to"
        case errno.ENOENT:
            return "make the folder first"
        case _:
            return ""


def _is_stream(path: Path) -> bool:
    """Whether the path leads to a character device or FIFO; refuses what is neither that nor a file."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    if stat.S_ISCHR(mode) or stat.S_ISFIFO(mode):
        return True
    if path.is_symlink():
        raise OutputError(f"{str(path)!r} is a link", hint="name the file that it leads to")
    if not stat.S_ISREG(mode):
        raise OutputError(f"{str(path)!r} is not a regular file")
    return False


@contextmanager
def _open_stream(path: Path) -> Iterator[IO[bytes]]:
    # No O_CREAT: should the device vanish meanwhile, no file takes its place.
    descriptor = os.open(path, os.O_WRONLY | os.O_NOCTTY)
    with _closing(descriptor) as stream:
        yield stream


@contextmanager
def _replacement(path: Path) -> Iterator[IO[bytes]]:
    # Opened first: a folder that cannot be synchronised is found out before anything is written.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        # mkstemp opens with O_EXCL and mode 0600.
        descriptor, unfinished = tempfile.mkstemp(_UNFINISHED_SUFFIX, _UNFINISHED_PREFIX, path.parent)
        try:
            with _closing(descriptor) as file:
                os.fchmod(descriptor, 0o600)  # a umask may have taken the owner's bits
                yield file
                file.flush()
                os.fsync(descriptor)
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        _synchronise(folder)
    finally:
        os.close(folder)


@contextmanager
def _closing(descriptor: int) -> Iterator[IO[bytes]]:
    """As `open`, but an error of the block is not masked by one of closing."""
    file = os.fdopen(descriptor, "wb")
    try:
        yield file
        file.flush()
    except BaseException:
        with suppress(OSError):
            file.close()
        raise
    file.close()


def _synchronise(folder: int) -> None:
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:  # file systems that cannot synchronise a folder say EINVAL
            raise
