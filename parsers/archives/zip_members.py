"""The members of a zip, each to be opened later: as its directory lists them, or salvaged without one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

from parsers.archives.entries import ArchiveEntry, EntryContent
from parsers.archives.frames import FrameStream
from parsers.archives.gzip import DEFLATE
from parsers.archives.interface import ByteStream
from parsers.archives.limits import Budget, Limits
from parsers.archives.seekable import Window
from parsers.archives.streams import BoundedStream
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


def zip_entries(
    entry: ArchiveEntry, window: Window, passwords: Sequence[Secret], depth: int
) -> Iterator[ArchiveEntry | Unread]:
    """The members of the zip in `window`; where its directory is damaged, those that local headers announce.

    Raises:
        ArchiveError: it cannot be read at all.
    """
    try:
        directory = read_directory(window, entry.budget.limits)
    except DamagedArchiveError as error:
        reason = DamagedArchiveError(f"{error.message}; read from the members' own headers as far as they go")
        return chain([entry.unread(reason, partial=True)], _salvaged_entries(entry, window, passwords, depth))
    return chain(
        _entries_outside(entry, window, directory, passwords, depth),
        _directory_entries(entry, window, directory, passwords, depth),
    )


def _entries_outside(
    entry: ArchiveEntry, window: Window, directory: ZipDirectory, passwords: Sequence[Secret], depth: int
) -> Iterator[ArchiveEntry | Unread]:
    """The members of a zip before this one, as `cat` joins them; and a report of bytes after it."""
    if directory.begins and window.bytes_at(0, 4) == b"PK\x03\x04":
        try:
            if depth >= entry.budget.limits.depth:
                raise LimitExceededError("too many zips one after another")
            yield from zip_entries(entry, window.part(0, directory.begins), passwords, depth + 1)
        except ArchiveError as error:
            yield entry.unread(error, partial=True)
    trailing = window.part(window.size - directory.trailing, directory.trailing)
    if directory.trailing and any(trailing.bytes_at(0, directory.trailing)):
        left_out = DamagedArchiveError(f"{directory.trailing} bytes after the zip were not read")
        yield entry.unread(left_out, partial=True)


def _directory_entries(
    entry: ArchiveEntry, window: Window, directory: ZipDirectory, passwords: Sequence[Secret], depth: int
) -> Iterator[ArchiveEntry | Unread]:
    limits, budget = entry.budget.limits, entry.budget

    def opener(member: ZipEntry, max_span: int) -> Callable[[], EntryContent]:
        return lambda: _bound(open_member(window, member, max_span, passwords, limits), member.packed, budget)

    for member in directory:
        try:
            max_span = directory.max_span(member)
        except ArchiveError as error:
            yield entry.unread(error, member.name)
        else:
            yield entry.inside(member.name, opener(member, max_span), depth)


def _salvaged_entries(
    entry: ArchiveEntry, window: Window, passwords: Sequence[Secret], depth: int
) -> Iterator[ArchiveEntry | Unread]:
    limits, budget = entry.budget.limits, entry.budget

    def opener(member: ZipEntry, *, measured: bool) -> Callable[[], EntryContent]:
        return lambda: _bound(
            open_salvaged_member(window, member, passwords, limits, measured=measured), member.packed, budget
        )

    try:
        for member, measured in salvage_entries(window, limits):
            yield entry.inside(member.name, opener(member, measured=measured), depth)
    except ArchiveError as error:
        yield entry.unread(error, partial=True)


def _bound(content: EntryContent, packed: int, budget: Budget) -> EntryContent:
    if content.window:
        return content
    again = content.again
    return EntryContent(
        BoundedStream(content.stream, packed, budget),
        None if again is None else lambda: BoundedStream(again(), packed, budget),
        None,
        content.notes,
    )


_CHUNK: Final = 1 << 20
_DESCRIPTOR: Final = b"PK\x07\x08"


def salvage_entries(archive: Window, limits: Limits) -> Iterator[tuple[ZipEntry, bool]]:
    """Each member that a local header announces, and whether its sizes and checksum are known.

    Java's writers, CloudBees CD's log rotation among them, write both after the data, in a data descriptor.
    A member without one is the member that was cut off: it extends to the end of the file.
    """
    at = 0
    for _ in range(limits.members):
        if archive.bytes_at(at, 4) == _DESCRIPTOR:  # a zip that was once split begins with this signature
            at += 4
        header = archive.bytes_at(at, LOCAL.size)
        if len(header) < LOCAL.size or not header.startswith(b"PK\x03\x04"):
            return
        variable_size = sum(LOCAL.unpack(header)[-2:])
        variable = archive.bytes_at(at + LOCAL.size, variable_size)
        data = at + LOCAL.size + variable_size
        if len(variable) < variable_size:
            return
        member, known, at = _measure(archive, local_entry(header, variable, at), data)
        if not member.is_folder:
            yield member, known
    raise LimitExceededError(f"a zip of more than {limits.members} members")


def _measure(archive: Window, member: ZipEntry, data: int) -> tuple[ZipEntry, bool, int]:
    """The member with its sizes, whether they are known, and where the next header is."""
    if not member.flags & SIZES_FOLLOW or member.packed:
        return member, True, data + member.packed
    # Compressed data may contain the signature by chance (once in 4 GB of random bytes): a descriptor counts
    # only if the packed size in it is the distance to the data, in the 32-bit or in the zip64 form.
    for descriptor in _positions_of(archive, _DESCRIPTOR, data):
        record = archive.bytes_at(descriptor, 24)
        crc = int.from_bytes(record[4:8], "little")
        for width in (4, 8):
            packed = int.from_bytes(record[8 : 8 + width], "little")
            size = int.from_bytes(record[8 + width : 8 + 2 * width], "little")
            end = descriptor + 8 + 2 * width
            if packed == descriptor - data and end <= archive.size:
                return replace(member, crc=crc, packed=packed, size=size), True, end
    return replace(member, packed=archive.size - data), False, archive.size


def _positions_of(archive: Window, mark: bytes, start: int) -> Iterator[int]:
    """Every position of `mark` from `start` on."""
    while start < archive.size:
        chunk = archive.bytes_at(start, _CHUNK)
        at = chunk.find(mark)
        while at >= 0:
            yield start + at
            at = chunk.find(mark, at + 1)
        if len(chunk) < _CHUNK:
            return
        start += len(chunk) - len(mark) + 1  # a mark may lie across two chunks


def open_salvaged_member(
    archive: Window, member: ZipEntry, passwords: Sequence[Secret], limits: Limits, *, measured: bool
) -> EntryContent:
    """A member's content.

    Without sizes and checksum (`measured` false) only unencrypted deflate can be read: it marks its end.

    Raises:
        ArchiveError: as `open_member`.
    """
    if measured:
        return open_member(archive, member, archive.size + member.packed, passwords, limits)
    if member.method != DEFLATED or member.flags & ENCRYPTED:
        raise DamagedArchiveError("cut off, and its length is not known")
    data = member_data(archive, member, archive.size)
    notes: list[str] = []

    def again() -> ByteStream:
        return FrameStream(data.again(), DEFLATE, notes, again=data.again)

    return EntryContent(again(), again, None, notes)
