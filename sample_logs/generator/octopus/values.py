"""The stored values of the estate, each with its truth, and the configuration file that holds a key."""

import base64
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from sample_logs.generator import plain_text
from sample_logs.generator.dice import Dice
from sample_logs.generator.octopus.story import BEFORE, CURRENT, LOST, MACHINE_IDS, MasterKey


class Fate(Enum):
    """What became of a value."""

    ROTATED = auto()
    LEFT_BEHIND = auto()
    LOST = auto()
    WITHOUT_VECTOR = auto()
    NEVER_SEALED = auto()
    EMPTY = auto()


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it stands in a document, and what an audit must say of it."""

    text: str = field(repr=False)
    verdict: str
    opened_by: str = ""


_SEALED: Final = {
    Fate.ROTATED: (CURRENT, "current"),
    Fate.LEFT_BEHIND: (BEFORE, "older-key"),
    Fate.LOST: (LOST, "lost"),
}

_MACHINE_VECTOR: Final = b"743677397A244326"


class Values:
    """Makes values one after another."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice

    def make(self, fate: Fate, *, long: bool = False) -> Value:
        """The next one; `long` for a private key instead of a password."""
        match fate:
            case Fate.EMPTY:
                return Value("", "empty")
            case Fate.NEVER_SEALED:
                return Value("changeme!", "plain-text")
            case Fate.WITHOUT_VECTOR:
                return Value(base64.b64encode(self._dice.bytes(32)).decode(), "damaged")
            case Fate.ROTATED | Fate.LEFT_BEHIND | Fate.LOST:
                key, verdict = _SEALED[fate]
                secret = plain_text.private_key(self._dice) if long else plain_text.password(self._dice)
                return Value(seal(secret.decode(), key, self._dice), verdict, key.label)


def seal(secret: str, key: MasterKey, dice: Dice) -> str:
    """`base64(ciphertext)|base64(vector)`: AES-CBC with PKCS#7."""
    vector = dice.bytes(16)
    body = base64.b64encode(_encrypted(secret.encode(), key.content, vector)).decode()
    return f"{body}|{base64.b64encode(vector).decode()}"


def linux_config(node: str, key: MasterKey) -> bytes:
    """`Server.linux.config`: the key as a JSON string, sealed by the node's machine-id."""
    sealed = _encrypted(f'"{key.text}"'.encode(), MACHINE_IDS[node].encode(), _MACHINE_VECTOR)
    value = base64.b64encode(sealed).decode()
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<octopus-settings>\n'
        f'  <set key="Octopus.Server.NodeName">{node}</set>\n'
        f'  <set key="Octopus.Storage.MasterKey">{value}</set>\n</octopus-settings>\n'
    ).encode()


def _encrypted(content: bytes, key: bytes, vector: bytes) -> bytes:
    count = 16 - len(content) % 16
    encryptor = Cipher(AES(key), CBC(vector)).encryptor()
    return encryptor.update(content + bytes([count]) * count)
