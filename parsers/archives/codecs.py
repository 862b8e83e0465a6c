"""The codecs of frames: bzip2, xz, lzma, Zstandard, deflate64, each with its limits."""

import bz2
import lzma
import sys
from typing import TYPE_CHECKING, Final

from parsers.archives.frames import Codec, Decompressor
from parsers.archives.limits import Limits, size_in_words
from parsers.errors import DamagedArchiveError, LimitExceededError, UnsupportedMethodError

if sys.version_info >= (3, 14):
    from compression import zstd as library
else:
    from backports import zstd as library

if TYPE_CHECKING:
    import inflate64


def _begin_bzip2(_head: bytes, _notes: list[str]) -> Decompressor:
    return bz2.BZ2Decompressor()


BZIP2: Final = Codec("bzip2", _begin_bzip2, begins=lambda head: head.startswith(b"BZh"), padding=True)
BZIP2_MEMBER: Final = Codec("bzip2", _begin_bzip2)
"""A zip member holds only one stream."""


_XZ_MAGIC = b"\xfd7zXZ\x00"
_TOO_LARGE = "Memory usage limit exceeded"


def xz(limits: Limits) -> Codec:
    """The xz format: any number of streams, zeros between them."""

    def begin(head: bytes, notes: list[str]) -> Decompressor:
        # Stream flags: the low four bits of the byte after the magic and a zero name the check; 0 is none.
        if len(head) > 7 and not head[7] & 0x0F and (note := "the xz stream has no checksum") not in notes:
            notes.append(note)
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=limits.xz_memory)

    return Codec("xz", begin, lambda head: head.startswith(_XZ_MAGIC), padding=True, too_large=_TOO_LARGE)


def lzma_alone(limits: Limits) -> Codec:
    """The format before xz (`.lzma`): one stream, no checksum at all."""

    def begin(_head: bytes, notes: list[str]) -> Decompressor:
        notes.append("lzma data have no checksum")
        return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=limits.xz_memory)

    return Codec("lzma", begin, too_large=_TOO_LARGE)


def lzma_member(properties: bytes, size: int, limits: Limits) -> Codec:
    """Method 14 of a zip: raw LZMA after nine bytes, of which the last five are its `properties`.

    It may lack an end marker: then `size` says where it ends.
    APPNOTE 6.3.9, section 5.8: one byte (pb · 5 + lp) · 9 + lc, then the dictionary's size.
    """
    if len(properties) != 5 or properties[0] >= 225:
        raise DamagedArchiveError("lzma data are damaged: impossible properties")
    rest, literal_context = divmod(properties[0], 9)
    position, literal_position = divmod(rest, 5)
    dictionary = int.from_bytes(properties[1:], "little")
    if dictionary > limits.xz_memory:
        raise LimitExceededError(f"lzma data need a dictionary of {size_in_words(dictionary)}")
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
        return _SizedDecompressor(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters), size)

    return Codec("lzma", begin)


class _SizedDecompressor:
    """A decompressor that ends after `size` bytes."""

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


_CHECKSUM_FLAG = 0x04


def zstd(limits: Limits) -> Codec:
    """The Zstandard format (RFC 8878), skippable frames included."""
    options = {int(library.DecompressionParameter.window_log_max): limits.zstd_window_log}

    def begin(head: bytes, notes: list[str]) -> Decompressor:
        if _is_data_frame(head) and len(head) > 4 and not head[4] & _CHECKSUM_FLAG:
            note = "a zstd frame has no checksum"
            if note not in notes:
                notes.append(note)
        return library.ZstdDecompressor(options=options)

    return Codec("zstd", begin, _begins, too_large="too much memory")


def _is_data_frame(head: bytes) -> bool:
    return head.startswith(b"\x28\xb5\x2f\xfd")


def _begins(head: bytes) -> bool:
    return _is_data_frame(head) or (head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F)


_STEP = 256
"""Compressed bytes a call: the package cannot limit a call's output; 256 bytes give at most 8 MB."""


def deflate64() -> Codec:
    """Method 9 of a zip."""
    try:
        import inflate64
    except ImportError as error:
        raise UnsupportedMethodError(
            "compression method 9 (deflate64) is not supported", hint="install the package inflate64"
        ) from error

    def begin(_head: bytes, _notes: list[str]) -> Decompressor:
        return _Deflate64(inflate64.Inflater())

    return Codec("deflate64", begin)


class _Deflate64:
    """The package's inflater behind the interface of the standard library's decompressors."""

    def __init__(self, inner: "inflate64.Inflater") -> None:
        self._inner = inner
        self._input = b""
        self._output = b""

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof) and not self._output

    @property
    def needs_input(self) -> bool:
        return not (self._input or self._output)

    @property
    def unused_data(self) -> bytes:
        return self._input

    def decompress(self, data: bytes | memoryview, max_length: int) -> bytes:
        self._input += data
        while not self._output and self._input and not self._inner.eof:
            step, self._input = self._input[:_STEP], self._input[_STEP:]
            self._output = self._inner.inflate(step)
        piece, self._output = self._output[:max_length], self._output[max_length:]
        return piece
