"""The files of a store as streams: those that its reader reads, and the others in its folder."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from parsers.archives.interface import ByteStream
from parsers.archives.seekable import Window, open_file
from parsers.errors import ArchiveError, StoreError
from parsers.progress import Silent
from parsers.stores.store_file import StoreFile

_PACKED: Final = frozenset({".gz", ".zst", ".bz2", ".xz", ".zip"})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of a store.

    Attributes:
        name: its path inside the store, "" for a store of one file.
        reference: its path.
        open: opens its bytes, decompressed if the reader decompresses them.
    """

    name: str
    reference: str
    open: Callable[[], AbstractContextManager[ByteStream]]


def read_file(file: StoreFile, name: str = "") -> SourceFile:
    """A file that the store's reader reads."""

    @contextmanager
    def opened() -> Iterator[ByteStream]:
        with file.open() as entry:
            yield entry.stream

    return SourceFile(name, file.reference, opened)


def files_of_folder(folder: Path, documents: Iterable[StoreFile]) -> list[SourceFile]:
    """Every file below a folder, in the order of their paths.

    Raises:
        StoreError: a link or a special file is among them, the folder cannot be read, or a decompressed
            document would have the name of another file.
    """
    read = {file.reference: file for file in documents}
    found = []
    for path in _paths(folder):
        name = path.relative_to(folder).as_posix()
        file = read.get(str(path))
        found.append(
            _unparsed_file(path, name) if file is None else read_file(file, _unpacked_name(file, name))
        )
    if len({each.name for each in found}) < len(found):
        raise StoreError(
            f"{folder}: the same file is there compressed and uncompressed", hint="remove one of them"
        )
    return found


def _paths(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, onerror=_refuse):
        folders.sort()
        for path in sorted(Path(parent, name) for name in (*folders, *files)):
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                yield path
            elif not stat.S_ISDIR(mode):
                raise StoreError(
                    f"{str(path)!r} is a link or a special file", hint="replace it with a copy of the file"
                )


def _refuse(error: OSError) -> NoReturn:
    raise StoreError(f"{str(error.filename)!r} cannot be read: {error.strerror}") from error


def _unpacked_name(file: StoreFile, name: str) -> str:
    """The name without the extension of its compression, since it is written decompressed."""
    path = Path(name)
    if path.suffix.casefold() in _PACKED and not file.is_plain(file.head()[:64]):
        return path.with_suffix("").as_posix()
    return name


def _unparsed_file(path: Path, name: str) -> SourceFile:
    """A file that is copied as it is."""

    @contextmanager
    def opened() -> Iterator[ByteStream]:
        try:
            source = open_file(str(path), Silent())
        except ArchiveError as error:
            raise StoreError(f"{path}: {error.message}") from error
        with closing(Window(source, 0, source.size)) as stream:
            yield stream

    return SourceFile(name, str(path), opened)
