"""A single stored value, opened and encrypted in a layout with a library's ciphers."""

import base64
import binascii
from dataclasses import dataclass

from audit.layouts.layout import BLOCK, Encoding, Iv, Layout
from audit.trial.hypothesis import Hypothesis
from audit.trial.library_cipher import fresh_front, open_body, seal_body
from parsers.secret import Secret
from parsers.stores.change import Sealed


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a store writes bytes down, where its encoding leaves a choice.

    Attributes:
        upper: hex digits in capitals.
        padded: base64url with `=` behind.
        beside: the vector stands in a column of its own, not behind a `|`.
    """

    upper: bool = False
    padded: bool = True
    beside: bool = False


def open_value(sealed: Sealed, hypothesis: Hypothesis) -> Secret | None:
    """The plain text; None where this key in this layout does not give one.

    The columns of `audit.trial` open plain AES by other means: whatever is to be written in it is opened by
    both. Other ciphers, and keys from passphrases, have this one way.
    """
    layout = hypothesis.layout
    try:
        front, body = _parts(sealed, layout)
    except (binascii.Error, ValueError):
        return None
    if not layout.fits(layout.overhead + len(body)):
        return None
    try:
        plain = open_body(layout, hypothesis.aes_key, front, body)
    except ValueError:  # nobody knows the vector
        return None
    return None if plain is None else Secret(plain)


def fresh_vector(layout: Layout) -> bytes:
    """A random salt, vector or nonce, as far as values of the layout carry their own; else nothing."""
    return fresh_front(layout)


def encrypt_value(plain: Secret, hypothesis: Hypothesis, vector: bytes, spelling: Spelling) -> Sealed:
    """The stored value; `vector` is what `fresh_vector` gave for the layout.

    Raises:
        ValueError: nothing can be encrypted in the layout, since nobody knows its vector; or not this text,
            since it ends in what the layout pads with.
    """
    layout = hypothesis.layout
    body = seal_body(layout, hypothesis.aes_key, vector, plain.reveal())
    if layout.iv is not Iv.BESIDE:
        return Sealed(_written(layout.prefix + vector + body, layout.encoding, spelling))
    cipher = _written(layout.prefix + body, layout.encoding, spelling)
    beside = _written(vector, layout.encoding, spelling)
    return Sealed(cipher, beside) if spelling.beside else Sealed(cipher + b"|" + beside)


def _parts(sealed: Sealed, layout: Layout) -> tuple[bytes, bytes]:
    """Salt, vector or nonce, and ciphertext with its tag."""
    if layout.iv is Iv.BESIDE:
        cipher, front = (sealed.value, sealed.iv) if sealed.iv is not None else _around_bar(sealed.value)
        front = _decoded(front, layout.encoding)
        if len(front) != BLOCK:
            raise ValueError("the vector has another size")
        return front, _behind_prefix(_decoded(cipher, layout.encoding), layout)
    whole = _behind_prefix(_decoded(sealed.value, layout.encoding), layout)
    size = layout.salt_size + layout.vector_size
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


def _decoded(written: bytes, encoding: Encoding) -> bytes:
    if encoding is Encoding.RAW:
        return written
    text = b"".join(written.split())
    match encoding:
        case Encoding.HEX:
            return binascii.unhexlify(text)
        case Encoding.BASE64_URL:
            bare = text.rstrip(b"=")
            if b"+" in bare or b"/" in bare:  # Python reads both alphabets at once
                raise ValueError("of the standard alphabet")
            return base64.b64decode(bare + b"=" * (-len(bare) % 4), altchars=b"-_", validate=True)
        case Encoding.BASE64:
            return base64.b64decode(text, validate=True)


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
            return base64.b64encode(content)
