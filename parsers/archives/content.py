"""What was opened and is not yet recognised."""

from collections.abc import Callable
from dataclasses import dataclass, field

from parsers.archives.interface import ByteStream
from parsers.archives.seekable import Window


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
