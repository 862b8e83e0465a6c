"""Files as characters of one or two bytes: enough of their encoding to find and write ASCII in them."""

import codecs
from enum import Enum
from typing import Final

import numpy as np
import numpy.typing as npt

from parsers.stores.rewriting.spelling import TOKEN_CHARACTERS

_IN_TOKEN: Final = np.zeros(1 << 16, np.bool_)
_IN_TOKEN[np.frombuffer(TOKEN_CHARACTERS, np.uint8)] = True
_IN_TOKEN_TABLE: Final = _IN_TOKEN[:256].tobytes()


class Characters(Enum):
    """How ASCII lies in a file."""

    BYTES = "latin-1"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"

    @property
    def size(self) -> int:
        """Bytes of one."""
        return 1 if self is Characters.BYTES else 2

    def encoded(self, text: bytes) -> bytes:
        """ASCII as it lies in the file."""
        return text if self is Characters.BYTES else text.decode("ascii").encode(self.value)

    def narrowed(self, content: bytes) -> bytes:
        """ASCII as it is, from how it lies in the file; other characters lose half of theirs."""
        match self:
            case Characters.BYTES:
                return content
            case Characters.UTF_16_LE:
                return content[::2]
            case Characters.UTF_16_BE:
                return content[1::2]

    def in_token(self, content: bytes) -> npt.NDArray[np.bool_]:
        """For each whole character whether it is one of `TOKEN_CHARACTERS`."""
        if self is Characters.BYTES:
            return np.frombuffer(content.translate(_IN_TOKEN_TABLE), np.bool_)
        kind = "<u2" if self is Characters.UTF_16_LE else ">u2"
        inside: npt.NDArray[np.bool_] = _IN_TOKEN[np.frombuffer(content, kind, len(content) // 2)]
        return inside


def characters_of(head: bytes) -> Characters:
    """By the byte-order mark; XML also by its first two characters (XML 1.0, appendix F)."""
    if head.startswith((codecs.BOM_UTF16_LE, b"<\0?\0")):
        return Characters.UTF_16_LE
    if head.startswith((codecs.BOM_UTF16_BE, b"\0<\0?")):
        return Characters.UTF_16_BE
    return Characters.BYTES
