"""Which values hold the same secret, without a trace of the secret itself."""

import numpy as np
import numpy.typing as npt

from audit.layouts.layout import BLOCK
from audit.trial.aes_columns import AesColumns
from audit.trial.groups import Bytes
from parsers.secret import Secret


class SecretTags:
    """A keyed hash of plain texts whose key lives only as long as this object.

    CBC-MAC with AES over the length and the text: the length in front makes it sound for texts of any length
    (Bellare, Kilian, Rogaway 1994), and columns of blocks go through one AES call each.
    """

    def __init__(self, key: Secret) -> None:
        """Take 16 random bytes, made for this run."""
        self._cipher = AesColumns(key)

    def of(self, plain: Bytes, lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.uint64]:
        """A tag for each row.

        Args:
            plain: shape [n, width]; bytes beyond a row's length do not count.
            lengths: shape [n].

        Returns:
            shape [n, 2].
        """
        state = np.zeros((len(plain), BLOCK), np.uint8)
        state[:, 8:] = lengths.astype(">u8").view(np.uint8).reshape(-1, 8)
        state = self._cipher.encrypt(state)
        for start in range(0, plain.shape[1], BLOCK):
            piece = plain[:, start : start + BLOCK]
            inside = np.arange(start, start + piece.shape[1]) < lengths[:, None]
            chained = state.copy()
            chained[:, : piece.shape[1]] ^= piece * inside
            # A row that has ended keeps its tag, so that it does not depend on the width of its neighbours.
            state = np.where((start < lengths)[:, None], self._cipher.encrypt(chained), state)
        return state.view(np.uint64)
