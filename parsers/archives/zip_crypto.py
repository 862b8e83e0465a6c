"""ZipCrypto, PKWARE's traditional encryption (APPNOTE 6.3.9, section 6.1): broken, but still met.

Each byte's key depends on the byte before, so this is pure Python at a few MB/s.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from parsers.archives.frames import skip
from parsers.archives.interface import ByteStream
from parsers.archives.seekable import Window
from parsers.archives.zip_headers import SIZES_FOLLOW, ZipEntry
from parsers.errors import ArchiveError, DamagedArchiveError, WrongPasswordError
from parsers.secret import Secret

HEADER: Final = 12
"""Random bytes in front of the data; the last one lets a reader tell most wrong passwords."""


def _crc_table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        crc = value
        for _ in range(8):
            crc = crc >> 1 ^ (0xEDB88320 if crc & 1 else 0)
        table.append(crc)
    return tuple(table)


_CRC: Final = _crc_table()

Reopen = Callable[[], ByteStream]
Keys = tuple[int, int, int]

_TRIAL: Final = 1 << 12
_WHOLE: Final = 1 << 62
_STEP: Final = 1 << 12
"""Bytes decrypted at once: a trial is to cost no more than it needs."""


def unlock_zipcrypto(
    data: Window, entry: ZipEntry, passwords: Sequence[Secret], content: Callable[[Reopen], ByteStream]
) -> Reopen:
    """What gives the compressed bytes of an encrypted member, from the beginning at each call.

    The check is one byte, so that a wrong password passes once in 256. Where several pass, the checksum over
    the whole member decides; where one does, its first kilobytes must decompress.

    Args:
        data: header and ciphertext.
        entry: the member.
        passwords: candidates.
        content: decompresses and checks.

    Raises:
        WrongPasswordError: none fits.
        DamagedArchiveError: too short to be encrypted.
    """
    if not passwords:
        raise WrongPasswordError("encrypted, and no password was given", hint="give it with --zip-password")
    if data.size < HEADER:
        raise DamagedArchiveError("too short to be encrypted")
    check = (entry.time if entry.flags & SIZES_FOLLOW else entry.crc >> 16) >> 8
    fitting = [reopen for password in passwords if (reopen := _opened(data, password, check))]
    for most in (_WHOLE, _TRIAL) if len(fitting) > 1 else (_TRIAL,):
        for reopen in fitting:
            if _is_sound(content(reopen), most):
                return reopen
    if fitting:
        raise WrongPasswordError("no password given opens it, or it is damaged")
    raise WrongPasswordError("no password given opens it")


def _opened(data: Window, password: Secret, check: int) -> Reopen | None:
    header = ZipCryptoStream(data.part(0, HEADER), keys_of(password))
    plain = memoryview(bytearray(HEADER))
    header.readinto(plain)
    if plain[-1] != check:
        return None
    body, keys = data.part(HEADER, data.size - HEADER), header.keys
    return lambda: ZipCryptoStream(body.again(), keys)


def _is_sound(content: ByteStream, most: int) -> bool:
    try:
        skip(content, most)
    except ArchiveError:
        return False
    return True


class ZipCryptoStream:
    """Decrypts while it is read.

    Args:
        ciphertext: header, data, or both.
        keys: the three keys at its beginning.
    """

    def __init__(self, ciphertext: ByteStream, keys: Keys) -> None:
        self._ciphertext = ciphertext
        self.keys = keys

    def readinto(self, buffer: memoryview, /) -> int:
        """The next bytes."""
        count = self._ciphertext.readinto(buffer[:_STEP])
        buffer[:count] = self._decrypted(bytes(buffer[:count]))
        return count

    def close(self) -> None:
        """Close what lies below."""
        self._ciphertext.close()

    def _decrypted(self, data: bytes) -> bytes:
        # `_advanced`, written out: a call for each byte would halve the speed.
        key0, key1, key2 = self.keys
        crc, masks = _CRC, _masks()
        plain = bytearray()
        for cipher in data:
            byte = cipher ^ masks[key2 & 0xFFFF]
            plain.append(byte)
            key0 = crc[(key0 ^ byte) & 0xFF] ^ key0 >> 8
            key1 = ((key1 + (key0 & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
            key2 = crc[(key2 ^ key1 >> 24) & 0xFF] ^ key2 >> 8
        self.keys = key0, key1, key2
        return bytes(plain)


@cache
def _masks() -> bytes:
    """What a byte is mixed with, for each value of the third key's lower half."""
    return bytes((low | 2) * ((low | 2) ^ 1) >> 8 & 0xFF for low in range(1 << 16))


def keys_of(password: Secret) -> Keys:
    """The three keys that a password makes."""
    keys = (0x12345678, 0x23456789, 0x34567890)
    for byte in password.reveal():
        keys = _advanced(keys, byte)
    return keys


def _advanced(keys: Keys, byte: int) -> Keys:
    key0, key1, key2 = keys
    key0 = _CRC[(key0 ^ byte) & 0xFF] ^ key0 >> 8
    key1 = ((key1 + (key0 & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
    key2 = _CRC[(key2 ^ key1 >> 24) & 0xFF] ^ key2 >> 8
    return key0, key1, key2
