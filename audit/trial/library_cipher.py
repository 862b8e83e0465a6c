"""One value's bytes through a library's cipher: key derived, mode, padding. The prefix is off already."""

import os
from typing import Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import Blowfish, TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher as LibraryCipher
from cryptography.hazmat.primitives.ciphers import CipherAlgorithm, CipherContext, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from audit.errors import LayoutError
from audit.layouts.layout import Cipher, Iv, Layout, Mode, Padding
from parsers.secret import Secret

_DES_KEY: Final = 8


def fresh_front(layout: Layout) -> bytes:
    """A random salt and a random vector or nonce, as far as values of the layout carry them; else nothing."""
    return os.urandom(layout.salt_size + layout.vector_size)


def open_body(layout: Layout, key: Secret, front: bytes, body: bytes) -> bytes | None:
    """The plain text; None where this key does not give one.

    Args:
        layout: how the value lies.
        key: the hypothesis' key or passphrase.
        front: the salt, if the layout has one, and then the vector or nonce; `fresh_front`'s length.
        body: ciphertext, with its tag; of a length that fits the layout.

    Raises:
        ValueError: the vector is not known.
        LayoutError: this machine's OpenSSL does not have the cipher.
    """
    cipher_key, vector = _resolved(layout, key, front)
    if layout.mode is Mode.GCM:
        try:
            return AESGCM(cipher_key).decrypt(vector, body, None)
        except InvalidTag:
            return None
    decryptor = _context(layout, cipher_key, vector, encrypt=False)
    return _unpadded(decryptor.update(body) + decryptor.finalize(), layout.padding, layout.block)


def seal_body(layout: Layout, key: Secret, front: bytes, plain: bytes) -> bytes:
    """Ciphertext, with its tag; `front` is what `fresh_front` gave.

    Raises:
        ValueError: the vector is not known, or a part of the text would be taken for padding.
        LayoutError: this machine's OpenSSL does not have the cipher.
    """
    cipher_key, vector = _resolved(layout, key, front)
    if layout.mode is Mode.GCM:
        return AESGCM(cipher_key).encrypt(vector, plain, None)
    encryptor = _context(layout, cipher_key, vector, encrypt=True)
    return encryptor.update(_padded(plain, layout.padding, layout.block)) + encryptor.finalize()


def _resolved(layout: Layout, key: Secret, front: bytes) -> tuple[bytes, bytes]:
    """The cipher's key, and the vector or nonce; b"" in ECB.

    Raises:
        ValueError: the vector is not known.
    """
    salt, vector = front[: layout.salt_size], front[layout.salt_size :]
    if layout.derivation:
        derived_vector = layout.block if layout.iv is Iv.DERIVED else 0
        key, derived = layout.derivation.derive(key, salt, derived_vector)
    else:
        derived = b""
    match layout.iv:
        case Iv.NONE | Iv.FRONT | Iv.BESIDE:
            return key.reveal(), vector
        case Iv.ZERO:
            return key.reveal(), bytes(layout.block)
        case Iv.KEY:
            return key.reveal(), key.reveal()[: layout.block]
        case Iv.CONSTANT:
            return key.reveal(), layout.constant_iv
        case Iv.DERIVED:
            return key.reveal(), derived
        case Iv.UNKNOWN:
            raise ValueError("the vector is not known")


def _context(layout: Layout, key: bytes, vector: bytes, *, encrypt: bool) -> CipherContext:
    """The cipher, ready for use.

    Raises:
        LayoutError: this machine's OpenSSL does not have it.
    """
    cipher = LibraryCipher(_algorithm(layout, key), _mode(layout, vector))
    try:
        return cipher.encryptor() if encrypt else cipher.decryptor()
    except UnsupportedAlgorithm as error:
        raise LayoutError(
            f"this machine's OpenSSL has no {layout.cipher}: values of {layout.name} cannot be opened",
            hint="its legacy provider holds old ciphers; or leave that layout out of the layouts file",
        ) from error


def _algorithm(layout: Layout, key: bytes) -> CipherAlgorithm:
    match layout.cipher:
        case Cipher.AES:
            return algorithms.AES(key)
        case Cipher.TRIPLE_DES:
            return TripleDES(key if len(key) == 3 * _DES_KEY else key + key[:_DES_KEY])
        case (
            Cipher.DES
        ):  # the library has no DES: with one key three times, two of its three steps cancel out
            return TripleDES(3 * key)
        case Cipher.BLOWFISH:
            return Blowfish(key)


def _mode(layout: Layout, vector: bytes) -> modes.CBC | modes.ECB:
    return modes.CBC(vector) if layout.mode is Mode.CBC else modes.ECB()  # noqa: S305  # as the product writes


def _padded(plain: bytes, padding: Padding, block: int) -> bytes:
    """Whole blocks.

    Raises:
        ValueError: padding that nothing counts would not come off again as it went on.
    """
    amount = block - len(plain) % block
    match padding:
        case Padding.PKCS7:
            return plain + bytes([amount]) * amount
        case Padding.ISO10126:
            return plain + os.urandom(amount - 1) + bytes([amount])
        case Padding.X923:
            return plain + bytes(amount - 1) + bytes([amount])
        case Padding.ZERO | Padding.STAR:
            fill = _fill(padding)
            if not plain or plain.endswith(fill):
                raise ValueError("the text is empty or ends in the padding's byte: it would be stripped")
            return plain + fill * (amount % block)


def _unpadded(content: bytes, padding: Padding, block: int) -> bytes | None:
    """The text; None where the padding is wrong."""
    if padding.fill is not None:
        # What filled up the last block, and no more: a block of it was never added.
        return content[:-block] + content[-block:].rstrip(_fill(padding))
    amount = content[-1]
    if not 1 <= amount <= block:
        return None
    between = content[-amount:-1]
    if padding is Padding.PKCS7 and between != bytes([amount]) * (amount - 1):
        return None
    if padding is Padding.X923 and any(between):
        return None
    return content[:-amount]


def _fill(padding: Padding) -> bytes:
    return b"" if padding.fill is None else bytes([padding.fill])
