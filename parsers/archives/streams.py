"""A member's size and checksum, compared while it is read."""

from isal import isal_zlib

from parsers.archives.interface import ByteStream
from parsers.errors import DamagedArchiveError


class Checked:
    """Passes `inner` on, and raises at its end if it is not what the directory said.

    Args:
        inner: the content.
        size: bytes that it must have.
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
        """Close what lies below."""
        self._inner.close()

    def _check(self) -> None:
        if self._left:
            raise DamagedArchiveError(f"{self._left} bytes shorter than the zip directory says")
        if self._crc is not None and self._seen_crc != self._crc:
            raise DamagedArchiveError("the checksum (CRC-32) is wrong")
