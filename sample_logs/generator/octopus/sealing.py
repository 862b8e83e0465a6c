"""Values as Octopus stores them, and the configuration file of a node on Linux."""

import base64
from typing import Final

from sample_logs.generator.dice import Dice
from sample_logs.generator.octopus.story import MACHINE_IDS, MasterKey

_MACHINE_VECTOR: Final = b"743677397A244326"


def seal(plain_text: str, key: MasterKey, dice: Dice) -> str:
    """`base64(ciphertext)|base64(vector)`: AES-CBC with PKCS#7."""
    vector = dice.bytes(16)
    body = base64.b64encode(_encrypted(plain_text.encode(), key.content, vector)).decode()
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


def _encrypted(plain_text: bytes, key: bytes, vector: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    count = 16 - len(plain_text) % 16
    encryptor = Cipher(AES(key), CBC(vector)).encryptor()
    return encryptor.update(plain_text + bytes([count]) * count)
