"""What a hypothesis opened, before anybody has judged it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audit.trial.groups import Bytes, Rows


@dataclass(frozen=True, slots=True, repr=False)
class OpenedValues:
    """Values that one hypothesis opened. Holds plain text: it never leaves the trial.

    Attributes:
        hypothesis: its place in the list that was tried.
        rows: where the values stand in the batch; shape [n].
        plain: decrypted bytes with PKCS#7 padding, whatever padding they had; zeros after it where others are
            longer; shape [n, width]. With an unknown constant vector the first block is missing.
        lengths: bytes of each row that are plain text; shape [n].
        content: `Content` of each row; shape [n].
        log10: of the probability that a wrong key does at least as well; shape [n].
        last_log10: the same looking at the last block alone, which no other value shares; shape [n].
    """

    hypothesis: int
    rows: Rows
    plain: Bytes
    lengths: npt.NDArray[np.intp]
    content: npt.NDArray[np.uint8]
    log10: npt.NDArray[np.float64]
    last_log10: npt.NDArray[np.float64]

    def only(self, kept: npt.NDArray[np.bool_]) -> "OpenedValues":
        """The rows that are `kept`; shape [n]."""
        return OpenedValues(
            hypothesis=self.hypothesis,
            rows=self.rows[kept],
            plain=self.plain[kept],
            lengths=self.lengths[kept],
            content=self.content[kept],
            log10=self.log10[kept],
            last_log10=self.last_log10[kept],
        )
