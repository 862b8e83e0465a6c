"""A connection to a host or an object store, made again when it breaks."""

import threading
import time
from collections.abc import Callable
from typing import Any, BinaryIO, Final, NamedTuple, TypeVar, cast

from parsers.archives.remote.urls import check_url, scheme_of
from parsers.errors import ArchiveError

# fsspec ships no type information: its file systems are `Any` here, and nowhere else.

T = TypeVar("T")

ATTEMPTS: Final = 3
"""Attempts before something counts as unread; the libraries repeat requests themselves too."""

_WAIT: Final = 0.5
"""Seconds before the second attempt; twice as long before the third."""

LASTING: Final = (FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError)
"""Errors that another attempt does not cure."""

_SSH: Final = {
    "known_hosts": (),  # OpenSSH's own list: without this sshfs would trust any host
    "connect_timeout": 30,
    "login_timeout": 30,
    "keepalive_interval": 15,  # a lost host is noticed within a minute
}


class RemoteEntry(NamedTuple):
    """A file or folder as the remote side lists it.

    Attributes:
        path: on the remote side, without the URL's scheme and host.
        kind: `file`, `directory`, or what else there is.
        size: in bytes, or None where the remote side does not report it.
        version: an object store's ETag, which changes with the content; "" where there is none.
    """

    path: str
    kind: str
    size: int | None
    version: str


class Connection:
    """One for each host or service and user; any number of threads may use it.

    Every method raises `ArchiveError` where the remote side refuses or cannot be reached.
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
        """The path within the remote file system that `url` names.

        fsspec's public function also splits at `::`, which a name may contain.
        """
        return str(self._class._strip_protocol(url))  # noqa: SLF001 - see above

    def info(self, path: str) -> RemoteEntry:
        """The file or folder at `path`; links are followed."""
        return self._retry(lambda filesystem: _entry(filesystem.info(path)))

    def list_folder(self, folder: str) -> list[RemoteEntry]:
        """The content of a folder, sorted by name."""
        return sorted(self._retry(lambda filesystem: list(map(_entry, filesystem.ls(folder, detail=True)))))

    def open(self, path: str) -> BinaryIO:
        """The file, seekable; each read requests just these bytes.

        If the file is replaced while it is open, reading fails where the remote side keeps versions.
        """
        options = {} if self._is_ssh else {"cache_type": "none"}
        return self._retry(lambda filesystem: cast("BinaryIO", filesystem.open(path, "rb", **options)))

    @property
    def _is_ssh(self) -> bool:
        return self._scheme in {"ssh", "sftp"}

    def _retry(self, work: Callable[[Any], T]) -> T:
        return retry(lambda: work(self._connect()), self.renew)

    def _connect(self) -> Any:
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
                        # The next caller would wait as long for the same answer.
                        self._refusal = ArchiveError(f"cannot connect: {failure_reason(error)}")
                        raise self._refusal from error
                    raise
            return self._filesystem

    def renew(self) -> None:
        """Reconnect at the next use; an object store needs no new connection."""
        if self._is_ssh:
            with self._lock:
                self._filesystem = None


def retry(work: Callable[[], T], renew: Callable[[], None]) -> T:
    """The result of `work`, repeated after `renew` where the failure may be temporary.

    Raises:
        ArchiveError: the failure is permanent, or came too often.
    """
    for attempt in range(ATTEMPTS):
        try:
            return work()
        except ArchiveError:
            raise
        except Exception as error:  # each library has exceptions of its own
            if attempt == ATTEMPTS - 1 or isinstance(error, LASTING):
                raise ArchiveError(failure_reason(error)) from error
            time.sleep(_WAIT * 2**attempt)
            renew()
    raise AssertionError  # the last attempt returns or raises


def failure_reason(error: Exception) -> str:
    """Why the remote side could not be read; never a message that might quote a credential."""
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


def _entry(info: dict[str, Any]) -> RemoteEntry:
    size = info.get("size")
    version = str(info.get("ETag") or "")
    return RemoteEntry(str(info["name"]), str(info["type"]), None if size is None else int(size), version)
