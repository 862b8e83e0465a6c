"""Logs that are not lines of UTF-8: byte-order marks, UTF-16, lines that end in CR alone."""

import codecs
from typing import Final

from parsers.archives.interface import ByteStream
from parsers.errors import ArchiveError

_PEEK: Final = 4096


def as_lines_of_utf8(stream: ByteStream) -> ByteStream:
    """The same text as UTF-8 with lines that end in LF, judged by the first 4 KB.

    UTF-16 is known by its mark, or by zeros in every other byte, and transcoded; a mark of UTF-8 is dropped;
    text with CR and without any LF gets LF for CR. Everything else passes through untouched, whatever bytes
    it holds.
    """
    head, fault = _first(stream, _PEEK)
    if fault is not None:
        stream = _FailingStream(stream, fault)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return as_lines_of_utf8(_FromUtf16(_PrefixedStream(head[2:], stream), encoding))
    if encoding := _utf16_without_mark(head):
        return as_lines_of_utf8(_FromUtf16(_PrefixedStream(head, stream), encoding))
    head = head.removeprefix(codecs.BOM_UTF8)
    whole = fault is None and len(head) < _PEEK - len(codecs.BOM_UTF8)
    if b"\n" not in head and _ends_lines(head, whole=whole):
        return _FromCr(_PrefixedStream(head, stream))
    return _PrefixedStream(head, stream)


def _utf16_without_mark(head: bytes) -> str:
    """Its encoding, or "": Latin text has a zero in nearly every second byte, and hardly one elsewhere."""
    pairs = len(head) // 2
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) < 0.8 * pairs or min(even, odd) > 0.05 * pairs or pairs < _FEWEST_PAIRS:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


_FEWEST_PAIRS: Final = 16


def is_text(head: bytes) -> bool:
    """Whether a stream that begins so reads as text.

    Packed and encrypted bytes have a control character in about every tenth place. Zeros in front, which a
    log that was emptied while it was written has, do not count.
    """
    head = head.lstrip(b"\0")[:_PEEK]
    return len(head.translate(None, _CONTROLS)) >= 0.95 * len(head)


_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\x1b\f")) + b"\x7f"


def _ends_lines(head: bytes, *, whole: bool) -> bool:
    """Whether CR does: where LF may still come, one CR by itself may stand for nothing, or before that LF."""
    return head.count(b"\r") > (0 if whole else 1)


def _first(stream: ByteStream, count: int) -> tuple[bytes, ArchiveError | None]:
    """At most `count` bytes, and why there are no more, if reading failed."""
    buffer = memoryview(bytearray(count))
    filled = 0
    try:
        while filled < count and (got := stream.readinto(buffer[filled:])):
            filled += got
    except ArchiveError as error:
        return bytes(buffer[:filled]), error.afresh()
    return bytes(buffer[:filled]), None


class _FailingStream:
    """A stream that cannot be read on."""

    def __init__(self, stream: ByteStream, fault: ArchiveError) -> None:
        self._stream = stream
        self._fault = fault

    def readinto(self, _buffer: memoryview, /) -> int:
        raise self._fault.afresh()

    def close(self) -> None:
        self._stream.close()


class _PrefixedStream:
    """Bytes that were read ahead, then the stream."""

    def __init__(self, head: bytes, stream: ByteStream) -> None:
        self._head = head
        self._stream = stream

    def readinto(self, buffer: memoryview, /) -> int:
        if not self._head:
            return self._stream.readinto(buffer)
        count = min(len(self._head), len(buffer))
        buffer[:count] = self._head[:count]
        self._head = self._head[count:]
        return count

    def close(self) -> None:
        self._stream.close()


class _FromCr:
    """CR made LF."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream

    def readinto(self, buffer: memoryview, /) -> int:
        count = self._stream.readinto(buffer)
        buffer[:count] = bytes(buffer[:count]).replace(b"\r", b"\n")
        return count

    def close(self) -> None:
        self._stream.close()


class _FromUtf16:
    """UTF-16 made UTF-8; what is not UTF-16 becomes backslash escapes."""

    def __init__(self, stream: ByteStream, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("backslashreplace")
        self._raw = memoryview(bytearray(65_536))
        self._text = memoryview(b"")
        self._ended = False

    def readinto(self, buffer: memoryview, /) -> int:
        while not self._text and not self._ended:
            count = self._stream.readinto(self._raw)
            self._ended = not count
            text = self._decoder.decode(bytes(self._raw[:count]), final=self._ended)
            self._text = memoryview(text.encode("utf-8", "backslashreplace"))
        count = min(len(self._text), len(buffer))
        buffer[:count] = self._text[:count]
        self._text = self._text[count:]
        return count

    def close(self) -> None:
        self._stream.close()
