"""Zip archives with the same bytes every time: fixed dates, and AES salts that the caller chooses.

Written by hand (APPNOTE 6.3.9, and WinZip's page on AE-2), because no library lets the salt be given.
"""

import hashlib
import hmac
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

STORED: Final = 0
DEFLATED: Final = 8
_AES: Final = 99
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1
_AES_EXTRA: Final = 0x9901
_UNIX: Final = 3


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive: its name, content, date (even seconds) and method (`STORED`, `DEFLATED`)."""

    name: str
    content: bytes
    modified: datetime
    method: int = DEFLATED


@dataclass(frozen=True, slots=True)
class Encryption:
    """AES-256 under a password; `salt` and the member's name give each member a salt of its own."""

    password: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class _Packed:
    body: bytes
    crc: int
    method: int
    flags: int
    extra: bytes


def zip_archive(members: Iterable[Member], encryption: Encryption | None = None) -> bytes:
    """The whole archive."""
    archive, directory, count = b"", b"", 0
    for member in members:
        packed = _pack(member, encryption)
        directory += _central(member, packed, offset=len(archive))
        archive += _local(member, packed)
        count += 1
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(archive), 0)
    return archive + directory + end


def _pack(member: Member, encryption: Encryption | None) -> _Packed:
    body = member.content if member.method == STORED else _deflate(member.content)
    if encryption is None:
        return _Packed(body, zlib.crc32(member.content), member.method, _UTF8_NAME, b"")
    salt = hashlib.sha256(encryption.salt + member.name.encode()).digest()[:16]
    sealed = _seal(body, encryption.password, salt)
    extra = struct.pack("<HHH2sBH", _AES_EXTRA, 7, 2, b"AE", 3, member.method)
    return _Packed(sealed, 0, _AES, _UTF8_NAME | _ENCRYPTED, extra)  # AE-2 leaves the CRC empty


def _deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def _seal(body: bytes, password: bytes, salt: bytes) -> bytes:
    """Salt, two bytes that check the password, AES-256-CTR of `body`, ten bytes of HMAC-SHA1."""
    material = hashlib.pbkdf2_hmac("sha1", password, salt, 1000, 66)
    key, hmac_key, check = material[:32], material[32:64], material[64:]
    sealed = _xor(body, _keystream(key, len(body)))
    return salt + check + sealed + hmac.new(hmac_key, sealed, "sha1").digest()[:10]


def _keystream(key: bytes, length: int) -> bytes:

    blocks = -(-length // 16)
    counters = b"".join(number.to_bytes(16, "little") for number in range(1, blocks + 1))
    # WinZip counts little-endian, the library's CTR big-endian: so the counters are encrypted one by one.
    encryptor = Cipher(AES(key), ECB()).encryptor()  # noqa: S305 # as above; a mode is built from it
    return encryptor.update(counters)[:length]


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(len(left), "big")


def _dos_time(moment: datetime) -> tuple[int, int]:
    return (
        moment.hour << 11 | moment.minute << 5 | moment.second // 2,
        (moment.year - 1980) << 9 | moment.month << 5 | moment.day,
    )


def _shared(member: Member, packed: _Packed) -> bytes:
    """The fields that the local header and the central directory have in common."""
    name = member.name.encode()
    return struct.pack(
        "<5H3L2H",
        51 if packed.extra else 20,
        packed.flags,
        packed.method,
        *_dos_time(member.modified),
        packed.crc,
        len(packed.body),
        len(member.content),
        len(name),
        len(packed.extra),
    )


def _local(member: Member, packed: _Packed) -> bytes:
    return b"PK\3\4" + _shared(member, packed) + member.name.encode() + packed.extra + packed.body


def _central(member: Member, packed: _Packed, *, offset: int) -> bytes:
    made_by = struct.pack("<BB", 63, _UNIX)
    tail = struct.pack("<3H2L", 0, 0, 0, 0o100644 << 16, offset)
    return b"PK\1\2" + made_by + _shared(member, packed) + tail + member.name.encode() + packed.extra
