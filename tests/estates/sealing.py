"""How a product may have sealed a secret, and the sealing itself, by PyCryptodome alone.

Nothing of the program is used: what it reads here was written, and is read back, by other hands.
"""

import base64
import binascii
import hashlib
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from Crypto.Cipher import AES, DES, DES3, Blowfish
from Crypto.Cipher._mode_cbc import CbcMode
from Crypto.Cipher._mode_ecb import EcbMode

TYPED_VECTOR: Final = b"1234567890123456"
"""The vector of many an example on the web."""


class Cipher(StrEnum):
    """AES, or what the program cannot open: ciphers of that age, and what only looks like one."""

    AES = "aes"
    DES3 = "3des"
    DES = "des"
    BLOWFISH = "blowfish"
    JASYPT = "jasypt"
    OPENSSL = "openssl-salted"
    RSA = "rsa"
    STREAM = "stream"


class Vector(StrEnum):
    """Where the vector of CBC or the nonce of GCM is."""

    NONE = "none"
    FRONT = "front"
    BESIDE = "beside"
    ZERO = "zero"
    KEY = "key"
    CONSTANT = "constant"


class Padding(StrEnum):
    """How a text is filled up to whole blocks."""

    PKCS7 = "pkcs7"
    ISO10126 = "iso10126"
    X923 = "x923"
    ZERO = "zero"
    STAR = "star"


class Encoding(StrEnum):
    """How the bytes are written down."""

    BASE64 = "base64"
    BASE64_UNPADDED = "base64-unpadded"
    URL = "base64url"
    URL_UNPADDED = "base64url-unpadded"
    HEX = "hex"
    HEX_COLONS = "hex-colons"
    BASE32 = "base32"
    RAW = "raw"


class Wrapper(StrEnum):
    """What stands around the encoded bytes."""

    NONE = ""
    AES = "{AES}…"
    VERSION = "v1:…"
    ENC = "ENC(…)"
    HEX = "0x…"
    STAR = "*…"
    LETTERS = "AES_…"
    KEY_ID = "kid=…"
    JSON = "json"
    JSON_VARYING = "json-varying"


_AROUND: Final = {
    Wrapper.NONE: ("", ""),
    Wrapper.AES: ("{AES}", ""),
    Wrapper.VERSION: ("v1:", ""),
    Wrapper.ENC: ("ENC(", ")"),
    Wrapper.HEX: ("0x", ""),
    Wrapper.STAR: ("*", ""),
    Wrapper.LETTERS: ("AES_", ""),
    Wrapper.KEY_ID: ("kid=a1;ct=", ""),
}


@dataclass(frozen=True, slots=True)
class Sealing:
    """The whole way from a text to a stored value, but for the key.

    Attributes:
        mode: ecb, cbc or gcm; of AES and the old block ciphers.
        constant: the vector where `vector` is CONSTANT.
        nonce: bytes of a GCM nonce.
        prefix: constant bytes in front, after decoding.
    """

    cipher: Cipher = Cipher.AES
    mode: str = "cbc"
    vector: Vector = Vector.FRONT
    padding: Padding = Padding.PKCS7
    encoding: Encoding = Encoding.BASE64
    wrapper: Wrapper = Wrapper.NONE
    prefix: bytes = b""
    constant: bytes = b""
    nonce: int = 0

    @property
    def supported(self) -> bool:
        """Whether an AES key could open it at all."""
        return self.cipher is Cipher.AES

    @property
    def name(self) -> str:
        """In one word, for tables."""
        if self.cipher is not Cipher.AES:
            return str(self.cipher)
        vector = f"nonce-{self.nonce}" if self.mode == "gcm" else f"iv-{self.vector}"
        if self.constant == TYPED_VECTOR:
            vector = "iv-typed"
        padding = "" if self.mode == "gcm" or self.padding is Padding.PKCS7 else self.padding
        prefix = f"prefix-{len(self.prefix)}" if self.prefix else ""
        parts = (f"aes-{self.mode}", vector, padding, prefix, self.wrapper)
        return "/".join(part for part in parts if part and part != "iv-none")


def seal(sealing: Sealing, key: bytes, text: bytes, chance: random.Random) -> bytes:
    """The stored value; `key` is the cipher's key, or of Jasypt and OpenSSL the password."""
    return written_down(sealing, *_encrypted(sealing, key, text, chance), chance)


