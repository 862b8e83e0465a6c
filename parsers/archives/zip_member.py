"""One member of a zip: located, decrypted, decompressed, checked."""

from collections.abc import Callable, Sequence
from typing import Final

from parsers.archives.codecs import BZIP2_MEMBER, deflate64, lzma_member, xz, zstd
from parsers.archives.entries import EntryContent
from parsers.archives.frames import CAREFUL, Codec, FrameStream, skip
from parsers.archives.gzip import DEFLATE, GZIP_HEADER, FastInflate, gzip_trailer
from parsers.archives.interface import ByteStream
from parsers.archives.limits import Limits
from parsers.archives.seekable import Window
from parsers.archives.streams import ChecksumStream
from parsers.archives.zip_aes import unlock_aes
from parsers.archives.zip_crypto import unlock_zipcrypto
from parsers.archives.zip_headers import ENCRYPTED, HIDDEN_HEADERS, LOCAL, STRONGLY_ENCRYPTED, ZipEntry
from parsers.errors import DamagedArchiveError, LimitExceededError, UnsupportedMethodError
from parsers.secret import Secret

Reopen = Callable[[], ByteStream]

_STORED: Final = 0
DEFLATED: Final = 8
_AES: Final = 99

METHODS: Final = {
    0: "stored",
    1: "shrink",
    2: "reduce, factor 1",
    3: "reduce, factor 2",
    4: "reduce, factor 3",
    5: "reduce, factor 4",
    6: "implode",
    8: "deflate",
    9: "deflate64",
    10: "PKWARE DCL implode",
    12: "bzip2",
    14: "lzma",
    16: "IBM z/OS CMPSC",
    18: "IBM TERSE",
    19: "IBM LZ77",
    93: "zstd",
    94: "mp3",
    95: "xz",
    96: "jpeg",
    97: "wavpack",
    98: "PPMd",
    99: "AES encryption",
}
"""APPNOTE 6.3.9, section 4.4.5."""


def open_member(
    archive: Window, entry: ZipEntry, max_span: int, passwords: Sequence[Secret], limits: Limits
) -> EntryContent:
    """A member's content.

    Args:
        archive: the zip.
        entry: the member, from the directory.
        max_span: bytes from its local header to what follows it.
        passwords: candidates for an encrypted member.
        limits: the guards.

    Raises:
        ArchiveError: it cannot be opened; the class says why.
    """
    data = member_data(archive, entry, max_span)
    method, reopen = _unlock(data, entry, passwords, limits)
    notes: list[str] = []

    def again() -> ByteStream:
        return decompress(reopen, entry, method, limits, notes)

    # Only a stored member can be opened as an archive without a copy: its bytes are in the file as they are.
    plain = method == _STORED and not entry.flags & ENCRYPTED
    return EntryContent(again(), again, data if plain else None, notes)


def _unlock(data: Window, entry: ZipEntry, passwords: Sequence[Secret], limits: Limits) -> tuple[int, Reopen]:
    """The true compression method, and a function that opens the compressed bytes."""
    if not entry.flags & ENCRYPTED:
        return entry.method, data.again
    if entry.flags & (STRONGLY_ENCRYPTED | HIDDEN_HEADERS):
        raise UnsupportedMethodError("PKWARE strong encryption is not supported")
    if entry.method != _AES:
        return entry.method, unlock_zipcrypto(
            data, entry, passwords, lambda reopen: decompress(reopen, entry, entry.method, limits, [])
        )
    if entry.aes is None:
        raise UnsupportedMethodError("method 99 (AES encryption) without its parameters")
    return entry.aes.method, unlock_aes(data, entry.aes.strength, passwords)


def member_data(archive: Window, entry: ZipEntry, max_span: int) -> Window:
    """The member's packed bytes, which follow its local header."""
    header = archive.bytes_at(entry.offset, LOCAL.size)
    if len(header) < LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise DamagedArchiveError("its local header is not where the zip directory says")
    # The local header's own lengths: its extra field may differ from the directory's.
    name_size, extra_size = LOCAL.unpack(header)[-2:]
    start = LOCAL.size + name_size + extra_size
    # A small zip whose entries share their data expands to terabytes (D. Fifield, "A better zip bomb", 2019).
    if start + entry.packed > max_span:
        raise LimitExceededError("overlaps the next member: refused")
    return archive.part(entry.offset + start, entry.packed)


def decompress(reopen: Reopen, entry: ZipEntry, method: int, limits: Limits, notes: list[str]) -> ByteStream:
    """The content, checked against the entry."""
    # AE-2 has no CRC: the authentication code after the data protects them.
    crc = None if entry.aes and entry.aes.version == 2 else entry.crc
    if method == _STORED:
        return ChecksumStream(reopen(), entry.size, crc)
    if method == DEFLATED and crc is not None:
        return FastInflate(
            reopen(),
            careful=lambda offset: ChecksumStream(
                FrameStream(reopen(), DEFLATE, notes, again=reopen, careful_from=offset, stride=CAREFUL),
                entry.size,
                crc,
            ),
            prefix=GZIP_HEADER,
            suffix=gzip_trailer(crc, entry.size),
        )
    codec, raw = _codec(method, reopen, entry.size, limits)
    return ChecksumStream(FrameStream(raw(), codec, notes, again=raw), entry.size, crc)


def _codec(method: int, reopen: Reopen, size: int, limits: Limits) -> tuple[Codec, Reopen]:
    match method:
        case 8:
            return DEFLATE, reopen
        case 9:
            return deflate64(), reopen
        case 12:
            return BZIP2_MEMBER, reopen
        case 14:
            return _lzma(reopen, size, limits)
        case 93:
            return zstd(limits), reopen
        case 95:
            return xz(limits), reopen
        case _:
            name = METHODS.get(method, "unknown")
            raise UnsupportedMethodError(f"compression method {method} ({name}) is not supported")


def _lzma(reopen: Reopen, size: int, limits: Limits) -> tuple[Codec, Reopen]:
    head = memoryview(bytearray(9))
    stream = reopen()
    filled = 0
    while filled < len(head) and (count := stream.readinto(head[filled:])):
        filled += count
    if filled < len(head) or bytes(head[2:4]) != b"\x05\x00":
        raise DamagedArchiveError("lzma data are damaged: no header")

    def after_head() -> ByteStream:
        raw = reopen()
        skip(raw, len(head))
        return raw

    return lzma_member(bytes(head[4:]), size, limits), after_head
