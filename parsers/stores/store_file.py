"""A store that is one file, perhaps compressed, read as often as asked."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from parsers.archives.interface import ByteStream, Leaf
from parsers.errors import DamagedArchiveError, StoreError

HEAD_BYTES: Final = 65_536
"""Enough to tell what a file is."""

_CHUNK_BYTES: Final = 1 << 20
_GZIP_MAGIC: Final = b"\x1f\x8b"


class _Stream:
    """A plain or gzip file as a `ByteStream`."""

    def __init__(self, file: io.RawIOBase | gzip.GzipFile) -> None:
        self._file = file

    def readinto(self, buffer: memoryview, /) -> int:
        try:
            return self._file.readinto(buffer) or 0
        except (OSError, EOFError, zlib.error) as error:
            raise DamagedArchiveError(f"reading stopped: {error}") from error

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True, slots=True)
class StoreFile:
    """The path as it was given, and its decompressed bytes."""

    reference: str

    @contextmanager
    def open(self) -> Iterator[Leaf]:
        """The stream from its first byte.

        Raises:
            StoreError: there is no such file, or it cannot be opened.
        """
        path = Path(self.reference)
        try:
            with path.open("rb") as probe:
                compressed = probe.read(2) == _GZIP_MAGIC
            file = gzip.GzipFile(path) if compressed else path.open("rb", buffering=0)
        except OSError as error:
            raise StoreError(f"{self.reference}: {error.strerror}") from error
        stream = _Stream(file)
        try:
            yield Leaf(self.reference, "", stream)
        finally:
            stream.close()

    def head(self) -> bytes:
        """The first `HEAD_BYTES` bytes, or all if there are fewer."""
        buffer = memoryview(bytearray(HEAD_BYTES))
        filled = 0
        with self.open() as leaf:
            while filled < HEAD_BYTES and (count := leaf.stream.readinto(buffer[filled:])):
                filled += count
        return bytes(buffer[:filled])


class RawStream(io.RawIOBase):
    """A `ByteStream` as the raw file that the standard library's readers want."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object, /) -> int:
        """As `ByteStream.readinto`."""
        return self._stream.readinto(memoryview(buffer))  # type: ignore[arg-type]  # any writable buffer


def chunks(stream: ByteStream, size: int = _CHUNK_BYTES) -> Iterator[memoryview]:
    """The stream in pieces; each is valid until the next is asked for."""
    buffer = memoryview(bytearray(size))
    while count := stream.readinto(buffer):
        yield buffer[:count]