def written_down(sealing: Sealing, front: bytes, body: bytes, chance: random.Random) -> bytes:
    """The stored value of a ciphertext, and of what goes in front of it or beside it."""
    if sealing.vector is Vector.BESIDE and sealing.cipher is Cipher.AES:
        return _wrapped(
            sealing, _written(sealing, sealing.prefix + body) + b"|" + _written(sealing, front), chance
        )
    return _wrapped(sealing, _written(sealing, sealing.prefix + front + body), chance)


def opened(sealing: Sealing, key: bytes, value: bytes) -> bytes | None:
    """The text of a stored value in AES; None where it is none of this sealing and key."""
    try:
        front, body = _parted(sealing, _unwrapped(sealing, value))
        if sealing.mode == "gcm":
            return AES.new(key, AES.MODE_GCM, nonce=front).decrypt_and_verify(body[:-16], body[-16:])
        return unpadded(sealing.padding, _aes(sealing, key, _vector(sealing, key, front)).decrypt(body))
    except (ValueError, KeyError, binascii.Error):
        return None


def unpadded(padding: Padding, plain: bytes) -> bytes | None:
    """The text before its padding, or None."""
    if padding in {Padding.ZERO, Padding.STAR}:
        return plain.rstrip(b"\0" if padding is Padding.ZERO else b"*")
    size = plain[-1] if plain else 0
    if not 1 <= size <= 16:
        return None
    filling = {Padding.PKCS7: bytes([size]) * size, Padding.X923: bytes(size - 1) + bytes([size])}.get(
        padding
    )
    return plain[:-size] if filling is None or plain.endswith(filling) else None


def _encrypted(sealing: Sealing, key: bytes, text: bytes, chance: random.Random) -> tuple[bytes, bytes]:
    """What goes in front, and the ciphertext."""
    match sealing.cipher:
        case Cipher.AES:
            return _by_aes(sealing, key, text, chance)
        case Cipher.JASYPT:
            return _jasypt(key, text, chance.randbytes(8))
        case Cipher.OPENSSL:
            return _openssl(key, text, chance.randbytes(8))
        case Cipher.RSA:  # 2,048 bits; what RSA writes looks like noise
            return b"", chance.randbytes(256)
        case Cipher.STREAM:
            body, tag = AES.new(hashlib.sha512(key).digest(), AES.MODE_SIV).encrypt_and_digest(text)
            return tag, body
        case _:
            return _old_block_cipher(sealing, key, _padded(sealing.padding, text, 8, chance), chance)


def _by_aes(sealing: Sealing, key: bytes, text: bytes, chance: random.Random) -> tuple[bytes, bytes]:
    if sealing.mode == "gcm":
        nonce = chance.randbytes(sealing.nonce)
        body, tag = AES.new(key, AES.MODE_GCM, nonce=nonce).encrypt_and_digest(text)
        return nonce, body + tag
    vector = _vector(sealing, key, chance.randbytes(16))
    seen = vector if sealing.vector in {Vector.FRONT, Vector.BESIDE} else b""
    return seen, _aes(sealing, key, vector).encrypt(_padded(sealing.padding, text, 16, chance))


def _aes(sealing: Sealing, key: bytes, vector: bytes) -> EcbMode | CbcMode:
    if sealing.mode == "ecb":
        return AES.new(key, AES.MODE_ECB)
    return AES.new(key, AES.MODE_CBC, iv=vector)


def _vector(sealing: Sealing, key: bytes, fresh: bytes) -> bytes:
    match sealing.vector:
        case Vector.ZERO | Vector.NONE:
            return bytes(16)
        case Vector.KEY:
            return key[:16]
        case Vector.CONSTANT:
            return sealing.constant
        case Vector.FRONT | Vector.BESIDE:
            return fresh


def _padded(padding: Padding, text: bytes, block: int, chance: random.Random) -> bytes:
    size = block - len(text) % block
    match padding:
        case Padding.PKCS7:
            return text + bytes([size]) * size
        case Padding.ISO10126:
            return text + chance.randbytes(size - 1) + bytes([size])
        case Padding.X923:
            return text + bytes(size - 1) + bytes([size])
        case Padding.ZERO | Padding.STAR:
            return text + (b"\0" if padding is Padding.ZERO else b"*") * (size % block)


