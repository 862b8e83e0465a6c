"""A file of a store in which the wanted values were searched for."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from parsers.stores.rewriting.characters import Characters, characters_of
from parsers.stores.rewriting.mysql_strings import MysqlStringSearch
from parsers.stores.rewriting.occurrences import Gathering, Occurrence, Occurrences
from parsers.stores.rewriting.source_files import SourceFile
from parsers.stores.rewriting.spelling import is_token
from parsers.stores.rewriting.value_search import RunSearch
from parsers.stores.store_file import chunks


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class ScannedFile:
    """A file, and what it held.

    Attributes:
        file: the file.
        characters: how ASCII lies in it.
        digest: SHA-256 of its bytes, decompressed.
        occurrences: where the wanted values stand.
        first: the number of the first of them, counted through all files of the store.
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


def scanned(file: SourceFile, olds: Mapping[bytes, int], first: int) -> ScannedFile:
    """Read a file once, from its beginning to its end, in flat memory.

    Args:
        file: the file.
        olds: a number for each value to find.
        first: the number of its first occurrence.

    Raises:
        StoreError, ArchiveError: it cannot be read.
    """
    digest = hashlib.sha256()
    gathering = Gathering()
    with file.open() as stream:
        pieces = (bytes(chunk) for chunk in chunks(stream))
        head = next(pieces, b"")
        characters = characters_of(head)
        searches = _searches(characters, olds)
        for piece in chain((head,), pieces):
            digest.update(piece)
            for search in searches:
                gathering.add_all(search.feed(piece))
    for search in searches:
        gathering.add_all(search.feed(b"", last=True))
    return ScannedFile(file, characters, digest.digest(), gathering.sorted(), first)


def _searches(characters: Characters, olds: Mapping[bytes, int]) -> list[RunSearch | MysqlStringSearch]:
    binary = {value: number for value, number in olds.items() if not is_token(value)}
    found: list[RunSearch | MysqlStringSearch] = [RunSearch(characters, olds)] if olds else []
    if binary and characters is Characters.BYTES:
        found.append(MysqlStringSearch(binary))
    return found
