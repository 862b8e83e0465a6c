"""How a cipher's key, and sometimes its vector, come from a passphrase."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from parsers.secret import Secret

_REMEMBERED: Final = 65_536
"""Derived keys that are kept: a value is opened for the sample, for its verdict and for its re-encryption,
and each derivation costs up to milliseconds. With their passphrases they take some 40 MB."""


class Function(StrEnum):
    """What is done to passphrase and salt.

    `PBKDF1` (RFC 8018, section 5.1, with any digest): the digest of both, then of that, and so on; no more
    bytes than the digest has. Java's `PBEWithMD5AndDES` is this. `PBKDF2`: RFC 8018, section 5.2. `OPENSSL`
    is its `EVP_BytesToKey(3)`: PBKDF1, continued by D₂ = H(D₁ ‖ passphrase ‖ salt) until there are enough
    bytes.
    """

    PBKDF1 = "pbkdf1"
    PBKDF2 = "pbkdf2"
    OPENSSL = "openssl"


class Digest(StrEnum):
    """The hash inside, by its name in `hashlib`."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA224 = "sha224"
    SHA256 = "sha256"
    SHA384 = "sha384"
    SHA512 = "sha512"

    @property
    def size(self) -> int:
        """Bytes that it gives."""
        return hashlib.new(self.value, usedforsecurity=False).digest_size


@dataclass(frozen=True, slots=True)
class Derivation:
    """From a passphrase to a key.

    Attributes:
        function: what is done.
        digest: with which hash.
        iterations: how many times.
        key_size: bytes of the key; those of a derived vector follow it.
        salt: the same for every value; empty where each has one of its own, or there is none.
        salt_size: bytes of the salt that stands in front of each value, after the layout's prefix.
    """

    function: Function
    digest: Digest
    iterations: int
    key_size: int
    salt: bytes = b""
    salt_size: int = 0

    @property
    def name(self) -> str:
        """A part of a layout's name: `pbkdf2-sha512-1000-32/salt-16`."""
        salt = f"/salt-{self.salt_size}" if self.salt_size else ""
        constant = f"/salt-{self.salt.hex()}" if self.salt else ""
        return f"{self.function}-{self.digest}-{self.iterations}-{self.key_size}{salt}{constant}"

    def derive(self, passphrase: Secret, salt: bytes, vector_size: int = 0) -> tuple[Secret, bytes]:
        """The key, and `vector_size` bytes after it.

        Args:
            passphrase: its bytes.
            salt: of the value, `salt_size` bytes; ignored where the salt is constant.
            vector_size: bytes of a vector that is derived as well.
        """
        return _derive(self, passphrase, salt if self.salt_size else self.salt, vector_size)


@lru_cache(maxsize=_REMEMBERED)
def _derive(how: Derivation, passphrase: Secret, salt: bytes, vector_size: int) -> tuple[Secret, bytes]:
    size, secret, digest = how.key_size + vector_size, passphrase.reveal(), how.digest.value
    match how.function:
        case Function.PBKDF2:
            found = hashlib.pbkdf2_hmac(digest, secret, salt, how.iterations, size)
        case Function.PBKDF1:
            found = _digested(digest, secret + salt, how.iterations)[:size]
        case Function.OPENSSL:
            found = last = b""
            while len(found) < size:
                last = _digested(digest, last + secret + salt, how.iterations)
                found += last
    return Secret(found[: how.key_size]), found[how.key_size : size]


def _digested(digest: str, content: bytes, times: int) -> bytes:
    first = hashlib.new(digest, usedforsecurity=False)
    for _ in range(times):
        each = first.copy()  # a third of the time that finding the hash by its name takes
        each.update(content)
        content = each.digest()
    return content
