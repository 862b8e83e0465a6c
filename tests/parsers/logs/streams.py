"""Streams for tests: bytes in pieces of chosen sizes."""

from parsers.archives.interface import EntryStream
from parsers.errors import DamagedArchiveError


class Pieces:
    """Hands out `data`, at most `piece` bytes at once, then ends or fails."""

    def __init__(self, data: bytes, piece: int = 1 << 30, *, fails: bool = False) -> None:
        self._data = memoryview(data)
        self._piece = piece
        self._fails = fails

    def readinto(self, buffer: memoryview, /) -> int:
        count = min(len(buffer), len(self._data), self._piece)
        if not count and self._fails:
            raise DamagedArchiveError("cut off")
        buffer[:count] = self._data[:count]
        self._data = self._data[count:]
        return count

    def close(self) -> None:
        pass


def leaf(data: bytes, path: str = "commander.log", member: str = "", *, fails: bool = False) -> EntryStream:
    return EntryStream(path, member, Pieces(data, fails=fails))
