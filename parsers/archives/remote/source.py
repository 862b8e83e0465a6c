"""A file on another machine, read at any position and never copied to disk."""

import threading
from collections import OrderedDict
from contextlib import suppress
from typing import BinaryIO, Final

from parsers.archives.remote.connection import Connection, Entry, tried
from parsers.errors import ArchiveError, DamagedArchiveError
from parsers.progress import Progress

BLOCK: Final = 4 << 20
"""Bytes asked for at once: against 20 ms for a question, 4 MiB keep a line of 1 Gbit/s two thirds busy."""

_KEPT: Final = 4
"""Blocks in memory: threads that read different members of one archive each have their own."""


class RemoteSource:
    """See `Source`. Blocks are fetched whole, and the latest few stay in memory."""

    __slots__ = ("__weakref__", "_blocks", "_connection", "_entry", "_file", "_lock", "_progress", "size")

    def __init__(self, connection: Connection, entry: Entry, size: int, progress: Progress) -> None:
        self._connection = connection
        self._entry = entry
        self._progress = progress
        self._lock = threading.Lock()
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._file: BinaryIO | None = None
        self.size = size

    def read_at(self, offset: int, buffer: memoryview) -> int:
        """Copy from the block that holds `offset`; up to its end at most."""
        if offset >= self.size:
            return 0
        number, begin = divmod(offset, BLOCK)
        part = memoryview(self._block(number))[begin : begin + len(buffer)]
        buffer[: len(part)] = part
        return len(part)

    def _block(self, number: int) -> bytes:
        with self._lock:
            block = self._blocks.get(number)
            if block is None:
                try:
                    block = tried(lambda: self._fetched(number), self._renew)
                except ArchiveError as error:
                    raise DamagedArchiveError(f"cannot be read further: {error.message}") from error
                self._progress.advance(len(block))
            self._blocks[number] = block
            self._blocks.move_to_end(number)
            while len(self._blocks) > _KEPT:
                self._blocks.popitem(last=False)
            return block

    def _fetched(self, number: int) -> bytes:
        """A block; less of it only where the file has become shorter."""
        if self._file is None:
            self._file = self._connection.open(self._entry.path)
        self._file.seek(number * BLOCK)
        wanted = min(BLOCK, self.size - number * BLOCK)
        parts = []
        while wanted and (part := self._file.read(wanted)):
            parts.append(part)
            wanted -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _renew(self) -> None:
        file, self._file = self._file, None
        self._connection.renew()
        if file is not None:
            with suppress(Exception):  # it is broken, which is why it is closed
                file.close()
        if self._connection.look(self._entry.path).version != self._entry.version:
            raise ArchiveError("it was replaced while it was read")
