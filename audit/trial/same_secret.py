"""Which values hold the same secret, without a trace of the secret itself."""

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK
from audit.trial.aes_columns import AesColumns
from audit.trial.groups import Bytes
from parsers.secret import Secret


class SecretTags:
    """A keyed hash of plain texts whose key lives only as long as this object.

    CBC-MAC with AES over the number of blocks and the padded text: the number in front makes it sound for
    texts of any length (Bellare, Kilian, Rogaway 1994), and columns of blocks go through one AES call each.
    """

    def __init__(self, key: Secret) -> None:
        """Take 16 random bytes, made for this run."""
        self._cipher = AesColumns(key)

    def of(self, padded: Bytes, lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.uint64]:
        """A tag for each row.

        Args:
            padded: plain texts with PKCS#7 padding, whole blocks; what follows the padding does not count;
                shape [n, width].
            lengths: bytes of each text; shape [n].

        Returns:
            shape [n, 2].
        """
        blocks = lengths // BLOCK + 1
        state = np.zeros((len(padded), BLOCK), np.uint8)
        state[:, 8:] = blocks.astype(">u8")[:, None].view(np.uint8)
        shortest = int(blocks.min(initial=0))
        for place in range(int(blocks.max(initial=0))):
            piece = padded[:, place * BLOCK : (place + 1) * BLOCK]
            if place < shortest:
                state = self._cipher.encrypt(state) ^ piece
            else:
                rows = np.flatnonzero(blocks > place)
                state[rows] = self._cipher.encrypt(state[rows]) ^ piece[rows]
        return self._cipher.encrypt(state).view(np.uint64)
