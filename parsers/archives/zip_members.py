"""The members of a zip, each to be opened later: as its directory lists them, or salvaged without one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from parsers.archives.entries import Content, Found
from parsers.archives.frames import FrameStream
from parsers.archives.gzip import DEFLATE
from parsers.archives.interface import ByteStream
from parsers.archives.limits import Budget, Limits
from parsers.archives.seekable import Window
from parsers.archives.streams import Guarded
from parsers.archives.zip_headers import (
    ENCRYPTED,
    LOCAL,
    SIZES_FOLLOW,
    ZipDirectory,
    ZipEntry,
    local_entry,
    read_directory,
)
from parsers.archives.zip_member import DEFLATED, member_data, open_member
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


_CHUNK: Final = 1 << 20
_DESCRIPTOR: Final = b"PK\x07\x08"


def salvaged_entries(archive: Window, limits: Limits) -> Iterator[tuple[ZipEntry, bool]]:
    """Each member that a local header announces, and whether its sizes and checksum are known.

    Java's writers, CloudBees CD's log rotation among them, put them behind the data. What has none of them is
    the member that was cut off: it goes to the end of the file.
    """
    at = 0
    for _ in range(limits.members):
        if archive.bytes_at(at, 4) == _DESCRIPTOR:  # a zip that was once split begins with this mark
            at += 4
        header = archive.bytes_at(at, LOCAL.size)
        if len(header) < LOCAL.size or not header.startswith(b"PK\x03\x04"):
            return
        variable_size = sum(LOCAL.unpack(header)[-2:])
        variable = archive.bytes_at(at + LOCAL.size, variable_size)
        data = at + LOCAL.size + variable_size
        if len(variable) < variable_size:
            return
        entry, known, at = _measured(archive, local_entry(header, variable, at), data)
        if not entry.is_folder:
            yield entry, known
    raise LimitExceededError(f"a zip of more than {limits.members} members")


def _measured(archive: Window, entry: ZipEntry, data: int) -> tuple[ZipEntry, bool, int]:
    """The entry with its sizes, whether they are known, and where the next header is."""
    if not entry.flags & SIZES_FOLLOW or entry.packed:
        return entry, True, data + entry.packed
    for descriptor in _places(archive, _DESCRIPTOR, data):
        record = archive.bytes_at(descriptor, 24)
        crc = int.from_bytes(record[4:8], "little")
        for width in (4, 8):
            packed = int.from_bytes(record[8 : 8 + width], "little")
            size = int.from_bytes(record[8 + width : 8 + 2 * width], "little")
            end = descriptor + 8 + 2 * width
            if packed == descriptor - data and end <= archive.size:
                return replace(entry, crc=crc, packed=packed, size=size), True, end
    return replace(entry, packed=archive.size - data), False, archive.size


def _places(archive: Window, mark: bytes, start: int) -> Iterator[int]:
    """Where `mark` stands from `start` on."""
    while start < archive.size:
        chunk = archive.bytes_at(start, _CHUNK)
        at = chunk.find(mark)
        while at >= 0:
            yield start + at
            at = chunk.find(mark, at + 1)
        if len(chunk) < _CHUNK:
            return
        start += len(chunk) - len(mark) + 1


def open_salvaged(
    archive: Window, entry: ZipEntry, passwords: Sequence[Secret], limits: Limits, *, measured: bool
) -> Content:
    """A member's bytes; without sizes and checksum (`measured` false) only what needs neither can be read.

    Raises:
        ArchiveError: as `open_member`.
    """
    if measured:
        return open_member(archive, entry, archive.size + entry.packed, passwords, limits)
    if entry.method != DEFLATED or entry.flags & ENCRYPTED:
        raise DamagedArchiveError("cut off, and its length is not known")
    data = member_data(archive, entry, archive.size)
    notes: list[str] = []

    def again() -> ByteStream:
        return FrameStream(data.again(), DEFLATE, notes, again=data.again)

    return Content(again(), again, None, notes)
