"""The headers of a zip and its central directory, read strictly (APPNOTE 6.3.9, sections 4.3.7 to 4.3.16)."""

import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from isal import isal_zlib

from parsers.archives.limits import Limits, size_in_words
from parsers.archives.seekable import Window
from parsers.errors import ArchiveError, DamagedArchiveError, LimitExceededError, UnsupportedMethodError

_CENTRAL: Final = struct.Struct("<4s4B4HL2L5H2L")
LOCAL: Final = struct.Struct("<4s2B4HL2L2H")

ENCRYPTED: Final = 1 << 0
SIZES_FOLLOW: Final = 1 << 3
STRONGLY_ENCRYPTED: Final = 1 << 6
UTF8: Final = 1 << 11
HIDDEN_HEADERS: Final = 1 << 13

_ZIP64: Final = 0x0001
_UNICODE_PATH: Final = 0x7075
_AES: Final = 0x9901
_UNKNOWN: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class AesParameters:
    """WinZip's extra field 0x9901.

    Version 1 (AE-1) keeps the CRC, version 2 (AE-2) omits it; strength 1, 2, 3 means 128, 192, 256 bits.
    """

    version: int
    strength: int
    method: int


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """A member's header.

    Attributes:
        name: as stored, decoded. It is not sanitised, since it never becomes a path.
        flags: general purpose bits.
        method: the compression method; 99 stands for AES, whose extra field has the true one.
        time: MS-DOS time; ZipCrypto checks a password against it where the CRC follows the data.
        crc: CRC-32 of the content.
        packed: bytes that it takes in the zip, including those that encryption adds.
        size: bytes of the content.
        offset: of its local header within the zip's window.
        aes: parameters of WinZip encryption, if any.
    """

    name: str
    flags: int
    method: int
    time: int
    crc: int
    packed: int
    size: int
    offset: int
    aes: AesParameters | None

    @property
    def is_folder(self) -> bool:
        """Whether it is empty and named like a folder."""
        return not self.size and self.name.endswith("/")


def central_entry(directory: bytes, at: int, shift: int) -> tuple[ZipEntry, int]:
    """The entry at byte `at` of a central directory, and where the next one begins."""
    if len(directory) - at < _CENTRAL.size or not directory.startswith(b"PK\x01\x02", at):
        raise DamagedArchiveError("the zip directory is damaged: an entry does not begin where it should")
    (
        _, _, _, _, _, flags, method, time, _, crc, packed, size,
        name_size, extra_size, comment_size, _, _, _, offset,
    ) = _CENTRAL.unpack_from(directory, at)  # fmt: skip
    at += _CENTRAL.size
    name = directory[at : at + name_size]
    extra = directory[at + name_size : at + name_size + extra_size]
    at += name_size + extra_size + comment_size
    if at > len(directory):
        raise DamagedArchiveError("the zip directory is damaged: an entry passes its end")
    fields = dict(_extra_fields(extra)) if extra else {}
    if _ZIP64 in fields:
        size, packed, offset = _wide(fields[_ZIP64], size, packed, offset)
    entry = ZipEntry(
        _decode_name(name, flags, fields),
        flags,
        method,
        time,
        crc,
        packed,
        size,
        offset + shift,
        _aes(fields),
    )
    return entry, at


def local_entry(header: bytes, variable: bytes, offset: int) -> ZipEntry:
    """The entry that a local header describes; `variable` is the name and the extra field after it."""
    _, _, _, flags, method, time, _, crc, packed, size, name_size, _ = LOCAL.unpack(header)
    fields = dict(_extra_fields(variable[name_size:]))
    if _ZIP64 in fields:
        size, packed, _ = _wide(fields[_ZIP64], size, packed, 0)
    name = _decode_name(variable[:name_size], flags, fields)
    return ZipEntry(name, flags, method, time, crc, packed, size, offset, _aes(fields))


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Identifier and content of each extra field; a broken rest is ignored, as other programs do."""
    at = 0
    while at + 4 <= len(extra):
        identifier, size = struct.unpack_from("<2H", extra, at)
        yield identifier, extra[at + 4 : at + 4 + size]
        at += 4 + size


def _wide(field: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The zip64 field holds those of the three that do not fit into 32 bits, in this order."""
    values = [size, packed, offset]
    at = 0
    for index, value in enumerate(values):
        if value == _UNKNOWN:
            if at + 8 > len(field):
                raise DamagedArchiveError("the zip directory is damaged: a zip64 field is too short")
            values[index] = int.from_bytes(field[at : at + 8], "little")
            at += 8
    return values[0], values[1], values[2]


def _aes(fields: dict[int, bytes]) -> AesParameters | None:
    field = fields.get(_AES, b"")
    if len(field) < 7:
        return None
    version, _, strength, method = struct.unpack_from("<H2sBH", field)
    return AesParameters(version, strength, method)


