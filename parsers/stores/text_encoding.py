"""The encoding that a text file announces."""

import codecs
from collections.abc import Iterable, Iterator
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(head: bytes) -> str:
    """The codec for the byte-order mark, which it also removes; UTF-8 without a mark."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "utf-8")


def utf8_pieces(pieces: Iterable[memoryview], encoding: str) -> Iterator[bytes]:
    """Pieces of a text file as UTF-8; unchanged if no mark announces another encoding."""
    if encoding == "utf-8":
        for piece in pieces:
            yield bytes(piece)
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for piece in pieces:
        yield decoder.decode(bytes(piece)).encode()
