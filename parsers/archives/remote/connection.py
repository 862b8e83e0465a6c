"""A connection to a host or an object store: looked up, listed, read; made again when it breaks."""

import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO, Final, NamedTuple, TypeVar, cast

from parsers.archives.remote.urls import check_url, scheme_of
from parsers.errors import ArchiveError

# fsspec ships no type information: its file systems are `Any` here, and nowhere else.

T = TypeVar("T")

ATTEMPTS: Final = 3
"""How often something is tried before it counts as unread; the libraries themselves repeat requests too."""

_WAIT: Final = 0.5
"""Seconds before the second attempt; twice as long before the third."""

LASTING: Final = (FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError)
"""What trying again does not mend."""

_SSH: Final = {
    "known_hosts": (),  # as OpenSSH has them: sshfs by itself would trust any host
    "connect_timeout": 30,
    "login_timeout": 30,
    "keepalive_interval": 15,  # a host that is gone is noticed within a minute
}


class Entry(NamedTuple):
    """A file or folder as the other side lists it.

    Attributes:
        path: there, without the URL's scheme and host.
        kind: `file`, `directory`, or what else there is.
        size: in bytes, or None where the other side does not tell.
        version: changes with the content, as object stores count; "" where nothing does.
    """

    path: str
    kind: str
    size: int | None
    version: str


class Connection:
    """One for each host or service and user; any number of threads may use it.

    Raises `ArchiveError` from every method where the other side refuses or cannot be reached.
    """

    def __init__(self, url: str) -> None:
        import fsspec

        check_url(url)
        self._scheme = scheme_of(url)
        try:
            self._class: Any = fsspec.get_filesystem_class(self._scheme)
            self.options: dict[str, Any] = self._class._get_kwargs_from_urls(url)  # noqa: SLF001 - see `path`
        except (ValueError, ImportError) as error:
            raise ArchiveError(f"no library here reads {self._scheme} URLs") from error
        self._lock = threading.Lock()
        self._filesystem: Any = None
        self._failures = 0
        self._refusal: ArchiveError | None = None

    def path(self, url: str) -> str:
        """The path within the file system that `url` names.

        fsspec's public way there also splits at `::`, which may stand in a name.
        """
        return str(self._class._strip_protocol(url))  # noqa: SLF001 - as said

    def look(self, path: str) -> Entry:
        """What is there; links are followed."""
        return self._tried(lambda filesystem: _entry(filesystem.info(path)))

    def listed(self, folder: str) -> list[Entry]:
        """What lies in a folder, sorted by name."""
        return sorted(self._tried(lambda filesystem: list(map(_entry, filesystem.ls(folder, detail=True)))))

    def open(self, path: str) -> BinaryIO:
        """The file, seekable; each read asks the other side for just these bytes.

        One that is replaced while it is open gives an error where the other side counts versions.
        """
        options = {} if self._is_ssh else {"cache_type": "none"}
        return self._tried(lambda filesystem: cast("BinaryIO", filesystem.open(path, "rb", **options)))

    @property
    def _is_ssh(self) -> bool:
        return self._scheme in {"ssh", "sftp"}

    def _tried(self, work: Callable[[Any], T]) -> T:
        return tried(lambda: work(self._connected()), self.renew)

    def _connected(self) -> Any:
        with self._lock:
            if self._refusal:
                raise self._refusal
            if self._filesystem is None:
                try:
                    options = self.options | (_SSH if self._is_ssh else {})
                    self._filesystem = self._class(**options, skip_instance_cache=True)
                except Exception as error:
                    self._failures += 1
                    if self._failures == ATTEMPTS or isinstance(error, LASTING):
                        # Whoever asks next would wait as long for the same answer.
                        self._refusal = ArchiveError(f"cannot connect: {in_words(error)}")
                        raise self._refusal from error
                    raise
            return self._filesystem

    def renew(self) -> None:
        """Let the next use connect again; an object store needs no new connection."""
        if self._is_ssh:
            with self._lock:
                self._filesystem = None


def tried(work: Callable[[], T], renew: Callable[[], None]) -> T:
    """What `work` returns, tried again after `renew` where what failed may pass.

    Raises:
        ArchiveError: it failed for good, or too often.
    """
    for attempt in range(ATTEMPTS):
        try:
            return work()
        except ArchiveError:
            raise
        except Exception as error:  # each library has exceptions of its own
            if attempt == ATTEMPTS - 1 or isinstance(error, LASTING):
                raise ArchiveError(in_words(error)) from error
            time.sleep(_WAIT * 2**attempt)
            renew()
    raise AssertionError  # the last attempt returns or raises


def in_words(error: Exception) -> str:
    """Why the other side could not be read; never a message that might quote a credential."""
    match error:
        case FileNotFoundError():
            return "not found"
        case PermissionError():
            return "permission denied"
        case TimeoutError():
            return "no answer in time"
        case OSError(strerror=str(reason)) if error.errno:
            return reason.splitlines()[0] if reason else type(error).__name__
        case _:
            return type(error).__name__


def _entry(info: dict[str, Any]) -> Entry:
    size = info.get("size")
    version = str(info.get("ETag") or "")
    return Entry(str(info["name"]), str(info["type"]), None if size is None else int(size), version)
