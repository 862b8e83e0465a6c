"""Streams that wrap streams: checksums compared, sizes bounded, first bytes read ahead."""

from isal import isal_zlib

from parsers.archives.interface import ByteStream
from parsers.archives.limits import Budget, size_in_words
from parsers.errors import ArchiveError, DamagedArchiveError, LimitExceededError


class ChecksumStream:
    """Passes `inner` on, and raises at its end if size or checksum differ from the zip directory.

    Args:
        inner: the content.
        size: the size it must have, in bytes.
        crc: its CRC-32, or None where another code protects it (WinZip AE-2 stores none).
    """

    __slots__ = ("_crc", "_inner", "_left", "_seen_crc")

    def __init__(self, inner: ByteStream, size: int, crc: int | None) -> None:
        self._inner = inner
        self._left = size
        self._crc = crc
        self._seen_crc = 0

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes; see `ByteStream`."""
        count = self._inner.readinto(buffer)
        if count > self._left:
            raise DamagedArchiveError("longer than the zip directory says")
        self._left -= count
        if self._crc is not None and count:
            self._seen_crc = isal_zlib.crc32(buffer[:count], self._seen_crc)
        if not count:
            self._check()
        return count

    def close(self) -> None:
        """Close the inner stream."""
        self._inner.close()

    def _check(self) -> None:
        if self._left:
            raise DamagedArchiveError(f"{self._left} bytes shorter than the zip directory says")
        if self._crc is not None and self._seen_crc != self._crc:
            raise DamagedArchiveError("the checksum (CRC-32) is wrong")


class BoundedStream:
    """Passes `inner` on until it expands too far.

    Args:
        inner: decompressed bytes.
        packed: the size of the compressed data in bytes; None for a pipe.
        budget: of the input as a whole.
    """

    __slots__ = ("_budget", "_inner", "_most", "_spent")

    def __init__(self, inner: ByteStream, packed: int | None, budget: Budget) -> None:
        limits = budget.limits
        self._inner = inner
        self._budget = budget
        self._spent = 0
        self._most = limits.member_bytes
        if packed is not None:
            self._most = min(self._most, max(limits.ratio_floor, limits.ratio * packed))

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes; see `ByteStream`."""
        # Checked before reading: the bytes up to the limit are returned first, as before any other fault.
        if self._spent > self._most:
            raise LimitExceededError(f"stopped: it expands to more than {size_in_words(self._most)}")
        self._budget.check()
        count = self._inner.readinto(buffer)
        self._spent += count
        self._budget.spend(count)
        return count

    def close(self) -> None:
        """Close the inner stream."""
        self._inner.close()


class PeekedStream:
    """A stream whose first bytes, `head`, were read ahead; they are returned again before the rest."""

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
        """Close the inner stream."""
        self._inner.close()

    def _read(self, size: int) -> bytes:
        """The first bytes. A fault among them is kept until they have been returned."""
        head = bytearray(size)
        filled = 0
        try:
            with memoryview(head) as view:
                while filled < size and (count := self._inner.readinto(view[filled:])):
                    filled += count
        except ArchiveError as fault:
            self._fault = fault.afresh()
        return bytes(head[:filled])
