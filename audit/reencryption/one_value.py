"""A single stored value, opened and encrypted in a layout with a library's ciphers."""

import base64
import binascii
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7

from audit.layouts.layout import BLOCK, Encoding, Iv, KeyForm, Layout, Mode
from audit.trial.hypothesis import Hypothesis
from parsers.secret import Secret
from parsers.stores.change import Sealed


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a store writes bytes down, where its encoding leaves a choice.

    Attributes:
        upper: hex digits in capitals.
        padded: base64 with `=` behind, in either alphabet.
        beside: the vector stands in a column of its own, not behind a `|`.
    """

    upper: bool = False
    padded: bool = True
    beside: bool = False


def open_value(sealed: Sealed, hypothesis: Hypothesis) -> Secret | None:
    """The plain text; None where this key in this layout does not give one.

    The columns of `audit.trial` open the same values by other means: whatever is to be written is opened by
    both.
    """
    layout = hypothesis.layout
    try:
        front, body = _parts(sealed, layout)
    except (binascii.Error, ValueError):
        return None
    if not layout.fits(layout.overhead + len(body)):
        return None
    key = hypothesis.aes_key.reveal()
    try:
        if layout.mode is Mode.GCM:
            return Secret(AESGCM(key).decrypt(front, body, None))
        decryptor = Cipher(algorithms.AES(key), _mode(layout, key, front)).decryptor()
        unpadder = PKCS7(8 * BLOCK).unpadder()
        padded = decryptor.update(body) + decryptor.finalize()
        return Secret(unpadder.update(padded) + unpadder.finalize())
    except (InvalidTag, ValueError):
        return None


def fresh_vector(layout: Layout) -> bytes:
    """A random vector or nonce, where values of the layout carry one of their own; else nothing."""
    if layout.mode is Mode.GCM:
        return os.urandom(layout.nonce_size)
    return os.urandom(BLOCK) if layout.iv in {Iv.FRONT, Iv.BESIDE} else b""


def encrypt_value(
    plain: Secret, hypothesis: Hypothesis, vector: bytes, spelling: Spelling, old: Sealed | None = None
) -> Sealed:
    """The stored value; `vector` is what `fresh_vector` gave for the layout.

    A JSON object around it is that of the `old` value, in which one string is exchanged.

    Raises:
        ValueError: the layout has a vector that nobody knows, or puts values into JSON and `old` is no such
            object: nothing can be encrypted in it.
    """
    layout, key = hypothesis.layout, hypothesis.aes_key.reveal()
    if layout.mode is Mode.GCM:
        body = AESGCM(key).encrypt(vector, plain.reveal(), None)
    else:
        padder = PKCS7(8 * BLOCK).padder()
        encryptor = Cipher(algorithms.AES(key), _mode(layout, key, vector)).encryptor()
        body = encryptor.update(padder.update(plain.reveal()) + padder.finalize()) + encryptor.finalize()
    shell = old.value if old is not None else None
    if layout.iv is not Iv.BESIDE:
        whole = _written(layout.prefix + vector + body, layout.encoding, spelling)
        return Sealed(layout.wrapper.around(whole, shell))
    cipher = _written(layout.prefix + body, layout.encoding, spelling)
    beside = _written(vector, layout.encoding, spelling)
    if spelling.beside:
        return Sealed(layout.wrapper.around(cipher, shell), beside)
    return Sealed(layout.wrapper.around(cipher + b"|" + beside, shell))


def _parts(sealed: Sealed, layout: Layout) -> tuple[bytes, bytes]:
    """Vector or nonce, and ciphertext with its tag."""
    value = layout.wrapper.content(sealed.value)
    if layout.iv is Iv.BESIDE:
        cipher, front = (value, sealed.iv) if sealed.iv else _around_bar(value)
        front = _decoded(front, layout)
        if len(front) != BLOCK:
            raise ValueError("the vector has another size")
        return front, _behind_prefix(_decoded(cipher, layout), layout)
    whole = _behind_prefix(_decoded(value, layout), layout)
    size = layout.nonce_size or (BLOCK if layout.mode is Mode.CBC and layout.iv is Iv.FRONT else 0)
    return whole[:size], whole[size:]


def _around_bar(value: bytes) -> tuple[bytes, bytes]:
    cipher, bar, vector = value.partition(b"|")
    if not bar:
        raise ValueError("no vector beside the value")
    return cipher, vector


def _behind_prefix(content: bytes, layout: Layout) -> bytes:
    if not content.startswith(layout.prefix):
        raise ValueError("another prefix")
    return content[len(layout.prefix) :]


def _mode(layout: Layout, key: bytes, vector: bytes) -> modes.CBC | modes.ECB:
    match layout.iv:
        case Iv.NONE:
            return modes.ECB()  # noqa: S305  # what the product writes, as the data show it
        case Iv.ZERO:
            return modes.CBC(bytes(BLOCK))
        case Iv.KEY:
            return modes.CBC(key[:BLOCK])
        case Iv.CONSTANT:
            return modes.CBC(layout.constant_iv)
        case Iv.FRONT | Iv.BESIDE:
            return modes.CBC(vector)
        case Iv.UNKNOWN:
            raise ValueError("nobody knows the vector")


def _decoded(written: bytes, layout: Layout) -> bytes:
    """The bytes, read as `audit.trial.views.View` reads them.

    Raises:
        ValueError: no encoder writes this: another alphabet, bits that belong to no byte, padding at the
            wrong place. Line breaks and the white space around them do not count.
    """
    encoding = layout.encoding
    if encoding is Encoding.RAW:
        return written
    text = b"".join(line.strip() for line in written.splitlines())
    match encoding:
        case Encoding.HEX:
            return binascii.unhexlify(text)
        case Encoding.BASE64_URL:
            bare = text.rstrip(b"=")
            content = base64.urlsafe_b64decode(bare + b"=" * (-len(bare) % 4))
            canonical = base64.urlsafe_b64encode(content)
            allowed = {canonical, canonical.rstrip(b"=")}
        case Encoding.BASE64:
            if layout.key_form is not KeyForm.MASTER_KEY and not text.endswith(b"="):
                text += b"=" * (-len(text) % 4)
            content = base64.b64decode(text)
            allowed = {base64.b64encode(content)}
    if text not in allowed:  # Python's decoders let almost anything through
        raise ValueError("no encoder writes this")
    return content


def _written(content: bytes, encoding: Encoding, spelling: Spelling) -> bytes:
    match encoding:
        case Encoding.RAW:
            return content
        case Encoding.HEX:
            digits = binascii.hexlify(content)
            return digits.upper() if spelling.upper else digits
        case Encoding.BASE64_URL:
            text = base64.urlsafe_b64encode(content)
            return text if spelling.padded else text.rstrip(b"=")
        case Encoding.BASE64:
            text = base64.b64encode(content)
            return text if spelling.padded else text.rstrip(b"=")
