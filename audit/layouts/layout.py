"""What a ciphertext layout is: a value, not code."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import product
from typing import Final

from audit.layouts.derivation import Derivation
from audit.layouts.wrapper import BARE, Wrapper

BLOCK: Final = 16
"""Bytes of an AES block, an initialization vector and a GCM tag (FIPS 197, NIST SP 800-38D)."""


class KeyForm(StrEnum):
    """How key bytes come from the bytes of a key file.

    `RAW` to `JAVA` are forms that a key is written down in (`parsers.keys.aes_forms.written_keys`); digests
    are of the whole file, or with `-trimmed` of what is left without line end, mark, comment or label.
    `MASTER_KEY` is Octopus Deploy's: 16 or 32 bytes that the file writes down in one of its published forms.
    """

    RAW = "raw"
    TRIMMED = "trimmed"
    HEX = "hex"
    BASE64 = "base64"
    JAVA = "java"
    MD5 = "md5"
    SHA1_16 = "sha1-16"
    SHA256_16 = "sha256-16"
    SHA256_32 = "sha256-32"
    MD5_TRIMMED = "md5-trimmed"
    SHA1_16_TRIMMED = "sha1-16-trimmed"
    SHA256_16_TRIMMED = "sha256-16-trimmed"
    SHA256_32_TRIMMED = "sha256-32-trimmed"
    MASTER_KEY = "master-key"


class Cipher(StrEnum):
    """The block cipher.

    Those besides AES (FIPS 197) are older than it: `TRIPLE_DES` (NIST SP 800-67), `DES` (FIPS 46-3,
    withdrawn), `BLOWFISH` (Schneier 1994). They are tried only in layouts that a user supplies.
    """

    AES = "aes"
    TRIPLE_DES = "3des"
    DES = "des"
    BLOWFISH = "blowfish"

    @property
    def block(self) -> int:
        """Bytes of a block."""
        return BLOCK if self is Cipher.AES else 8

    @property
    def key_sizes(self) -> Container[int]:
        """Bytes of a key."""
        return _KEY_SIZES[self]


_KEY_SIZES: Final[Mapping[Cipher, Container[int]]] = {
    Cipher.AES: (16, 24, 32),
    Cipher.TRIPLE_DES: (16, 24),
    Cipher.DES: (8,),
    Cipher.BLOWFISH: range(4, 57),
}


class Mode(StrEnum):
    """Mode of operation. CTR is left out: without a tag or padding there is nothing to check."""

    ECB = "ecb"
    CBC = "cbc"
    GCM = "gcm"


class Padding(StrEnum):
    """How the last block of ECB and CBC is filled.

    `PKCS7` (RFC 5652, section 6.3), `ISO10126` (random bytes, then their number: ISO 10126-2, withdrawn,
    still in Java's standard provider) and `X923` (zeros, then their number: ANSI X9.23) always add something.
    `ZERO` and `STAR` fill up with 0x00 or `*` and add nothing to whole blocks; reading strips them, so that a
    text which ends in one comes back without it (SQLAlchemy-Utils' "naive" padding is `STAR`).
    """

    PKCS7 = "pkcs7"
    ISO10126 = "iso10126"
    X923 = "x923"
    ZERO = "zero"
    STAR = "star"

    @property
    def fill(self) -> int | None:
        """The byte that fills up and is stripped, where nothing says how many there are."""
        return {Padding.ZERO: 0, Padding.STAR: ord("*")}.get(self)

    @property
    def shows_text_alone(self) -> bool:
        """Whether a secret that is not text may end under its key as random bytes do."""
        return self.fill is not None or self is Padding.ISO10126


class Iv(StrEnum):
    """Where the initialization vector (for GCM: the nonce) comes from.

    `UNKNOWN` is one unknown constant for the whole store: the blocks after the first still show the
    key, and one known plain text solves it. `CONSTANT` is such a vector once it is known. `DERIVED` comes out
    of the passphrase together with the key.
    """

    NONE = "none"
    ZERO = "zero"
    UNKNOWN = "unknown"
    CONSTANT = "constant"
    KEY = "key"
    FRONT = "front"
    BESIDE = "beside"
    DERIVED = "derived"


class Encoding(StrEnum):
    """How the bytes are written down. `BASE64` is the canonical form, padded, in the standard alphabet."""

    BASE64 = "base64"
    BASE64_URL = "base64url"
    HEX = "hex"
    RAW = "raw"


@dataclass(frozen=True, slots=True)
class Layout:
    """How a secret lies in a stored value.

    Attributes:
        key_form: how key bytes come from the key file.
        mode: the mode; CBC and ECB pad, GCM carries its 16-byte tag at the end.
        iv: where the initialization vector or nonce is.
        encoding: how the bytes are written down.
        prefix: constant bytes in front of everything else, after decoding (a version byte, say).
        nonce_size: bytes of a GCM nonce in front: 12 or 16; 0 for the other modes.
        constant_iv: the vector itself, a block, where `iv` is CONSTANT; public, as every vector.
        padding: how the last block is filled; of ECB and CBC alone.
        wrapper: text that stands around the encoded bytes.
        cipher: the block cipher; GCM is of AES alone.
        derivation: how the cipher's key comes from a passphrase; None where the key file gives it itself.
    """

    key_form: KeyForm
    mode: Mode
    iv: Iv
    encoding: Encoding = Encoding.BASE64
    prefix: bytes = b""
    nonce_size: int = 0
    constant_iv: bytes = b""
    padding: Padding = Padding.PKCS7
    wrapper: Wrapper = BARE
    cipher: Cipher = Cipher.AES
    derivation: Derivation | None = None

    @property
    def plain_aes(self) -> bool:
        """Whether the key file gives an AES key itself: what is tried in columns, and found from the data.

        Every other layout is one that a user supplied, and its values are opened one by one.
        """
        return self.cipher is Cipher.AES and self.derivation is None

    @property
    def block(self) -> int:
        """Bytes of a block of its cipher."""
        return self.cipher.block

    @property
    def salt_size(self) -> int:
        """Bytes of the salt that each value has in front."""
        return self.derivation.salt_size if self.derivation else 0

    @property
    def vector_size(self) -> int:
        """Bytes of the vector or nonce that each value has, in front or beside."""
        if self.mode is Mode.GCM:
            return self.nonce_size
        return self.block if self.mode is Mode.CBC and self.iv in {Iv.FRONT, Iv.BESIDE} else 0

    @property
    def name(self) -> str:
        """One word for all of it, stable between runs: `aes-cbc/iv-front/base64/key-raw`."""
        match self.iv:
            case Iv.NONE:
                vector = ""
            case Iv.CONSTANT:
                vector = f"/iv-{self.constant_iv.hex()}"
            case _:
                vector = f"/iv-{self.iv}"
        if self.mode is Mode.GCM:
            vector = f"/nonce-{self.nonce_size}"
        prefix = f"/prefix-{self.prefix.hex()}" if self.prefix else ""
        padding = f"/padding-{self.padding}" if self.padding is not Padding.PKCS7 else ""
        wrapper = f"/in-{self.wrapper.name}" if self.wrapper != BARE else ""
        derived = f"/{self.derivation.name}" if self.derivation else ""
        bytes_ = f"{self.cipher}-{self.mode}{vector}{derived}{padding}{prefix}"
        return f"{bytes_}/{self.encoding}{wrapper}/key-{self.key_form}"

    @property
    def chain(self) -> "Layout | None":
        """What CBC layouts share that differ only in the vector of the first block; None for all others.

        A vector of its own from beside is known for each value, so that nothing is open there.
        """
        if self.mode is not Mode.CBC or self.iv is Iv.BESIDE or not self.plain_aes:
            return None
        return _behind_unknown(self)

    @property
    def overhead(self) -> int:
        """Bytes before the first ciphertext block, with a vector from beside put in front."""
        return len(self.prefix) + self.salt_size + self.vector_size

    def fits(self, length: int) -> bool:
        """Whether a decoded value of `length` bytes can be of this layout."""
        body = length - self.overhead
        if self.mode is Mode.GCM:
            return body >= BLOCK
        return body >= self.block and body % self.block == 0

    def hides(self, length: int) -> bool:
        """Whether all of such a value is behind an unknown constant vector, so that no key shows."""
        return self.iv is Iv.UNKNOWN and length - self.overhead == self.block


@cache
def _behind_unknown(layout: Layout) -> Layout:
    """Made once for each layout: it is asked for under every key."""
    return replace(layout, iv=Iv.UNKNOWN, constant_iv=b"", key_form=KeyForm.RAW)


def with_prefixes(layouts: Iterable[Layout], prefixes: Iterable[bytes]) -> tuple[Layout, ...]:
    """The same layouts after each of these constant prefixes."""
    return tuple(replace(each, prefix=prefix) for prefix, each in product(prefixes, layouts))
