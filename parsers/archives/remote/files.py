"""URLs → the files that they name; a prefix is a folder."""

from collections.abc import Iterator

from parsers.archives.content import Content, content_of
from parsers.archives.entries import Found
from parsers.archives.limits import Budget, Limits
from parsers.archives.remote.connection import Connection, Entry
from parsers.archives.remote.source import RemoteSource
from parsers.archives.seekable import Window
from parsers.errors import ArchiveError
from parsers.progress import Progress
from parsers.unread import Unread


class RemoteFinder:
    """Finds files behind URLs; those of one host or service share a connection."""

    def __init__(self, limits: Limits, progress: Progress) -> None:
        self._limits = limits
        self._progress = progress
        self._connections: dict[str, Connection] = {}

    def found(self, url: str) -> Iterator[Found | Unread]:
        """The file that `url` names, or every file below it, folder by folder in the order of their names."""
        for item in self.listed(url):
            yield item if isinstance(item, Unread) else self._found(*item)

    def listed(self, url: str) -> Iterator[tuple[str, Connection, Entry] | Unread]:
        """As `found`: each file's URL, which begins with the one given, and where it is."""
        try:
            connection = self._connection(url)
            entry = connection.look(connection.path(url))
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
    ) -> Iterator[tuple[str, Connection, Entry] | Unread]:
        """Files first, as for folders here."""
        try:
            entries = connection.listed(folder or "/")
        except ArchiveError as error:
            yield Unread(url, "", f"folder cannot be read: {error.message}")
            return
        folders = []
        self._progress.expect(sum(entry.size or 0 for entry in entries if entry.kind == "file"))
        for entry in entries:
            path = entry.path.rstrip("/")
            if path == folder:  # object stores may list a folder in itself
                continue
            place = f"{url}/{path.rpartition('/')[2]}"
            if entry.kind == "directory":
                folders.append((place, path))
            elif entry.kind == "file":
                yield place, connection, entry
            else:
                yield self._followed(place, connection, path)
        for place, path in folders:
            yield from self._below(place, connection, path)

    def _followed(
        self, url: str, connection: Connection, path: str
    ) -> tuple[str, Connection, Entry] | Unread:
        """What is neither file nor folder: a link, most likely."""
        try:
            entry = connection.look(path)
        except ArchiveError as error:
            return Unread(url, "", f"cannot be opened: {error.message}")
        if entry.kind == "directory":
            return Unread(url, "", "a link to a folder: not followed")
        self._progress.expect(entry.size or 0)
        return url, connection, entry

    def _found(self, url: str, connection: Connection, entry: Entry) -> Found:
        budget = Budget(self._limits)

        def open_it() -> Content:
            self._progress.working_on(url)
            if entry.kind != "file":
                raise ArchiveError("neither a file nor a folder: a pipe, socket or device")
            if entry.size is None:
                raise ArchiveError("the other side does not tell its size, so that no part can be asked for")
            budget.relate_to(entry.size)
            source = RemoteSource(connection, entry, entry.size, self._progress)
            return content_of(Window(source, 0, entry.size))

        return Found(url, "", 0, open_it, budget)
