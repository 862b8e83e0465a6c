"""What the rooms that read logs and stores see of archives."""

from dataclasses import dataclass, field
from typing import Protocol


class ByteStream(Protocol):
    """Decompressed bytes, read forward once."""

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill the front of `buffer` and return how many bytes; 0 is the end.

        Raises:
            ArchiveError: reading cannot go on. Every sound byte before the fault was handed out first,
                so that the caller keeps what it has and marks it partial.
        """
        ...

    def close(self) -> None:
        """Release what is held. Closing twice is harmless."""
        ...


class LeftOut(str):
    """A note of bytes that were not read: the answer is partial."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A stream that is no container any more.

    Attributes:
        path: the input as it was given (for a folder: the file's path below it, joined).
        member: the way inside archives, `!/` between levels, or "" for a plain or single-stream file.
        stream: its bytes.
        notes: what is worth saying of it though it was read (no checksum, trailing garbage);
            complete once the stream has ended.
    """

    path: str
    member: str
    stream: ByteStream
    notes: list[str] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The position's first half, as people and scripts see it: `support.zip!/inner.zip!/a.log`."""
        return f"{self.path}!/{self.member}" if self.member else self.path
