"""A store that is one file, compressed or not, and can be read repeatedly."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from parsers.archives.interface import ByteStream, EntryStream
from parsers.archives.remote.urls import is_url
from parsers.archives.single import open_single
from parsers.errors import ArchiveError, StoreError
from parsers.secret import Secret

HEAD_BYTES: Final = 65_536
"""Enough to recognise a file's format."""

MAX_WHOLE: Final = 1 << 30
"""A compressed file that needs random access must fit into memory."""

_CHUNK_BYTES: Final = 1 << 20

Look = Callable[[str, ByteStream], ByteStream]
"""Replaces the stream of the file at a path by another of the same length."""


@dataclass(frozen=True, slots=True)
class StoreFile:
    """The path as given, and its decompressed bytes.

    Attributes:
        reference: the path, or a URL.
        passwords: candidates for an encrypted zip.
        look: replaces its decompressed bytes; None leaves them as they are.
    """

    reference: str
    passwords: tuple[Secret, ...] = ()
    look: Look | None = field(default=None, repr=False, compare=False)

    @contextmanager
    def open(self) -> Iterator[EntryStream]:
        """The stream from its first byte.

        Raises:
            StoreError: there is no such file, or it cannot be opened.
        """
        try:
            entry = open_single(self.reference, passwords=self.passwords)
        except ArchiveError as error:
            raise StoreError(f"{self.reference}: {error.message}", hint=error.hint) from error
        if self.look is not None:
            entry = replace(entry, stream=self.look(self.reference, entry.stream))
        try:
            yield entry
        finally:
            entry.stream.close()

    def head(self) -> bytes:
        """The first `HEAD_BYTES` bytes; fewer if there are no more, or if they cannot be read."""
        buffer = memoryview(bytearray(HEAD_BYTES))
        filled = 0
        # A fault within the head is reported by whatever reads the file in full.
        with self.open() as entry, suppress(ArchiveError):
            while filled < HEAD_BYTES and (count := entry.stream.readinto(buffer[filled:])):
                filled += count
        return bytes(buffer[:filled])

    def is_plain(self, head: bytes) -> bool:
        """Whether the file is local and begins with `head`: then a library can open it by its path."""
        if is_url(self.reference):
            return False
        with Path(self.reference).open("rb") as file:
            return file.read(len(head)) == head

    def whole(self) -> bytes:
        """All of it, decompressed, in memory.

        Raises:
            ArchiveError: reading cannot continue.
            StoreError: it is larger than `MAX_WHOLE`.
        """
        content = bytearray()
        with self.open() as entry:
            for chunk in chunks(entry.stream):
                content += chunk
                if len(content) > MAX_WHOLE:
                    raise StoreError(
                        f"more than {MAX_WHOLE >> 20} MiB of a format that cannot be read while compressed",
                        hint="decompress it first",
                    )
        return bytes(content)


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
