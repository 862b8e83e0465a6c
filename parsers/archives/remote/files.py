"""The files that URLs name, read at any position and never copied to disk; a prefix is a folder."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, Final

from parsers.archives.entries import ArchiveEntry, EntryContent, content_of
from parsers.archives.limits import Budget, Limits
from parsers.archives.remote.connection import Connection, RemoteEntry, retry
from parsers.archives.seekable import Window
from parsers.errors import ArchiveError, DamagedArchiveError
from parsers.progress import Progress
from parsers.unread import Unread


class RemoteFinder:
    """Finds the files that URLs name; those of one host or service share a connection."""

    def __init__(self, limits: Limits, progress: Progress) -> None:
        self._limits = limits
        self._progress = progress
        self._connections: dict[str, Connection] = {}

    def find(self, url: str) -> Iterator[ArchiveEntry | Unread]:
        """The file that `url` names, or every file below it, folder by folder in the order of their names."""
        for item in self.list_files(url):
            yield item if isinstance(item, Unread) else self._archive_entry(*item)

    def list_files(self, url: str) -> Iterator[tuple[str, Connection, RemoteEntry] | Unread]:
        """As `find`: each file's URL, which begins with the one given, and where it is."""
        try:
            connection = self._connection(url)
            entry = connection.info(connection.path(url))
        except ArchiveError as error:
            yield Unread(url, "", error.message)
            return
        if entry.kind == "directory":
            yield from self._below(url.rstrip("/"), connection, entry.path.rstrip("/"))
        else:
            self._progress.expect(entry.size or 0)
            yield url, connection, entry

    def _connection(self, url: str) -> Connection:
        new = Connection(url)
        return self._connections.setdefault(f"{url.partition('://')[0]} {sorted(new.options.items())}", new)

    def _below(
        self, url: str, connection: Connection, folder: str
    ) -> Iterator[tuple[str, Connection, RemoteEntry] | Unread]:
        """The files of a folder first, then its folders, as with local ones."""
        try:
            entries = connection.list_folder(folder or "/")
        except ArchiveError as error:
            yield Unread(url, "", f"folder cannot be read: {error.message}")
            return
        folders = []
        self._progress.expect(sum(entry.size or 0 for entry in entries if entry.kind == "file"))
        for entry in entries:
            path = entry.path.rstrip("/")
            if path == folder:  # object stores may list a folder as a member of itself
                continue
            place = f"{url}/{path.rpartition('/')[2]}"
            if entry.kind == "directory":
                folders.append((place, path))
            elif entry.kind == "file":
                yield place, connection, entry
            else:
                yield self._follow(place, connection, path)
        for place, path in folders:
            yield from self._below(place, connection, path)

    def _follow(
        self, url: str, connection: Connection, path: str
    ) -> tuple[str, Connection, RemoteEntry] | Unread:
        """An entry that is neither file nor folder: a link, most likely."""
        try:
            entry = connection.info(path)
        except ArchiveError as error:
            return Unread(url, "", f"cannot be opened: {error.message}")
        if entry.kind == "directory":
            return Unread(url, "", "a link to a folder: not followed")
        self._progress.expect(entry.size or 0)
        return url, connection, entry

    def _archive_entry(self, url: str, connection: Connection, entry: RemoteEntry) -> ArchiveEntry:
        budget = Budget(self._limits)

        def open_it() -> EntryContent:
            self._progress.working_on(url)
            if entry.kind != "file":
                raise ArchiveError("neither a file nor a folder: a pipe, socket or device")
            if entry.size is None:
                raise ArchiveError(
                    "the remote side does not report its size, so no part of it can be requested"
                )
            budget.set_input_size(entry.size)
            source = RemoteSource(connection, entry, entry.size, self._progress)
            return content_of(Window(source, 0, entry.size))

        return ArchiveEntry(url, "", 0, open_it, budget)


BLOCK: Final = 4 << 20
"""Bytes requested at once: at 20 ms a request, 4 MiB keep a line of 1 Gbit/s two thirds busy."""

_KEPT: Final = 4
"""Blocks in memory: threads that read different members of one archive each have their own."""


class RemoteSource:
    """A `ByteSource`. Blocks are fetched whole, and the latest few stay in memory."""

    __slots__ = ("__weakref__", "_blocks", "_connection", "_entry", "_file", "_lock", "_progress", "size")

    def __init__(self, connection: Connection, entry: RemoteEntry, size: int, progress: Progress) -> None:
        self._connection = connection
        self._entry = entry
        self._progress = progress
        self._lock = threading.Lock()
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._file: BinaryIO | None = None
        self.size = size

    def read_at(self, offset: int, buffer: memoryview) -> int:
        """Copy from the block that holds `offset`, at most up to its end."""
        if offset >= self.size:
            return 0
        number, begin = divmod(offset, BLOCK)
        part = memoryview(self._block(number))[begin : begin + len(buffer)]
        buffer[: len(part)] = part
        return len(part)

    def _block(self, number: int) -> bytes:
        with self._lock:
            block = self._blocks.get(number)
            if block is None:
                try:
                    block = retry(lambda: self._fetch(number), self._renew)
                except ArchiveError as error:
                    raise DamagedArchiveError(f"cannot be read further: {error.message}") from error
                self._progress.advance(len(block))
            self._blocks[number] = block
            self._blocks.move_to_end(number)
            while len(self._blocks) > _KEPT:
                self._blocks.popitem(last=False)
            return block

    def _fetch(self, number: int) -> bytes:
        """One block; fewer bytes only where the file has become shorter."""
        if self._file is None:
            self._file = self._connection.open(self._entry.path)
        self._file.seek(number * BLOCK)
        wanted = min(BLOCK, self.size - number * BLOCK)
        parts = []
        while wanted and (part := self._file.read(wanted)):
            parts.append(part)
            wanted -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _renew(self) -> None:
        """Open the file again; another version of it would mix two contents in one stream."""
        file, self._file = self._file, None
        self._connection.renew()
        if file is not None:
            with suppress(Exception):  # the connection is broken already
                file.close()
        if self._connection.info(self._entry.path).version != self._entry.version:
            raise ArchiveError("it was replaced while it was read")
