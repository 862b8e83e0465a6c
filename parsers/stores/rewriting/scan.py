"""All files of a store in which the wanted values were searched for."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping

from parsers.stores.rewriting.occurrences import Occurrence
from parsers.stores.rewriting.scanned_file import ScannedFile, scanned
from parsers.stores.rewriting.source_files import SourceFile


class Scan:
    """Reads every file once.

    Args:
        files: those of the store.
        olds: a number for each value to find.

    Attributes:
        files: what they hold, in the same order.
        count: how many occurrences there are in all of them.

    Raises:
        StoreError, ArchiveError: one of them cannot be read.
    """

    def __init__(self, files: Iterable[SourceFile], olds: Mapping[bytes, int]) -> None:
        self.files: list[ScannedFile] = []
        self.count = 0
        for file in files:
            self.files.append(scanned(file, olds, self.count))
            self.count += len(self.files[-1].occurrences)
        self._firsts = [file.first for file in self.files]

    @property
    def digest(self) -> bytes:
        """SHA-256 of the files' own."""
        return hashlib.sha256(b"".join(file.digest for file in self.files)).digest()

    def occurrence(self, number: int) -> Occurrence:
        """The one of this number, below `count`."""
        return self.files[bisect_right(self._firsts, number) - 1].occurrence(number)
