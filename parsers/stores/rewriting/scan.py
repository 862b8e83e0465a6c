"""The files of a store, searched for the wanted values."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from parsers.stores.rewriting.occurrences import Occurrence, OccurrenceBuilder, Occurrences
from parsers.stores.rewriting.source_files import SourceFile
from parsers.stores.rewriting.spelling import Characters, characters_of, is_token
from parsers.stores.rewriting.value_search import MysqlStringSearch, TokenSearch
from parsers.stores.store_file import chunks


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ScannedFile:
    """A file, and the occurrences found in it.

    Attributes:
        file: the file.
        characters: how ASCII is encoded in it.
        digest: SHA-256 of its bytes, decompressed.
        occurrences: where the wanted values are.
        first: the number of the first of them, counted over all files of the store.
    """

    file: SourceFile
    characters: Characters
    digest: bytes
    occurrences: Occurrences
    first: int

    @property
    def numbers(self) -> range:
        """The numbers of its occurrences."""
        return range(self.first, self.first + len(self.occurrences))

    def occurrence(self, number: int) -> Occurrence:
        """One of `numbers`."""
        return self.occurrences.at(number - self.first)


def scan_file(file: SourceFile, olds: Mapping[bytes, int], first: int) -> ScannedFile:
    """Read a file once, in flat memory.

    Args:
        file: the file.
        olds: a number for each value to find.
        first: the number of its first occurrence.

    Raises:
        StoreError, ArchiveError: it cannot be read.
    """
    digest = hashlib.sha256()
    gathering = OccurrenceBuilder()
    with file.open() as stream:
        pieces = (bytes(chunk) for chunk in chunks(stream))
        head = next(pieces, b"")
        characters = characters_of(head)
        searches = _searches(characters, olds)
        for piece in chain((head,), pieces):
            digest.update(piece)
            for search in searches:
                gathering.add(search.feed(piece))
    for search in searches:
        gathering.add(search.feed(b"", last=True))
    return ScannedFile(file, characters, digest.digest(), gathering.sorted(), first)


def _searches(characters: Characters, olds: Mapping[bytes, int]) -> list[TokenSearch | MysqlStringSearch]:
    binary = {value: number for value, number in olds.items() if not is_token(value)}
    found: list[TokenSearch | MysqlStringSearch] = [TokenSearch(characters, olds)] if olds else []
    if binary and characters is Characters.BYTES:
        found.append(MysqlStringSearch(binary))
    return found


class Scan:
    """Reads every file once.

    Args:
        files: those of the store.
        olds: a number for each value to find.

    Attributes:
        files: the scanned files, in the same order.
        count: the number of occurrences in all of them.

    Raises:
        StoreError, ArchiveError: one of them cannot be read.
    """

    def __init__(self, files: Iterable[SourceFile], olds: Mapping[bytes, int]) -> None:
        self.files: list[ScannedFile] = []
        self.count = 0
        for file in files:
            self.files.append(scan_file(file, olds, self.count))
            self.count += len(self.files[-1].occurrences)
        self._firsts = [file.first for file in self.files]

    @property
    def digest(self) -> bytes:
        """SHA-256 of the files' digests."""
        return hashlib.sha256(b"".join(file.digest for file in self.files)).digest()

    def occurrence(self, number: int) -> Occurrence:
        """The occurrence of this number, below `count`."""
        return self.files[bisect_right(self._firsts, number) - 1].occurrence(number)
