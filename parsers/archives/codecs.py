"""xz and lzma, with a limit on the memory that a dictionary may take."""

import lzma

from parsers.archives.frames import Codec, Decompressor
from parsers.archives.limits import Limits, size_in_words
from parsers.errors import DamagedArchiveError, LimitExceededError, UnsupportedMethodError

_MAGIC = b"\xfd7zXZ\x00"
_TOO_LARGE = "Memory usage limit exceeded"


def xz(limits: Limits) -> Codec:
    """The xz format: any number of streams, zeros between them."""

    def begin(head: bytes, notes: list[str]) -> Decompressor:
        # Stream flags: the low four bits of the byte after the magic and a zero name the check; 0 is none.
        if len(head) > 7 and not head[7] & 0x0F and (note := "the xz stream has no checksum") not in notes:
            notes.append(note)
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=limits.xz_memory)

    return Codec("xz", begin, lambda head: head.startswith(_MAGIC), padding=True, too_large=_TOO_LARGE)


def lzma_alone(limits: Limits) -> Codec:
    """The format before xz (`.lzma`): one stream, no checksum at all."""

    def begin(_head: bytes, notes: list[str]) -> Decompressor:
        notes.append("lzma data have no checksum")
        return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=limits.xz_memory)

    return Codec("lzma", begin, too_large=_TOO_LARGE)


def lzma_member(properties: bytes, size: int, limits: Limits) -> Codec:
    """Method 14 of a zip: raw LZMA behind nine bytes, of which the last five are its `properties`.

    It may have no end mark, so that `size` tells where it ends.
    APPNOTE 6.3.9, section 5.8: one byte (pb · 5 + lp) · 9 + lc, then the dictionary's size.
    """
    if len(properties) != 5 or properties[0] >= 225:
        raise DamagedArchiveError("lzma data are damaged: impossible properties")
    rest, literal_context = divmod(properties[0], 9)
    position, literal_position = divmod(rest, 5)
    dictionary = int.from_bytes(properties[1:], "little")
    if dictionary > limits.xz_memory:
        raise LimitExceededError(f"lzma data ask for a dictionary of {size_in_words(dictionary)}")
    if literal_context + literal_position > 4:
        raise UnsupportedMethodError("lzma data with lc + lp above 4 are not supported")
    filters = [
        {
            "id": lzma.FILTER_LZMA1,
            "dict_size": max(dictionary, 4096),
            "lc": literal_context,
            "lp": literal_position,
            "pb": position,
        }
    ]

    def begin(_head: bytes, _notes: list[str]) -> Decompressor:
        return _Sized(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters), size)

    return Codec("lzma", begin)


class _Sized:
    """A decompressor that has ended once it gave `size` bytes."""

    def __init__(self, inner: lzma.LZMADecompressor, size: int) -> None:
        self._inner = inner
        self._left = size

    @property
    def eof(self) -> bool:
        return self._inner.eof or not self._left

    @property
    def needs_input(self) -> bool:
        return self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes | memoryview, max_length: int) -> bytes:
        piece = self._inner.decompress(data, min(max_length, self._left))
        self._left -= len(piece)
        return piece
