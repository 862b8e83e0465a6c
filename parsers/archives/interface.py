"""The interface between archives and the readers of logs and stores."""

from dataclasses import dataclass, field
from typing import Protocol


class ByteStream(Protocol):
    """Decompressed bytes, read forward once."""

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill `buffer` from its start and return the number of bytes; 0 is the end.

        Raises:
            ArchiveError: reading cannot continue. Every sound byte before the fault was returned first,
                so that the caller can keep it and mark the result as partial.
        """
        ...

    def close(self) -> None:
        """Release resources. Closing twice is harmless."""
        ...


class LeftOut(str):
    """A note of bytes that were not read: the answer is partial."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class EntryStream:
    """A stream that is not a container.

    Attributes:
        path: the input as given (for a folder: joined with the file's path below it).
        member: the path inside archives, `!/` between levels; "" for a plain or single-stream file.
        stream: its bytes.
        notes: remarks on a stream that was read (no checksum, trailing garbage); complete once it has ended.
    """

    path: str
    member: str
    stream: ByteStream
    notes: list[str] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The first half of a position, as users and scripts see it: `support.zip!/inner.zip!/a.log`."""
        return f"{self.path}!/{self.member}" if self.member else self.path
