"""Which encoding a text file announces."""

import codecs
from collections.abc import Iterable, Iterator
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(head: bytes) -> str:
    """By the byte-order mark, which the named codec then removes; without one UTF-8."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "utf-8")


def utf8_pieces(pieces: Iterable[memoryview], encoding: str) -> Iterator[bytes]:
    """Pieces of a text file as UTF-8; as they are where no mark names another encoding."""
    if encoding == "utf-8":
        for piece in pieces:
            yield bytes(piece)
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for piece in pieces:
        yield decoder.decode(bytes(piece)).encode()
