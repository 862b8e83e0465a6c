"""A stream whose first bytes were looked at."""

from parsers.archives.interface import ByteStream
from parsers.errors import ArchiveError


class Peeked:
    """Gives the `head` that it read, and then the rest."""

    __slots__ = ("_fault", "_inner", "_left", "head")

    def __init__(self, inner: ByteStream, size: int) -> None:
        self._inner = inner
        self._fault: ArchiveError | None = None
        self.head = self._read(size)
        self._left = self.head

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes; see `ByteStream`."""
        if self._left:
            count = min(len(buffer), len(self._left))
            buffer[:count] = self._left[:count]
            self._left = self._left[count:]
            return count
        if self._fault:
            raise self._fault.afresh()
        return self._inner.readinto(buffer)

    def close(self) -> None:
        """Close what lies below."""
        self._inner.close()

    def _read(self, size: int) -> bytes:
        """The first bytes. A fault among them is kept until they have been handed out."""
        head = bytearray(size)
        filled = 0
        try:
            with memoryview(head) as view:
                while filled < size and (count := self._inner.readinto(view[filled:])):
                    filled += count
        except ArchiveError as fault:
            self._fault = fault.afresh()
        return bytes(head[:filled])
