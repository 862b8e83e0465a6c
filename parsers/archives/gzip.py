"""gzip and deflate, by isal: a fast reader, and a careful one that takes over at a fault."""

from collections.abc import Callable
from typing import Final

from isal import igzip_lib, isal_zlib

from parsers.archives.frames import CAREFUL, INPUT, Codec, Decompressor, FrameStream, skip
from parsers.archives.interface import ByteStream
from parsers.errors import ArchiveError


def _begin_gzip(_head: bytes, _notes: list[str]) -> Decompressor:
    return igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_GZIP)


def _begin_deflate(_head: bytes, _notes: list[str]) -> Decompressor:
    return igzip_lib.IgzipDecompressor(igzip_lib.DECOMP_DEFLATE)


GZIP: Final = Codec("gzip", _begin_gzip, begins=lambda head: head.startswith(b"\x1f\x8b\x08"), padding=True)
DEFLATE: Final = Codec("deflate", _begin_deflate)

GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""RFC 1952, without name or time: prefixed to a zip's raw deflate data it makes them a gzip member."""


def gzip_trailer(crc: int, size: int) -> bytes:
    """The end of a gzip member: CRC-32 and size of the content, both little-endian."""
    return crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")


def gzip_stream(raw: ByteStream, notes: list[str], again: Callable[[], ByteStream] | None) -> ByteStream:
    """The content of all members of `raw`; `again` reopens it and is None for a pipe."""
    if again is None:
        return FrameStream(raw, GZIP, notes, again=None)
    reopen = again
    return FastInflate(
        raw,
        careful=lambda offset: FrameStream(
            reopen(), GZIP, notes, again=reopen, careful_from=offset, stride=CAREFUL
        ),
    )


class FastInflate:
    """isal's own gzip reader: checksum and length are checked in C, straight into the caller's buffer.

    A failing call loses what it had decoded, and trailing garbage fails like damage. So at its first error
    `careful` takes over, which reads the stream again from its beginning.

    Args:
        raw: the compressed bytes.
        careful: makes the stream that takes over; its argument is an offset up to which the data are sound.
        prefix: precedes `raw`.
        suffix: follows it.
    """

    def __init__(
        self,
        raw: ByteStream,
        careful: Callable[[int], ByteStream],
        *,
        prefix: bytes = b"",
        suffix: bytes = b"",
    ) -> None:
        self._feed = _Feed(raw, prefix, suffix)
        self._reader = isal_zlib._GzipReader(self._feed, INPUT)  # type: ignore[arg-type] # noqa: SLF001 - it
        # takes any object with `readinto`; its public wrapper, IGzipFile, would copy all data once more
        self._careful = careful
        self._second: ByteStream | None = None
        self._sound_input = 0
        self._out = 0

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes; see `ByteStream`."""
        if self._second:
            return self._second.readinto(buffer)
        try:
            count = self._reader.readinto(buffer)
        except Exception:  # noqa: BLE001 - whatever the error, the careful reader finds out precisely
            return self._take_over(buffer)
        if not count and self._feed.fault:
            raise self._feed.fault.afresh()
        # The reader may hold INPUT bytes that it has not decoded yet: only those before them are sound.
        self._sound_input = self._feed.taken - INPUT
        self._out += count
        return count

    def close(self) -> None:
        """Close the inner stream."""
        self._feed.raw.close()
        if self._second:
            self._second.close()

    def _take_over(self, buffer: memoryview) -> int:
        self._second = self._careful(max(0, self._sound_input))
        skip(self._second, self._out)  # the caller has these bytes already
        return self._second.readinto(buffer)


class _Feed:
    """`raw` between prefix and suffix, as the file that isal's reader expects."""

    def __init__(self, raw: ByteStream, prefix: bytes, suffix: bytes) -> None:
        self.raw = raw
        self.taken = 0
        self.fault: ArchiveError | None = None
        self._prefix = prefix
        self._suffix = suffix

    def readinto(self, buffer: memoryview) -> int:
        """Compressed bytes. A fault in `raw` ends them, so that the bytes before it are decoded first."""
        if self._prefix:
            part, self._prefix = self._prefix, b""
            return _put(part, buffer)
        try:
            count = 0 if self.fault else self.raw.readinto(buffer)
        except ArchiveError as error:
            self.fault = error.afresh()
            count = 0
        self.taken += count
        if not count and not self.fault and self._suffix:
            part, self._suffix = self._suffix, b""
            return _put(part, buffer)
        return count

    def read(self, _size: int = -1) -> bytes:
        """Never called: the reader checks only that it exists."""
        raise NotImplementedError


def _put(part: bytes, buffer: memoryview) -> int:
    buffer[: len(part)] = part
    return len(part)
