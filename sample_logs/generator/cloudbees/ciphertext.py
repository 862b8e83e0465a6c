"""The ciphertext layouts of the sample: chosen, since the product's own are not public.

Published exports hold values of exactly 16, 32 and 48 bytes, equal for equal passwords: those of 3.5 to 5.0
in the vendor's repositories (electric-cloud/dockercon and others), those of 9.0.1 to 10.4.2 in two others
(kin3303/cloudbees_cdro_install_dockerize, kin3303/cloudbees_cdro_samples). So there is no room for an
initialization vector or a tag, before 9.2 or after. Which layout without them the product has (ECB, or CBC
with a vector that is zero, constant or taken from the key) is unknown; the sample takes one for each size of
key, so that two must be told apart.
"""

import base64
from typing import Final

_BLOCK: Final = 16


def old_value(plain_text: bytes, key: bytes) -> str:
    """As up to 9.1: base64 of AES-128-ECB with PKCS#7."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    encryptor = Cipher(AES(key), ECB()).encryptor()  # noqa: S305 # the layout that is to be found
    return _written(encryptor.update(_padded(plain_text)))


def new_value(plain_text: bytes, key: bytes) -> str:
    """As from 9.2: base64 of AES-256-CBC with a vector of zeros and PKCS#7."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    encryptor = Cipher(AES(key), CBC(bytes(_BLOCK))).encryptor()
    return _written(encryptor.update(_padded(plain_text)))


def cut_off(value: str, size: int) -> str:
    """The first `size` bytes of a stored value, as a column that is too narrow leaves them."""
    return _written(base64.b64decode(value)[:size])


def _padded(plain_text: bytes) -> bytes:
    count = _BLOCK - len(plain_text) % _BLOCK
    return plain_text + bytes([count]) * count


def _written(content: bytes) -> str:
    return base64.b64encode(content).decode()
