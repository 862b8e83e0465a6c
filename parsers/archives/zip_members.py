"""The members of a zip, one after the other, each to be opened later."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from parsers.archives.content import Content
from parsers.archives.entries import Found
from parsers.archives.guarded import Guarded
from parsers.archives.limits import Budget
from parsers.archives.seekable import Window
from parsers.archives.zip_directory import ZipDirectory, read_directory
from parsers.archives.zip_headers import ZipEntry
from parsers.archives.zip_member import open_member
from parsers.archives.zip_salvage import open_salvaged, salvaged_entries
from parsers.errors import ArchiveError, DamagedArchiveError, LimitExceededError
from parsers.secret import Secret
from parsers.unread import Unread


def found_in_zip(
    found: Found, window: Window, passwords: Sequence[Secret], depth: int
) -> Iterator[Found | Unread]:
    """The members of the zip that `window` shows; where its directory is damaged, what local headers tell.

    Raises:
        ArchiveError: it cannot be read at all.
    """
    try:
        directory = read_directory(window, found.budget.limits)
    except DamagedArchiveError as error:
        reason = DamagedArchiveError(f"{error.message}; read from the members' own headers as far as they go")
        return chain([found.unread(reason, partial=True)], _salvaged_members(found, window, passwords, depth))
    return chain(
        _outside(found, window, directory, passwords, depth),
        _listed_members(found, window, directory, passwords, depth),
    )


def _outside(
    found: Found, window: Window, directory: ZipDirectory, passwords: Sequence[Secret], depth: int
) -> Iterator[Found | Unread]:
    """A zip that stands before this one, as `cat` joins them; and word of what stands behind."""
    if directory.begins and window.bytes_at(0, 4) == b"PK\x03\x04":
        try:
            if depth >= found.budget.limits.depth:
                raise LimitExceededError("too many zips behind one another")
            yield from found_in_zip(found, window.part(0, directory.begins), passwords, depth + 1)
        except ArchiveError as error:
            yield found.unread(error, partial=True)
    behind = window.part(window.size - directory.behind, directory.behind)
    if directory.behind and any(behind.bytes_at(0, directory.behind)):
        left_out = DamagedArchiveError(f"{directory.behind} bytes behind the zip were not read")
        yield found.unread(left_out, partial=True)


def _listed_members(
    found: Found, window: Window, directory: ZipDirectory, passwords: Sequence[Secret], depth: int
) -> Iterator[Found | Unread]:
    limits, budget = found.budget.limits, found.budget

    def opener(entry: ZipEntry, room: int) -> Callable[[], Content]:
        return lambda: _guarded(open_member(window, entry, room, passwords, limits), entry.packed, budget)

    for entry in directory:
        try:
            room = directory.room(entry)
        except ArchiveError as error:
            yield found.unread(error, entry.name)
        else:
            yield found.inside(entry.name, opener(entry, room), depth)


def _salvaged_members(
    found: Found, window: Window, passwords: Sequence[Secret], depth: int
) -> Iterator[Found | Unread]:
    limits, budget = found.budget.limits, found.budget

    def opener(entry: ZipEntry, *, measured: bool) -> Callable[[], Content]:
        return lambda: _guarded(
            open_salvaged(window, entry, passwords, limits, measured=measured), entry.packed, budget
        )

    try:
        for entry, measured in salvaged_entries(window, limits):
            yield found.inside(entry.name, opener(entry, measured=measured), depth)
    except ArchiveError as error:
        yield found.unread(error, partial=True)


def _guarded(content: Content, packed: int, budget: Budget) -> Content:
    if content.window:
        return content
    again = content.again
    return Content(
        Guarded(content.stream, packed, budget),
        None if again is None else lambda: Guarded(again(), packed, budget),
        None,
        content.notes,
    )
