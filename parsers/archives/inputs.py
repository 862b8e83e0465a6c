"""The inputs as they were given: files, folders, URLs, standard input.

Paths stay text: a name that is not a valid `Path` is reported like any other that cannot be opened.
"""

# As above; and for thousands of small files `Path` objects cost as much as reading them.
# ruff: noqa: PTH112, PTH114, PTH116, PTH118

import os
import os.path
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from parsers.archives.entries import Content, Found, content_of
from parsers.archives.limits import Budget, Limits
from parsers.archives.remote.files import RemoteFinder
from parsers.archives.remote.urls import is_url
from parsers.archives.seekable import FileSource, Window, open_file
from parsers.errors import ArchiveError, DamagedArchiveError
from parsers.path_text import path_as_text
from parsers.progress import Progress
from parsers.unread import Unread

STANDARD_INPUT = "-"


def found_inputs(
    inputs: Sequence[str], limits: Limits, progress: Progress, *, standard_input: int = 0, folder: str = ""
) -> Iterator[Found | Unread]:
    """Each file of `inputs`, folders walked in the order of their names; paths begin at `folder`."""
    remote: RemoteFinder | None = None
    for path in inputs:
        place = os.path.join(folder, path)
        if path == STANDARD_INPUT:
            yield _found_standard_input(standard_input, limits, progress)
        elif is_url(path):
            remote = remote or RemoteFinder(limits, progress)
            yield from remote.found(path)
        elif os.path.isdir(place):
            for item in files_below(place):
                if isinstance(item, Unread):
                    yield replace(item, path=path_as_text(path + item.path[len(place) :]))
                else:
                    yield _found_file(path + item[len(place) :], item, limits, progress)
        else:
            yield _found_file(path, place, limits, progress)


def _found_file(path: str, place: str, limits: Limits, progress: Progress) -> Found:
    """The file `path`, which lies at `place` and is opened later."""
    budget = Budget(limits)

    def open_it() -> Content:
        progress.working_on(path)
        source = open_file(place, progress)
        budget.relate_to(source.size)
        return content_of(Window(source, 0, source.size))

    return Found(path_as_text(path), "", 0, open_it, budget)


def expected_bytes(inputs: Sequence[str]) -> int:
    """What the inputs take on disk, as far as can be told beforehand."""
    total = 0
    for path in inputs:
        paths = files_below(path) if os.path.isdir(path) else (path,)
        for item in paths:
            try:
                total += 0 if isinstance(item, Unread) else os.stat(item).st_size
            except (OSError, ValueError):
                continue  # found again, and reported, when it is to be opened
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


def _found_standard_input(descriptor: int, limits: Limits, progress: Progress) -> Found:
    budget = Budget(limits)

    def open_it() -> Content:
        progress.working_on(STANDARD_INPUT)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                return Content(_Pipe(descriptor), None, None)
            begin = os.lseek(descriptor, 0, os.SEEK_CUR)
            own = os.dup(descriptor)
        except OSError as error:
            raise ArchiveError(f"standard input cannot be read: {error.strerror}") from error
        size = max(0, status.st_size - begin)
        budget.relate_to(size)
        return content_of(Window(FileSource(own, status.st_size, progress), begin, size))

    return Found(STANDARD_INPUT, "", 0, open_it, budget)


class _Pipe:
    """Standard input that can be read once only."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes; see `ByteStream`."""
        try:
            return os.readv(self._descriptor, [buffer])
        except OSError as error:
            raise DamagedArchiveError(f"standard input cannot be read further: {error.strerror}") from error

    def close(self) -> None:
        """It belongs to the process."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An input, or a file below one.

    Attributes:
        path: as the operating system has it; given to `each_leaf`, it is found again.
        size: bytes on disk; 0 if that cannot be told from here.
    """

    path: str
    size: int


def listed_inputs(inputs: Sequence[str], limits: Limits, progress: Progress) -> Iterator[Listed | Unread]:
    """Each file of `inputs`, folders and prefixes walked; `progress` is told what to expect.

    A path that is not here is listed as it is: other machines may see it.
    """
    remote = RemoteFinder(limits, progress)
    for path in inputs:
        if is_url(path):
            for item in remote.listed(path):
                yield item if isinstance(item, Unread) else Listed(item[0], item[2].size or 0)
            continue
        for place in files_below(path) if os.path.isdir(path) else (path,):
            if isinstance(place, Unread):
                yield replace(place, path=path_as_text(place.path))
                continue
            size = _size(place)
            progress.expect(size)
            yield Listed(place, size)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except (OSError, ValueError):
        return 0  # whoever opens it says why it cannot be read
