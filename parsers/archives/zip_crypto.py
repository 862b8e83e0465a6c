"""ZipCrypto, PKWARE's traditional encryption (APPNOTE 6.3.9, section 6.1): broken, but still in use.

Each byte's key depends on the byte before it, so this is pure Python at a few MB/s.
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
"""Random bytes before the data; the last one exposes most wrong passwords."""


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
"""Bytes decrypted at once; few, so that a trial stays cheap."""


def unlock_zipcrypto(
    data: Window, entry: ZipEntry, passwords: Sequence[Secret], content: Callable[[Reopen], ByteStream]
) -> Reopen:
    """A function that opens the compressed bytes of an encrypted member; each call starts at the beginning.

    The check is one byte, so a wrong password passes once in 256. If several pass, the checksum over the
    whole member decides; if one passes, the first kilobytes must decompress.

    Args:
        data: header and ciphertext.
        entry: the member.
        passwords: candidates.
        content: decompresses and checks.

    Raises:
        WrongPasswordError: no password fits.
        DamagedArchiveError: too short to be encrypted.
    """
    if not passwords:
        raise WrongPasswordError("encrypted, and no password was given", hint="give it with --zip-password")
    if data.size < HEADER:
        raise DamagedArchiveError("too short to be encrypted")
    check = (entry.time if entry.flags & SIZES_FOLLOW else entry.crc >> 16) >> 8
    fitting = [reopen for password in passwords if (reopen := _try_password(data, password, check))]
    for most in (_WHOLE, _TRIAL) if len(fitting) > 1 else (_TRIAL,):
        for reopen in fitting:
            if _is_sound(content(reopen), most):
                return reopen
    if fitting:
        raise WrongPasswordError("no password given opens it, or it is damaged")
    raise WrongPasswordError("no password given opens it")


def _try_password(data: Window, password: Secret, check: int) -> Reopen | None:
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
        buffer[:count] = self._decrypt(bytes(buffer[:count]))
        return count

    def close(self) -> None:
        """Close the inner stream."""
        self._ciphertext.close()

    def _decrypt(self, data: bytes) -> bytes:
        # `_advance` inlined: a call for each byte would halve the speed.
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
    """The keystream byte for each value of the third key's lower half."""
    return bytes((low | 2) * ((low | 2) ^ 1) >> 8 & 0xFF for low in range(1 << 16))


def keys_of(password: Secret) -> Keys:
    """The three keys derived from a password."""
    keys = (0x12345678, 0x23456789, 0x34567890)
    for byte in password.reveal():
        keys = _advance(keys, byte)
    return keys


def _advance(keys: Keys, byte: int) -> Keys:
    key0, key1, key2 = keys
    key0 = _CRC[(key0 ^ byte) & 0xFF] ^ key0 >> 8
    key1 = ((key1 + (key0 & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
    key2 = _CRC[(key2 ^ key1 >> 24) & 0xFF] ^ key2 >> 8
    return key0, key1, key2
