"""One member of a zip, as its headers describe it (APPNOTE 6.3.9, sections 4.3.7 and 4.3.12)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from isal import isal_zlib

from parsers.errors import DamagedArchiveError

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

    Version 1 (AE-1) keeps the CRC, 2 (AE-2) leaves it out; strength 1, 2, 3 is 128, 192, 256 bit.
    """

    version: int
    strength: int
    method: int


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """A member's header.

    Attributes:
        name: as stored, decoded; nothing is cleaned, it never becomes a path.
        flags: general purpose bits.
        method: compression as stored: 99 stands for AES, whose extra field has the true one.
        time: MS-DOS time; ZipCrypto checks a password against it where the CRC follows the data.
        crc: CRC-32 of the content.
        packed: bytes that it takes in the zip, an encryption's own included.
        size: bytes of content.
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
        """An entry that holds nothing and is named like a folder."""
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
        _decoded(name, flags, fields), flags, method, time, crc, packed, size, offset + shift, _aes(fields)
    )
    return entry, at


def local_entry(header: bytes, variable: bytes, offset: int) -> ZipEntry:
    """The entry that a local header describes; `variable` is the name and the extra field behind it."""
    _, _, _, flags, method, time, _, crc, packed, size, name_size, _ = LOCAL.unpack(header)
    fields = dict(_extra_fields(variable[name_size:]))
    if _ZIP64 in fields:
        size, packed, _ = _wide(fields[_ZIP64], size, packed, 0)
    name = _decoded(variable[:name_size], flags, fields)
    return ZipEntry(name, flags, method, time, crc, packed, size, offset, _aes(fields))


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    """Identifier and content of each extra field; a broken rest is left out, as every program does."""
    at = 0
    while at + 4 <= len(extra):
        identifier, size = struct.unpack_from("<2H", extra, at)
        yield identifier, extra[at + 4 : at + 4 + size]
        at += 4 + size


def _wide(field: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Only those of the three that do not fit into 32 bits stand in the zip64 field, in this order."""
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


def _decoded(name: bytes, flags: int, fields: dict[int, bytes]) -> str:
    if name.isascii():
        return name.decode("ascii")
    if flags & UTF8:
        return name.decode("utf-8", "backslashreplace")
    unicode_path = fields.get(_UNICODE_PATH, b"")
    # Version 1, then the CRC of the name that it stands for: it may have been renamed since.
    if unicode_path[:1] == b"\x01" and unicode_path[1:5] == isal_zlib.crc32(name).to_bytes(4, "little"):
        return unicode_path[5:].decode("utf-8", "backslashreplace")
    return name.decode("cp437")
