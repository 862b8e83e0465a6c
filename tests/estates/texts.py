"""What people and servers keep in credentials: populations of plain texts."""

import base64
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_ASCII: Final = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789!$%-_.#"
_ALPHABETS: Final = (
    "".join(map(chr, range(0x430, 0x450))) + "0123456789",  # Cyrillic
    "".join(map(chr, range(0x3B1, 0x3CA))) + "0123456789",  # Greek
    "abcdefghijklmnopqrstuvwxyzäöüßÄÖÜ0123456789!-",
)


class Population(StrEnum):
    """A kind of secrets."""

    SHORT = "short"
    LONG = "long"
    MIXED = "mixed"
    PEM = "pem"
    FOREIGN_LETTERS = "foreign letters"
    SOME_BINARY = "text and some binary"
    BINARY = "binary"
    CERTIFICATES = "certificates"
    EQUAL_LENGTH = "equal length"
    DUPLICATES = "duplicates"

    @property
    def is_text(self) -> bool:
        """Whether every secret of it is text."""
        return self not in {Population.SOME_BINARY, Population.BINARY, Population.CERTIFICATES}


def secrets(population: Population, count: int, chance: random.Random) -> list[bytes]:
    """That many texts, in no order; distinct ones unless the population is of duplicates."""
    make = _MAKERS[population]
    if population is Population.DUPLICATES:
        few = [make(chance) for _ in range(max(1, count // 4))]
        return [chance.choice(few) for _ in range(count)]
    if population is Population.EQUAL_LENGTH:
        length = chance.randint(4, 40)
        return [_password(chance, length, length) for _ in range(count)]
    texts = dict.fromkeys(make(chance) for _ in range(count))
    while len(texts) < count:
        texts[make(chance) + str(len(texts)).encode()] = None
    return list(texts)


def _password(chance: random.Random, shortest: int, longest: int) -> bytes:
    return "".join(chance.choices(_ASCII, k=chance.randint(shortest, longest))).encode()


def _mixed(chance: random.Random) -> bytes:
    return _password(chance, 4, 40)


def _pem(chance: random.Random) -> bytes:
    if chance.random() < 0.2:
        own = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        return own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    text = base64.b64encode(chance.randbytes(chance.choice([300, 608, 1190]))).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    body = "\n".join(lines)
    return f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n".encode()


def _foreign_letters(chance: random.Random) -> bytes:
    if chance.random() < 0.4:
        return _mixed(chance)
    return "".join(chance.choices(chance.choice(_ALPHABETS), k=chance.randint(3, 30))).encode()


def _token(chance: random.Random) -> bytes:
    return chance.randbytes(chance.choice([16, 20, 24, 32, 48, chance.randint(5, 70)]))


def _some_binary(chance: random.Random) -> bytes:
    return _token(chance) if chance.random() < 0.1 else _mixed(chance)


def _certificate(chance: random.Random) -> bytes:
    return _der(chance.randrange(40)) if chance.random() < 0.3 else _mixed(chance)


@cache
def _der(number: int) -> bytes:
    """A certificate whose bytes are the same in every run: signatures of Ed25519 take no chance."""
    own = Ed25519PrivateKey.from_private_bytes(random.Random(number).randbytes(32))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"node-{number}.example.com")])
    builder = x509.CertificateBuilder(name, name, own.public_key(), number + 1)
    builder = builder.not_valid_before(datetime(2019, 1, 1, tzinfo=UTC))
    builder = builder.not_valid_after(datetime(2029, 1, 1, tzinfo=UTC))
    return builder.sign(own, None).public_bytes(Encoding.DER)


_MAKERS: Final[Mapping[Population, Callable[[random.Random], bytes]]] = {
    Population.SHORT: lambda chance: _password(chance, 1, 15),
    Population.LONG: lambda chance: _password(chance, 16, 70),
    Population.MIXED: _mixed,
    Population.PEM: _pem,
    Population.FOREIGN_LETTERS: _foreign_letters,
    Population.SOME_BINARY: _some_binary,
    Population.BINARY: _token,
    Population.CERTIFICATES: _certificate,
    Population.EQUAL_LENGTH: _mixed,
    Population.DUPLICATES: _mixed,
}