def _old_block_cipher(
    sealing: Sealing, key: bytes, padded: bytes, chance: random.Random
) -> tuple[bytes, bytes]:
    kind = {Cipher.DES3: DES3, Cipher.DES: DES, Cipher.BLOWFISH: Blowfish}[sealing.cipher]
    if sealing.mode == "ecb":
        return b"", kind.new(key, kind.MODE_ECB).encrypt(padded)
    vector = chance.randbytes(8)
    return vector, kind.new(key, kind.MODE_CBC, iv=vector).encrypt(padded)


def _jasypt(password: bytes, text: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """PBEWithMD5AndDES with 1,000 rounds (PKCS#5, PBES1), the default of Jasypt's encryptors."""
    derived = password + salt
    for _ in range(1_000):
        derived = hashlib.md5(derived).digest()
    size = 8 - len(text) % 8
    cipher = DES.new(derived[:8], DES.MODE_CBC, iv=derived[8:])
    return salt, cipher.encrypt(text + bytes([size]) * size)


def _openssl(password: bytes, text: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """`openssl enc -aes-256-cbc -md md5`."""
    derived = piece = b""
    while len(derived) < 48:
        piece = hashlib.md5(piece + password + salt).digest()
        derived += piece
    size = 16 - len(text) % 16
    cipher = AES.new(derived[:32], AES.MODE_CBC, iv=derived[32:])
    return b"Salted__" + salt, cipher.encrypt(text + bytes([size]) * size)


def _written(sealing: Sealing, data: bytes) -> bytes:
    return _WRITERS[sealing.encoding](data)


_WRITERS: Final[Mapping[Encoding, Callable[[bytes], bytes]]] = {
    Encoding.BASE64: base64.b64encode,
    Encoding.BASE64_UNPADDED: lambda data: base64.b64encode(data).rstrip(b"="),
    Encoding.URL: base64.urlsafe_b64encode,
    Encoding.URL_UNPADDED: lambda data: base64.urlsafe_b64encode(data).rstrip(b"="),
    Encoding.HEX: lambda data: data.hex().encode(),
    Encoding.HEX_COLONS: lambda data: data.hex(":").encode(),
    Encoding.BASE32: base64.b32encode,
    Encoding.RAW: bytes,
}


def _read(sealing: Sealing, text: bytes) -> bytes:
    match sealing.encoding:
        case Encoding.RAW:
            return text
        case Encoding.HEX:
            return binascii.unhexlify(text)
        case Encoding.HEX_COLONS:
            return binascii.unhexlify(text.replace(b":", b""))
        case Encoding.BASE32:
            return base64.b32decode(text)
        case Encoding.URL | Encoding.URL_UNPADDED:
            text = text.replace(b"-", b"+").replace(b"_", b"/")
            return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
        case Encoding.BASE64 | Encoding.BASE64_UNPADDED:
            return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)


def _wrapped(sealing: Sealing, text: bytes, chance: random.Random) -> bytes:
    match sealing.wrapper:
        case Wrapper.JSON:
            return json.dumps({"v": 1, "ct": text.decode()}).encode()
        case Wrapper.JSON_VARYING:
            return json.dumps({"id": chance.randrange(10_000), "ct": text.decode()}).encode()
        case plain:
            head, tail = _AROUND[plain]
            return head.encode() + text + tail.encode()


def _unwrapped(sealing: Sealing, value: bytes) -> bytes:
    if sealing.wrapper in {Wrapper.JSON, Wrapper.JSON_VARYING}:
        return str(json.loads(value)["ct"]).encode()
    head, tail = (part.encode() for part in _AROUND[sealing.wrapper])
    if not (value.startswith(head) and value.endswith(tail)):
        raise ValueError("not wrapped so")
    return value[len(head) : len(value) - len(tail)]


def _parted(sealing: Sealing, text: bytes) -> tuple[bytes, bytes]:
    """Vector or nonce, and ciphertext."""
    if sealing.vector is Vector.BESIDE:
        body, _, beside = text.partition(b"|")
        return _read(sealing, beside), _without(sealing.prefix, _read(sealing, body))
    data = _without(sealing.prefix, _read(sealing, text))
    if sealing.mode == "gcm":
        return data[: sealing.nonce], data[sealing.nonce :]
    if sealing.vector is Vector.FRONT:
        return data[:16], data[16:]
    return b"", data


def _without(prefix: bytes, data: bytes) -> bytes:
    if not data.startswith(prefix):
        raise ValueError("another prefix")
    return data[len(prefix) :]
