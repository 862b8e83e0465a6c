"""Raw AES over many blocks in one call; the modes are put together from it."""

from collections.abc import Callable
from functools import cached_property
from typing import Final

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from audit.layouts.layout import BLOCK
from audit.trial.groups import Bytes
from parsers.secret import Secret

_TILE: Final = 512 * 1024
"""Bytes a call: input and output stay in the processor's second-level cache."""


class AesColumns:
    """One AES key, applied to arrays whose last axis is a block of 16 bytes.

    ECB here is the bare block cipher over independent blocks: chaining and counters are the callers'.
    """

    def __init__(self, key: Secret) -> None:
        self._cipher = Cipher(algorithms.AES(key.reveal()), modes.ECB())  # noqa: S305  # the bare cipher, see above

    @cached_property
    def _decryptor(self) -> CipherContext:
        """Made when it is asked for: a trial under thousands of keys needs one of the two."""
        return self._cipher.decryptor()

    @cached_property
    def _encryptor(self) -> CipherContext:
        return self._cipher.encryptor()

    def decrypt(self, blocks: Bytes) -> Bytes:
        """The inverse cipher over every block; the shape stays."""
        return _in_tiles(self._decryptor.update_into, blocks)

    def encrypt(self, blocks: Bytes) -> Bytes:
        """The cipher over every block; the shape stays."""
        return _in_tiles(self._encryptor.update_into, blocks)


def _in_tiles(update_into: Callable[[memoryview, memoryview], int], blocks: Bytes) -> Bytes:
    source = np.ascontiguousarray(blocks).reshape(-1)
    out = np.empty(source.size + BLOCK - 1, np.uint8)  # OpenSSL wants room for a partial block
    for start in range(0, source.size, _TILE):
        piece = source[start : start + _TILE]
        update_into(piece.data, out[start : start + piece.size + BLOCK - 1].data)
    return out[: source.size].reshape(blocks.shape)
