"""Open and encrypt a single stored value in a layout, with a library's ciphers."""

import base64
import binascii
from dataclasses import dataclass

from audit.layouts.layout import BLOCK, Encoding, Iv, KeyForm, Layout
from audit.trial.hypothesis import Hypothesis
from audit.trial.library_cipher import fresh_front, open_body, seal_body
from parsers.secret import Secret
from parsers.stores.store_writer import StoredCiphertext


@dataclass(frozen=True, slots=True)
class Notation:
    """How a store writes bytes, where its encoding leaves a choice.

    Attributes:
        upper: hex digits in capitals.
        padded: base64 ends with `=`, in either alphabet.
        beside: the vector is in a column of its own, not after a `|`.
    """

    upper: bool = False
    padded: bool = True
    beside: bool = False


def open_value(sealed: StoredCiphertext, hypothesis: Hypothesis) -> Secret | None:
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
    except ValueError:  # the vector is not known
        return None
    return None if plain is None else Secret(plain)


def fresh_vector(layout: Layout) -> bytes:
    """A random salt, vector or nonce, as far as values of the layout carry their own; else nothing."""
    return fresh_front(layout)


def encrypt_value(
    plain: Secret,
    hypothesis: Hypothesis,
    vector: bytes,
    notation: Notation,
    old: StoredCiphertext | None = None,
) -> StoredCiphertext:
    """The stored value; `vector` is what `fresh_vector` gave for the layout.

    A JSON object around it is that of the `old` value, in which one string is exchanged.

    Raises:
        ValueError: nothing can be encrypted in the layout, since its vector is not known, or it puts values
            into JSON and `old` is no such object; or not this text, since it ends in what the layout pads
            with.
    """
    layout = hypothesis.layout
    body = seal_body(layout, hypothesis.aes_key, vector, plain.reveal())
    shell = old.value if old is not None else None
    if layout.iv is not Iv.BESIDE:
        whole = _encode(layout.prefix + vector + body, layout.encoding, notation)
        return StoredCiphertext(layout.wrapper.around(whole, shell))
    cipher = _encode(layout.prefix + body, layout.encoding, notation)
    beside = _encode(vector, layout.encoding, notation)
    if notation.beside:
        return StoredCiphertext(layout.wrapper.around(cipher, shell), beside)
    return StoredCiphertext(layout.wrapper.around(cipher + b"|" + beside, shell))


def _parts(sealed: StoredCiphertext, layout: Layout) -> tuple[bytes, bytes]:
    """Salt, vector or nonce, and ciphertext with its tag."""
    value = layout.wrapper.content(sealed.value)
    if layout.iv is Iv.BESIDE:
        cipher, front = (value, sealed.iv) if sealed.iv else _around_bar(value)
        front = _decode(front, layout)
        if len(front) != BLOCK:
            raise ValueError("the vector has another size")
        return front, _behind_prefix(_decode(cipher, layout), layout)
    whole = _behind_prefix(_decode(value, layout), layout)
    size = layout.salt_size + layout.vector_size
    return whole[:size], whole[size:]


def _around_bar(value: bytes) -> tuple[bytes, bytes]:
    cipher, bar, vector = value.partition(b"|")
    if not bar:
        raise ValueError("no vector next to the value")
    return cipher, vector


def _behind_prefix(content: bytes, layout: Layout) -> bytes:
    if not content.startswith(layout.prefix):
        raise ValueError("another prefix")
    return content[len(layout.prefix) :]


def _decode(written: bytes, layout: Layout) -> bytes:
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


def _encode(content: bytes, encoding: Encoding, notation: Notation) -> bytes:
    match encoding:
        case Encoding.RAW:
            return content
        case Encoding.HEX:
            digits = binascii.hexlify(content)
            return digits.upper() if notation.upper else digits
        case Encoding.BASE64_URL:
            text = base64.urlsafe_b64encode(content)
            return text if notation.padded else text.rstrip(b"=")
        case Encoding.BASE64:
            text = base64.b64encode(content)
            return text if notation.padded else text.rstrip(b"=")
