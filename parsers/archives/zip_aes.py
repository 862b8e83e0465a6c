"""WinZip AES, versions AE-1 and AE-2 (winzip.com/aes_info.htm): AES-CTR, then HMAC-SHA1."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from typing import Final

from parsers.archives.interface import ByteStream
from parsers.archives.seekable import Window
from parsers.errors import DamagedArchiveError, UnsupportedMethodError, WrongPasswordError
from parsers.secret import Secret

_ITERATIONS: Final = 1000
_VERIFIER: Final = 2
_MAC: Final = 10
_BLOCK: Final = 16
_CHUNK: Final = 1 << 16

_UNOPENED: Final = "no password given opens it"


def unlock_aes(window: Window, strength: int, passwords: Sequence[Secret]) -> Callable[[], ByteStream]:
    """A function that opens the compressed bytes of an encrypted member; each call starts at the beginning.

    Args:
        window: salt, verifier, ciphertext and authentication code.
        strength: 1, 2 or 3.
        passwords: candidates.

    Raises:
        WrongPasswordError: no password fits.
        DamagedArchiveError: too short to be encrypted.
        UnsupportedMethodError: an unknown strength.
    """
    if strength not in (1, 2, 3):
        raise UnsupportedMethodError(f"AES encryption of unknown strength {strength}")
    if not passwords:
        raise WrongPasswordError("encrypted, and no password was given", hint="give it with --zip-password")
    salt_size, key_size = 4 + 4 * strength, 8 + 8 * strength
    head = window.bytes_at(0, salt_size + _VERIFIER)
    body = window.size - len(head) - _MAC
    if body < 0:
        raise DamagedArchiveError("too short to be AES-encrypted")
    keys = [
        key
        for password in passwords
        if (key := _derive(password, head[:salt_size], key_size))[-_VERIFIER:] == head[salt_size:]
    ]
    if not keys:
        raise WrongPasswordError(_UNOPENED)
    ciphertext = window.part(len(head), body)
    code = window.bytes_at(len(head) + body, _MAC)
    # The verifier has two bytes, so one wrong password in 65,536 passes. If several pass, the code decides.
    key = keys[0] if len(keys) == 1 else _by_code(keys, key_size, ciphertext, code)
    return lambda: AesStream(ciphertext.again(), key[:key_size], key[key_size : 2 * key_size], code)


def _derive(password: Secret, salt: bytes, key_size: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha1", password.reveal(), salt, _ITERATIONS, 2 * key_size + _VERIFIER)


def _by_code(keys: Sequence[bytes], key_size: int, ciphertext: Window, code: bytes) -> bytes:
    macs = [hmac.new(key[key_size : 2 * key_size], digestmod="sha1") for key in keys]
    chunk = memoryview(bytearray(_CHUNK))
    unread = ciphertext.again()
    while count := unread.readinto(chunk):
        for mac in macs:
            mac.update(chunk[:count])
    for key, mac in zip(keys, macs, strict=True):
        if hmac.compare_digest(mac.digest()[:_MAC], code):
            return key
    raise WrongPasswordError(_UNOPENED)


class AesStream:
    """Decrypts while it is read, and checks the authentication code at the end.

    The counter is little-endian and begins at 1. Libraries' CTR modes count big-endian, so counters are
    encrypted here as ECB blocks, a chunk at a time.
    """

    def __init__(self, ciphertext: ByteStream, key: bytes, mac_key: bytes, code: bytes) -> None:
        import numpy as np
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        self._ciphertext = ciphertext
        self._encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - see above
        self._mac = hmac.new(mac_key, digestmod="sha1")
        self._code = code
        self._counters = np.zeros((_CHUNK // _BLOCK, 2), dtype="<u8")
        self._next_counter = 1
        self._keystream = np.empty(_CHUNK + _BLOCK, dtype=np.uint8)
        self._used = _CHUNK
        self._checked = False

    def readinto(self, buffer: memoryview, /) -> int:
        """The next compressed bytes."""
        import numpy as np

        count = self._ciphertext.readinto(buffer[: min(len(buffer), _CHUNK)])
        if not count:
            self._check()
            return 0
        self._mac.update(buffer[:count])
        plain = np.frombuffer(buffer, dtype=np.uint8, count=count)
        done = 0
        while done < count:
            if self._used == _CHUNK:
                self._refill()
            size = min(count - done, _CHUNK - self._used)
            part = plain[done : done + size]
            np.bitwise_xor(part, self._keystream[self._used : self._used + size], out=part)
            self._used += size
            done += size
        return count

    def close(self) -> None:
        """Close the inner stream."""
        self._ciphertext.close()

    def _refill(self) -> None:
        import numpy as np

        blocks = len(self._counters)
        self._counters[:, 0] = np.arange(self._next_counter, self._next_counter + blocks, dtype=np.uint64)
        self._next_counter += blocks
        self._encryptor.update_into(self._counters.data.cast("B"), self._keystream.data)
        self._used = 0

    def _check(self) -> None:
        if not self._checked:
            self._checked = True
            if not hmac.compare_digest(self._mac.digest()[:_MAC], self._code):
                raise DamagedArchiveError("the authentication code is wrong: damaged, or altered")
