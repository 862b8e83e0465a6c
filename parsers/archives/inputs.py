"""The inputs as given: files, folders, URLs, standard input.

Paths stay text: a name that is not a valid `Path` is reported like any other that cannot be opened.
"""

# As said above; and for thousands of small files `Path` objects cost as much as reading them.
# ruff: noqa: PTH112, PTH114, PTH116, PTH118

import os
import os.path
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from parsers.archives.entries import ArchiveEntry, EntryContent, content_of
from parsers.archives.limits import Budget, Limits
from parsers.archives.remote.files import RemoteFinder
from parsers.archives.remote.urls import is_url
from parsers.archives.seekable import FileSource, Window, open_file
from parsers.errors import ArchiveError, DamagedArchiveError
from parsers.path_text import path_as_text
from parsers.progress import Progress
from parsers.unread import Unread

STANDARD_INPUT = "-"


def find_inputs(
    inputs: Sequence[str], limits: Limits, progress: Progress, *, standard_input: int = 0, folder: str = ""
) -> Iterator[ArchiveEntry | Unread]:
    """Each file of `inputs`, folders walked in the order of their names; paths begin at `folder`."""
    remote: RemoteFinder | None = None
    for path in inputs:
        place = os.path.join(folder, path)
        if path == STANDARD_INPUT:
            yield _standard_input_entry(standard_input, limits, progress)
        elif is_url(path):
            remote = remote or RemoteFinder(limits, progress)
            yield from remote.find(path)
        elif os.path.isdir(place):
            for item in files_below(place):
                if isinstance(item, Unread):
                    yield replace(item, path=path_as_text(path + item.path[len(place) :]))
                else:
                    yield _file_entry(path + item[len(place) :], item, limits, progress)
        else:
            yield _file_entry(path, place, limits, progress)


def _file_entry(path: str, place: str, limits: Limits, progress: Progress) -> ArchiveEntry:
    """The file `path`, found at `place`, to be opened later."""
    budget = Budget(limits)

    def open_it() -> EntryContent:
        progress.working_on(path)
        source = open_file(place, progress)
        budget.set_input_size(source.size)
        return content_of(Window(source, 0, source.size))

    return ArchiveEntry(path_as_text(path), "", 0, open_it, budget)


def expected_bytes(inputs: Sequence[str]) -> int:
    """The inputs' size on disk, as far as it is known beforehand."""
    total = 0
    for path in inputs:
        paths = files_below(path) if os.path.isdir(path) else (path,)
        for item in paths:
            try:
                total += 0 if isinstance(item, Unread) else os.stat(item).st_size
            except (OSError, ValueError):
                continue  # reported when it is opened
    return total


def files_below(folder: str) -> Iterator[str | Unread]:
    """Every file in a folder and the folders in it, in the order of their names."""
    failed: list[Unread] = []

    def report(error: OSError) -> None:
        failed.append(Unread(str(error.filename), "", f"folder cannot be read: {error.strerror}"))

    for parent, folders, files in os.walk(folder, onerror=report):
        folders.sort()
        for name in folders:
            path = os.path.join(parent, name)
            if os.path.islink(path):
                yield Unread(path, "", "a link to a folder: not followed")
        for name in sorted(files):
            yield os.path.join(parent, name)
        yield from failed
        failed.clear()
    yield from failed


def _standard_input_entry(descriptor: int, limits: Limits, progress: Progress) -> ArchiveEntry:
    budget = Budget(limits)

    def open_it() -> EntryContent:
        progress.working_on(STANDARD_INPUT)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return EntryContent(_Pipe(descriptor), None, None)
            begin = os.lseek(descriptor, 0, os.SEEK_CUR)
            own = os.dup(descriptor)
        except OSError as error:
            raise ArchiveError(f"standard input cannot be read: {error.strerror}") from error
        size = max(0, status.st_size - begin)
        budget.set_input_size(size)
        return content_of(Window(FileSource(own, status.st_size, progress), begin, size))

    return ArchiveEntry(STANDARD_INPUT, "", 0, open_it, budget)


class _Pipe:
    """Standard input that can be read only once."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes; see `ByteStream`."""
        try:
            return os.readv(self._descriptor, [buffer])
        except OSError as error:
            raise DamagedArchiveError(f"standard input cannot be read further: {error.strerror}") from error

    def close(self) -> None:
        """Standard input belongs to the process: it stays open."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """An input, or a file below one.

    Attributes:
        path: as the operating system spells it, to be passed to `map_streams`.
        size: bytes on disk; 0 if unknown.
    """

    path: str
    size: int


def list_inputs(inputs: Sequence[str], limits: Limits, progress: Progress) -> Iterator[InputFile | Unread]:
    """Each file of `inputs`, folders and prefixes walked; `progress` learns the expected size.

    A path that does not exist here is listed as given: other machines of a cluster may have it.
    """
    remote = RemoteFinder(limits, progress)
    for path in inputs:
        if is_url(path):
            for item in remote.list_files(path):
                yield item if isinstance(item, Unread) else InputFile(item[0], item[2].size or 0)
            continue
        for place in files_below(path) if os.path.isdir(path) else (path,):
            if isinstance(place, Unread):
                yield replace(place, path=path_as_text(place.path))
                continue
            size = _size(place)
            progress.expect(size)
            yield InputFile(place, size)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0  # opening it reports why it cannot be read
