"""A file's stream with a placeholder for each occurrence of a wanted value."""

from parsers.archives.interface import ByteStream
from parsers.stores.rewriting.placeholders import Placeholders
from parsers.stores.rewriting.scanned_file import ScannedFile


class MarkedStream:
    """A `ByteStream` of the same length as the one beneath it."""

    def __init__(self, stream: ByteStream, file: ScannedFile, placeholders: Placeholders) -> None:
        self._stream = stream
        self._file = file
        self._placeholders = placeholders
        self._at = 0

    def readinto(self, buffer: memoryview, /) -> int:
        """As `ByteStream.readinto`."""
        buffer = buffer.cast("B")
        count = self._stream.readinto(buffer)
        end = self._at + count
        file = self._file
        for index, found in file.occurrences.within(self._at, end):
            text = self._placeholders.of(found, file.first + index, file.characters)
            start = found.start - self._at
            hidden, behind = max(-start, 0), min(start + found.length, count)
            buffer[start + hidden : behind] = text[hidden : behind - start]
        self._at = end
        return count

    def close(self) -> None:
        """As `ByteStream.close`."""
        self._stream.close()
