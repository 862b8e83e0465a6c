"""Files and members of archives before they are opened, and once they are open but not yet recognised."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from parsers.archives.interface import ByteStream
from parsers.archives.limits import Budget
from parsers.archives.seekable import ByteSource, Window
from parsers.errors import ArchiveError
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class EntryContent:
    """The bytes of a file or member.

    Attributes:
        stream: reads them once, with every check.
        again: opens the same stream from its beginning; None if it can be read only once.
        window: random access to the same bytes, unchecked, if they are uncompressed in a file or in memory.
        notes: filled while `stream` is read.
    """

    stream: ByteStream
    again: Callable[[], ByteStream] | None
    window: Window | None
    notes: list[str] = field(default_factory=list)


def content_of(window: Window) -> EntryContent:
    """The content of a window that needs no check."""
    return EntryContent(window, window.again, window)


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """A file or member that has not been opened yet.

    Attributes:
        path: the input.
        member: the path inside it.
        depth: how many containers enclose it.
        open: opens it; raises `ArchiveError`.
        budget: of the input.
        spooled: the copy that holds it if it was taken out of a stream: then it can be read later.
    """

    path: str
    member: str
    depth: int
    open: Callable[[], EntryContent]
    budget: Budget
    spooled: ByteSource | None = None

    def inside(
        self, name: str, open_it: Callable[[], EntryContent], depth: int, spooled: ByteSource | None = None
    ) -> "ArchiveEntry":
        """A member of this container."""
        member = f"{self.member}!/{name}" if self.member else name
        return ArchiveEntry(self.path, member, depth, open_it, self.budget, spooled)

    def unread(self, error: ArchiveError, name: str = "", *, partial: bool = False) -> Unread:
        """A report that this entry, or its member `name`, was not read."""
        member = "!/".join(part for part in (self.member, name) if part)
        return Unread(self.path, member, error.message, partial=partial)


@dataclass(frozen=True, slots=True)
class Members:
    """The members of a container, found as they are asked for.

    Attributes:
        entries: the members.
        in_order: whether each must be read before the next is asked for.
    """

    entries: Iterator[ArchiveEntry | Unread]
    in_order: bool = False
