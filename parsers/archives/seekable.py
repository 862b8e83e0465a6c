"""Bytes that can be read at any position: files, memory, and windows on them."""

import os
import stat
import tempfile
import weakref
from typing import Final, Protocol

from parsers.archives.interface import ByteStream
from parsers.archives.limits import Limits, size_in_words
from parsers.errors import ArchiveError, DamagedArchiveError, LimitExceededError
from parsers.progress import Progress, Silent

SMALL_FILE: Final = 1 << 16
"""A file up to this size is read whole, with one call, and no descriptor stays open."""


class ByteSource(Protocol):
    """Positional reads; several threads may read at once."""

    @property
    def size(self) -> int:
        """The number of bytes."""
        ...

    def read_at(self, offset: int, buffer: memoryview) -> int:
        """Fill `buffer` from `offset` on; fewer bytes than requested only at the end.

        Raises:
            ArchiveError: the operating system refuses to read.
        """
        ...


class MemorySource:
    """Bytes in memory."""

    __slots__ = ("__weakref__", "_bytes", "size")

    def __init__(self, content: bytes | bytearray) -> None:
        self._bytes = memoryview(content)
        self.size = len(content)

    def read_at(self, offset: int, buffer: memoryview) -> int:
        """Copy from memory."""
        part = self._bytes[offset : offset + len(buffer)]
        buffer[: len(part)] = part
        return len(part)


class FileSource:
    """An open file; it is closed once nothing refers to it.

    Its size is the one at opening: what is appended to a live log meanwhile is left for the next run.
    """

    __slots__ = ("__weakref__", "_descriptor", "_progress", "_unseen", "size")

    def __init__(self, descriptor: int, size: int, progress: Progress) -> None:
        self._descriptor = descriptor
        self._progress = progress
        self._unseen = size
        self.size = size
        weakref.finalize(self, os.close, descriptor)

    def read_at(self, offset: int, buffer: memoryview) -> int:
        """Read straight into `buffer`."""
        try:
            count = os.preadv(self._descriptor, [buffer], offset)
        except OSError as error:
            raise DamagedArchiveError(f"cannot be read further: {error.strerror}") from error
        seen = min(count, self._unseen)
        self._unseen -= seen
        self._progress.advance(seen)
        return count


class Window:
    """A part of a source, which is itself a stream; `again` opens the same part from its beginning.

    Args:
        source: the source.
        start: the part's first byte.
        size: bytes that are there.
        promised: bytes that should be there: reading past `size` then raises `DamagedArchiveError`.
    """

    __slots__ = ("_position", "_promised", "size", "source", "start")

    def __init__(self, source: ByteSource, start: int, size: int, promised: int = 0) -> None:
        self.source = source
        self.start = start
        self.size = size
        self._promised = promised
        self._position = 0

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes of the part."""
        wanted = min(len(buffer), self.size - self._position)
        if not wanted and self._promised <= self.size:
            return 0
        count = self.source.read_at(self.start + self._position, buffer[:wanted]) if wanted else 0
        if not count:
            raise DamagedArchiveError(
                f"ended at byte {self._position} of {max(self.size, self._promised)}: "
                "cut off, or shortened while it was read"
            )
        self._position += count
        return count

    def bytes_at(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset` on, without moving the stream; fewer only at the end."""
        size = max(0, min(size, self.size - offset))
        content = bytearray(size)
        filled = 0
        with memoryview(content) as view:
            while filled < size:
                count = self.source.read_at(self.start + offset + filled, view[filled:])
                if not count:
                    break
                filled += count
        return bytes(content[:filled])

    def part(self, start: int, size: int) -> "Window":
        """A window within this one; reading what of it lies outside raises `DamagedArchiveError`."""
        return Window(self.source, self.start + start, max(0, min(size, self.size - start)), promised=size)

    def again(self) -> "Window":
        """The same part, from its beginning."""
        return Window(self.source, self.start, self.size, self._promised)

    def close(self) -> None:
        """There is nothing to release."""


def open_file(path: str, progress: Progress) -> ByteSource:
    """A regular file, opened for reading.

    Raises:
        ArchiveError: it is missing, is not a regular file, or may not be read.
    """
    try:
        # Opening a FIFO without O_NONBLOCK would wait for its other end for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a possible file name"
        raise ArchiveError(f"cannot be opened: {reason}") from error
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_size > SMALL_FILE:
        return FileSource(descriptor, status.st_size, progress)
    try:
        if not stat.S_ISREG(status.st_mode):
            raise ArchiveError(
                "neither a file nor a folder: a pipe, socket or device",
                hint="pass it on standard input, as -",
            )
        content = os.pread(descriptor, SMALL_FILE, 0)
    except OSError as error:
        raise ArchiveError(f"cannot be read: {error.strerror}") from error
    finally:
        os.close(descriptor)
    progress.advance(len(content))
    return MemorySource(content)


def spool(stream: ByteStream, limits: Limits) -> Window:
    """The whole of `stream`, made seekable: in memory, or in an unlinked temporary file if it is long.

    Raises:
        ArchiveError: the stream's own error, or it is longer than the limit.
    """
    memory = bytearray()
    chunk = memoryview(bytearray(1 << 17))
    while count := stream.readinto(chunk):
        memory += chunk[:count]
        if len(memory) > limits.spool_memory:
            return _spool_to_file(memory, stream, chunk, limits)
    return Window(MemorySource(memory), 0, len(memory))


def _spool_to_file(begun: bytearray, stream: ByteStream, chunk: memoryview, limits: Limits) -> Window:
    size = 0
    with tempfile.TemporaryFile(buffering=0) as file:
        piece = memoryview(begun)
        try:
            while piece:
                size += len(piece)
                if size > limits.spool_bytes:
                    raise LimitExceededError(
                        f"an archive inside another is longer than {size_in_words(limits.spool_bytes)}"
                    )
                _write_all(file.fileno(), piece)
                piece = chunk[: stream.readinto(chunk)]
            # The file has no name, so nothing is left on the disk however this process ends.
            descriptor = os.dup(file.fileno())
        except OSError as error:
            raise ArchiveError(f"no room for an archive inside another: {error.strerror}") from error
    return Window(FileSource(descriptor, size, Silent()), 0, size)


def _write_all(descriptor: int, content: memoryview) -> None:
    while content:
        content = content[os.write(descriptor, content) :]
