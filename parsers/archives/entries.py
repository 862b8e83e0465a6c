"""Entries of archives: found and not yet looked into, opened and not yet recognised."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from parsers.archives.interface import ByteStream
from parsers.archives.limits import Budget
from parsers.archives.seekable import Source, Window
from parsers.errors import ArchiveError
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes of a file or member.

    Attributes:
        stream: reads them once, with every check.
        again: gives the same stream from its beginning, or None for what can be read once only.
        window: the same bytes at any position, where they lie there as they are; without checks.
        notes: filled while `stream` is read.
    """

    stream: ByteStream
    again: Callable[[], ByteStream] | None
    window: Window | None
    notes: list[str] = field(default_factory=list)


def content_of(window: Window) -> Content:
    """A stretch that needs no check."""
    return Content(window, window.again, window)


@dataclass(frozen=True, slots=True)
class Found:
    """A file or member that nobody has looked into yet.

    Attributes:
        path: the input.
        member: the way inside it.
        depth: containers passed on the way.
        open: opens it; raises `ArchiveError`.
        budget: of the input.
        spooled: the copy that it lies in, if it was taken out of a stream: it may be read later.
    """

    path: str
    member: str
    depth: int
    open: Callable[[], Content]
    budget: Budget
    spooled: Source | None = None

    def inside(
        self, name: str, open_it: Callable[[], Content], depth: int, spooled: Source | None = None
    ) -> "Found":
        """A member of this container."""
        member = f"{self.member}!/{name}" if self.member else name
        return Found(self.path, member, depth, open_it, self.budget, spooled)

    def unread(self, error: ArchiveError, name: str = "", *, partial: bool = False) -> Unread:
        """This, or the member `name` of it, was not read."""
        member = "!/".join(part for part in (self.member, name) if part)
        return Unread(self.path, member, error.message, partial=partial)


@dataclass(frozen=True, slots=True)
class Members:
    """What a container holds; it is found while one asks for it.

    Attributes:
        found: the members.
        in_order: whether each must have been read before the next is asked for.
    """

    found: Iterator[Found | Unread]
    in_order: bool = False
