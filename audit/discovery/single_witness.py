"""Single blocks as witnesses against a constant vector: padding comes out behind the right one alone.

A value of one block is decrypted and XORed with the vector, and that is all. Behind a vector that turns text
into text, but not into the right one, a single block is ASCII still, for what pads it has no highest bits
either. Its padding is spoiled. A block of another key is ASCII once in 65,536 times.
"""

import numpy as np

from audit.layouts.layout import Padding
from audit.trial.groups import Bytes
from audit.trial.padding import is_padded


def padding_contradicts(decrypted: Bytes, vector: bytes, padding: Padding) -> bool:
    """Whether most single blocks that are ASCII behind the vector are not padded there.

    Most, since a key may have had two constants: what lies behind the other one contradicts neither.

    Args:
        decrypted: single blocks through the bare inverse cipher; shape [n, 16].
        vector: 16 bytes.
        padding: that of the layout.
    """
    behind = decrypted ^ np.frombuffer(vector, np.uint8)
    asked = behind[(behind < 128).all(axis=1)]
    padded = is_padded(asked, padding)
    return bool(np.count_nonzero(~padded) > np.count_nonzero(padded))
