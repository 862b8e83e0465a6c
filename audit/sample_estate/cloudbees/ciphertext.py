"""The two ciphertext layouts of the sample: chosen, since the product's own are not public.

Published exports of versions 3.5 to 5.0 hold base64 of exactly 16 bytes, with no room for an initialization
vector; nothing written by 9.2 or later has been published.
"""

import base64

from audit.sample_estate.dice import Dice


def old_value(plain_text: bytes, key: bytes) -> str:
    """As up to 9.1: base64 of AES-128-ECB with PKCS#7; equal passwords give equal values."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    encryptor = Cipher(AES(key), ECB()).encryptor()  # noqa: S305 # the layout that is to be found
    return base64.b64encode(encryptor.update(_padded(plain_text))).decode()


def new_value(plain_text: bytes, key: bytes, dice: Dice) -> str:
    """As from 9.2: base64 of a random initialization vector and AES-256-CBC with PKCS#7."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    vector = dice.bytes(16)
    encryptor = Cipher(AES(key), CBC(vector)).encryptor()
    return base64.b64encode(vector + encryptor.update(_padded(plain_text))).decode()


def _padded(plain_text: bytes) -> bytes:
    count = 16 - len(plain_text) % 16
    return plain_text + bytes([count]) * count
