"""Ciphertext by PyCryptodome, an AES implementation that the program itself does not use."""

import base64
import random
from collections.abc import Callable, Iterable
from typing import Final

import polars as pl
from Crypto.Cipher import AES

from audit.cloudbees.product import CLOUDBEES_CD
from audit.keys.key_ring import Key, KeyRing
from audit.layouts.layout import Encoding, Iv, Layout, Mode, Padding
from audit.product import Product
from parsers.secret import Secret
from parsers.stores.schema import STORED

UNKNOWN_VECTOR: Final = bytes.fromhex("8f1e3c7a5b9d2046e1f0a3b5c7d98264")

_WRITTEN: Final[dict[Encoding, Callable[[bytes], bytes]]] = {
    Encoding.BASE64: base64.b64encode,
    Encoding.BASE64_URL: base64.urlsafe_b64encode,
    Encoding.HEX: lambda data: data.hex().encode(),
    Encoding.RAW: bytes,
}


Encrypt = Callable[[bytes, bytes | None, bytes], bytes]
"""ECB without a vector, CBC with one: key, vector, plain text to ciphertext, PKCS#7 padding included."""


def by_pycryptodome(key: bytes, vector: bytes | None, plain: bytes) -> bytes:
    """The `Encrypt` that `seal` takes if no other is given."""
    return _by_blocks(key, vector, plain + bytes([16 - len(plain) % 16]) * (16 - len(plain) % 16))


def _by_blocks(key: bytes, vector: bytes | None, padded: bytes) -> bytes:
    if vector is None:
        return AES.new(key, AES.MODE_ECB).encrypt(padded)
    return AES.new(key, AES.MODE_CBC, iv=vector).encrypt(padded)


def padded(plain: bytes, padding: Padding, chance: random.Random) -> bytes:
    """A text filled up to whole blocks, as the standards and older programs do it."""
    missing = 16 - len(plain) % 16
    match padding:
        case Padding.PKCS7:
            return plain + bytes([missing]) * missing
        case Padding.ISO10126:
            return plain + chance.randbytes(missing - 1) + bytes([missing])
        case Padding.X923:
            return plain + bytes(missing - 1) + bytes([missing])
        case Padding.ZERO:
            return plain + bytes(missing % 16)
        case Padding.STAR:
            return plain + b"*" * (missing % 16)


def seal(
    layout: Layout, key: bytes, plain: bytes, chance: random.Random, encrypt: Encrypt = by_pycryptodome
) -> bytes:
    """The value that a product with this layout would store; `key` is the AES key itself."""
    body, vector = _sealed(layout, key, plain, chance, encrypt)
    written = _WRITTEN[layout.encoding]
    if layout.iv is Iv.BESIDE:
        return written(layout.prefix + body) + b"|" + written(vector)
    return written(layout.prefix + vector + body)


def _sealed(
    layout: Layout, key: bytes, plain: bytes, chance: random.Random, encrypt: Encrypt
) -> tuple[bytes, bytes]:
    """Ciphertext, and what goes in front of it or beside it."""
    if layout.mode is Mode.GCM:
        nonce = chance.randbytes(layout.nonce_size)
        body, tag = AES.new(key, AES.MODE_GCM, nonce=nonce).encrypt_and_digest(plain)
        return body + tag, nonce
    if layout.padding is not Padding.PKCS7:
        filled, encrypt = padded(plain, layout.padding, chance), _by_blocks
    else:
        filled = plain  # the `Encrypt` pads
    if layout.mode is Mode.ECB:
        return encrypt(key, None, filled), b""
    vectors = {
        Iv.ZERO: bytes(16),
        Iv.KEY: key[:16],
        Iv.UNKNOWN: UNKNOWN_VECTOR,
        Iv.CONSTANT: layout.constant_iv,
    }
    vector = vectors.get(layout.iv) or chance.randbytes(16)
    return encrypt(key, vector, filled), vector if layout.iv in {Iv.FRONT, Iv.BESIDE} else b""


def stored(values: Iterable[bytes | None], layout: Layout | None = None) -> pl.DataFrame:
    """Values as a batch of the `STORED` schema, with numbered names.

    Where `layout` writes raw bytes with the vector beside, the vector goes into its own column.
    """
    raw_beside = layout and layout.encoding is Encoding.RAW and layout.iv is Iv.BESIDE
    parts = [_parted(value) if value and raw_beside else (value, None) for value in values]
    columns = {
        "value": pl.Series([value for value, _ in parts], dtype=pl.Binary),
        "iv": pl.Series([vector for _, vector in parts], dtype=pl.Binary),
    }
    frame = pl.DataFrame(columns).with_row_index("number")
    name = pl.format("c{}", pl.col("number"))
    return frame.select(
        pl.lit("cloudbees-cd").alias("system"),
        pl.lit("credential").alias("kind"),
        pl.lit("P").alias("project"),
        name.alias("name"),
        pl.lit("").alias("user_name"),
        pl.format("/projects/P/credentials/{}", name).alias("location"),
        pl.lit("").alias("credential_type"),
        pl.lit("").alias("modified"),
        "value",
        "iv",
        pl.lit("test").alias("store"),
        pl.format("row {}", pl.col("number")).alias("record"),
    ).match_to_schema(STORED)


def _parted(value: bytes) -> tuple[bytes, bytes]:
    return value[:-17], value[-16:]


def candidate(label: str, content: bytes, *, current: bool = False, master_key: bytes | None = None) -> Key:
    """A key of the ring."""
    return Key(
        label=label,
        aliases=(),
        content=Secret(content),
        master_key=Secret(master_key) if master_key else None,
        fingerprint=f"{sum(content):040x}",
        bits=8 * len(content),
        current=current,
        remarks=(),
    )


def ring_of(*keys: Key, product: Product = CLOUDBEES_CD) -> KeyRing:
    """A ring of these keys."""
    return KeyRing(product, keys, ())


def passwords(count: int, chance: random.Random, *, longest: int = 40) -> list[bytes]:
    """Distinct printable secrets of 4 bytes and more."""
    alphabet = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!$%-_.#"
    found: dict[bytes, None] = {}
    while len(found) < count:
        found[bytes(chance.choices(alphabet, k=chance.randint(4, longest)))] = None
    return list(found)
