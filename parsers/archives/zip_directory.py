"""A zip's central directory, read strictly (APPNOTE 6.3.9, sections 4.3.12 to 4.3.16)."""

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from parsers.archives.limits import Limits, size_in_words
from parsers.archives.seekable import Window
from parsers.archives.zip_headers import ZipEntry, central_entry
from parsers.errors import ArchiveError, DamagedArchiveError, LimitExceededError, UnsupportedMethodError

_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64: Final = struct.Struct("<4sLQL")
_LONGEST_TAIL: Final = _END.size + 0xFFFF + _LOCATOR64.size + _END64.size


@dataclass(frozen=True, slots=True)
class ZipDirectory:
    """A directory, held as the bytes that it is: 65,536 objects would take ten times as much.

    Attributes:
        content: the central directory's bytes.
        shift: what to add to its offsets, since data may stand before the zip.
        ends: where the last member must have ended.
        offsets: every local header's offset, sorted.
        begins: where the first member, or folder, begins: what stands before it is not this zip's.
        behind: bytes behind the end record and its comment.
    """

    content: bytes
    shift: int
    ends: int
    offsets: "array[int]"
    begins: int
    behind: int

    def __iter__(self) -> Iterator[ZipEntry]:
        """The entries in the directory's own order, folders left out."""
        position = 0
        while position < len(self.content):
            entry, position = central_entry(self.content, position, self.shift)
            if not entry.is_folder:
                yield entry

    def room(self, entry: ZipEntry) -> int:
        """Bytes from an entry's header to the next entry's: its span may not pass them.

        Raises:
            LimitExceededError: another entry begins at the very same place.
        """
        after = bisect_right(self.offsets, entry.offset)
        if after > 1 and self.offsets[after - 2] == entry.offset:
            raise LimitExceededError("overlaps another member: its data are listed twice")
        end = self.offsets[after] if after < len(self.offsets) else self.ends
        return end - entry.offset


def read_directory(window: Window, limits: Limits) -> ZipDirectory:
    """The directory of the zip that `window` shows.

    Raises:
        DamagedArchiveError: it has none, or one that contradicts itself.
        LimitExceededError: it is too large.
        UnsupportedMethodError: it is encrypted, or the zip is split over several files.
    """
    end = _find_end(window)
    if end is None:
        raise DamagedArchiveError("the zip is cut off: it has no central directory")
    position, size, offset, count, behind = end
    start = position - size
    if start < 0 or offset > start:
        raise DamagedArchiveError("the end record of the zip names a directory that is not there")
    if size > limits.directory_bytes or count > limits.members:
        raise LimitExceededError(f"a zip directory of {count} members and {size_in_words(size)} is too large")
    content = window.bytes_at(start, size)
    offsets = array("Q")
    begins = start
    at = 0
    while at < len(content):
        entry, at = central_entry(content, at, start - offset)
        if entry.offset >= start:
            raise DamagedArchiveError("the zip directory is damaged: a member begins behind its end")
        begins = min(begins, entry.offset)
        if not entry.is_folder:
            offsets.append(entry.offset)
    if len(offsets) > limits.members:
        raise LimitExceededError(f"a zip of more than {limits.members} members")
    return ZipDirectory(content, start - offset, start, array("Q", sorted(offsets)), begins, behind)


def ends_like_zip(window: Window) -> bool:
    """Whether a file that does not begin like a zip is one behind other data."""
    try:
        end = _find_end(window)
    except UnsupportedMethodError:  # its last part, the others are other files
        return True
    except ArchiveError:
        return False
    if end is None or not end[3]:
        return False
    position, size, offset, _, _ = end
    return 0 <= offset <= position - size and window.bytes_at(position - size, 4) == b"PK\x01\x02"


def _find_end(window: Window) -> tuple[int, int, int, int, int] | None:
    """Where the directory ends, its size, stated offset and number of entries, and the bytes behind all."""
    tail_start = max(0, window.size - _LONGEST_TAIL)
    tail = window.bytes_at(tail_start, _LONGEST_TAIL)
    at = len(tail)
    while (at := tail.rfind(b"PK\x05\x06", 0, at)) >= 0:
        if at + _END.size <= len(tail):
            _, disk, first_disk, _, count, size, offset, comment = _END.unpack_from(tail, at)
            if at + _END.size + comment <= len(tail):
                break
    else:
        return None
    position = tail_start + at
    behind = len(tail) - at - _END.size - comment
    if at >= _LOCATOR64.size and tail.startswith(b"PK\x06\x07", at - _LOCATOR64.size):
        return *_end64(window, position, tail[at - _LOCATOR64.size : at]), behind
    if disk or first_disk:
        raise UnsupportedMethodError("the zip is split over several files")
    return position, size, offset, count, behind


def _end64(window: Window, position: int, locator: bytes) -> tuple[int, int, int, int]:
    stated: int = _LOCATOR64.unpack(locator)[2]
    for at in (position - _LOCATOR64.size - _END64.size, stated):
        record = window.bytes_at(at, _END64.size) if at >= 0 else b""
        if len(record) == _END64.size and record.startswith(b"PK\x06\x06"):
            _, _, _, _, disk, first_disk, _, count, size, offset = _END64.unpack(record)
            if disk or first_disk:
                raise UnsupportedMethodError("the zip is split over several files")
            return at, size, offset, count
    raise DamagedArchiveError("the zip64 end record is not where it should be")