def _decode_name(name: bytes, flags: int, fields: dict[int, bytes]) -> str:
    if name.isascii():
        return name.decode("ascii")
    if flags & UTF8:
        return name.decode("utf-8", "backslashreplace")
    unicode_path = fields.get(_UNICODE_PATH, b"")
    # Version 1, then the CRC of the name that it replaces: the member may have been renamed since.
    if unicode_path[:1] == b"\x01" and unicode_path[1:5] == isal_zlib.crc32(name).to_bytes(4, "little"):
        return unicode_path[5:].decode("utf-8", "backslashreplace")
    return name.decode("cp437")


_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64: Final = struct.Struct("<4sLQL")
_LONGEST_TAIL: Final = _END.size + 0xFFFF + _LOCATOR64.size + _END64.size


@dataclass(frozen=True, slots=True)
class ZipDirectory:
    """A directory, kept as raw bytes: 65,536 objects would take ten times the memory.

    Attributes:
        content: the central directory's bytes.
        shift: added to its offsets, since other data may precede the zip.
        ends: where the last member must have ended.
        offsets: every local header's offset, sorted.
        begins: where the first member or folder begins; what precedes it is not part of this zip.
        trailing: bytes after the end record and its comment.
    """

    content: bytes
    shift: int
    ends: int
    offsets: "array[int]"
    begins: int
    trailing: int

    def __iter__(self) -> Iterator[ZipEntry]:
        """The entries in the directory's order, without folders."""
        position = 0
        while position < len(self.content):
            entry, position = central_entry(self.content, position, self.shift)
            if not entry.is_folder:
                yield entry

    def max_span(self, entry: ZipEntry) -> int:
        """Bytes from an entry's header to the next entry's, which it may not exceed.

        Raises:
            LimitExceededError: another entry begins at the same offset.
        """
        after = bisect_right(self.offsets, entry.offset)
        if after > 1 and self.offsets[after - 2] == entry.offset:
            raise LimitExceededError("overlaps another member: its data are listed twice")
        end = self.offsets[after] if after < len(self.offsets) else self.ends
        return end - entry.offset


def read_directory(window: Window, limits: Limits) -> ZipDirectory:
    """The directory of the zip in `window`.

    Raises:
        DamagedArchiveError: the zip has none, or one that contradicts itself.
        LimitExceededError: it is too large.
        UnsupportedMethodError: the zip is split over several files.
    """
    end = _find_end(window)
    if end is None:
        raise DamagedArchiveError("the zip is cut off: it has no central directory")
    position, size, offset, count, trailing = end
    start = position - size
    # Offsets count from the zip's own beginning: data before it shift all of them by the same amount.
    if start < 0 or offset > start:
        raise DamagedArchiveError("the end record of the zip points to a directory that is not there")
    if size > limits.directory_bytes or count > limits.members:
        raise LimitExceededError(f"a zip directory of {count} members and {size_in_words(size)} is too large")
    content = window.bytes_at(start, size)
    offsets = array("Q")
    begins = start
    at = 0
    while at < len(content):
        entry, at = central_entry(content, at, start - offset)
        if entry.offset >= start:
            raise DamagedArchiveError("the zip directory is damaged: a member begins after its end")
        begins = min(begins, entry.offset)
        if not entry.is_folder:
            offsets.append(entry.offset)
    if len(offsets) > limits.members:
        raise LimitExceededError(f"a zip of more than {limits.members} members")
    return ZipDirectory(content, start - offset, start, array("Q", sorted(offsets)), begins, trailing)


def ends_like_zip(window: Window) -> bool:
    """Whether a file that does not begin like a zip has one after other data."""
    try:
        end = _find_end(window)
    except UnsupportedMethodError:  # the last part of a split zip
        return True
    except ArchiveError:
        return False
    if end is None or not end[3]:
        return False
    position, size, offset, _, _ = end
    return 0 <= offset <= position - size and window.bytes_at(position - size, 4) == b"PK\x01\x02"


def _find_end(window: Window) -> tuple[int, int, int, int, int] | None:
    """Where the directory ends, its size, stated offset and number of entries, and the bytes after all."""
    tail_start = max(0, window.size - _LONGEST_TAIL)
    tail = window.bytes_at(tail_start, _LONGEST_TAIL)
    at = len(tail)
    # A comment may hold the signature too: the end record is the last one whose comment fits into the file.
    while (at := tail.rfind(b"PK\x05\x06", 0, at)) >= 0:
        if at + _END.size <= len(tail):
            _, disk, first_disk, _, count, size, offset, comment = _END.unpack_from(tail, at)
            if at + _END.size + comment <= len(tail):
                break
    else:
        return None
    position = tail_start + at
    trailing = len(tail) - at - _END.size - comment
    if at >= _LOCATOR64.size and tail.startswith(b"PK\x06\x07", at - _LOCATOR64.size):
        return *_end64(window, position, tail[at - _LOCATOR64.size : at]), trailing
    if disk or first_disk:
        raise UnsupportedMethodError("the zip is split over several files")
    return position, size, offset, count, trailing


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
