"""What a stream is, recognised by its first bytes and never by its name."""

import enum
from typing import Final

HEAD: Final = 512
"""Bytes that decide; a tar header, one block, is the longest."""


class ContainerKind(enum.Enum):
    """Containers, compressed streams, and the rest."""

    PLAIN = "plain"
    GZIP = "gzip"
    ZSTD = "zstd"
    BZIP2 = "bzip2"
    XZ = "xz"
    LZMA = "lzma"
    ZIP = "zip"
    TAR = "tar"
    FOREIGN = "foreign"


_MAGIC: Final = (
    (b"\x1f\x8b\x08", ContainerKind.GZIP),
    (b"\x28\xb5\x2f\xfd", ContainerKind.ZSTD),
    (b"\xfd7zXZ\x00", ContainerKind.XZ),
    (b"PK\x03\x04", ContainerKind.ZIP),
    (b"PK\x05\x06", ContainerKind.ZIP),  # without members
    (b"PK\x07\x08PK\x03\x04", ContainerKind.ZIP),  # once split over several files
)

FOREIGN: Final = (
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"LZIP\x01", "lzip"),
    (b"\x1f\x9d", "compress (.Z)"),
    (b"MSCF\x00\x00\x00\x00", "cabinet"),
)
"""Known containers that are not supported: searching their packed bytes would look like a clean result."""


def recognise(head: bytes) -> ContainerKind:
    """The kind of a stream that begins with `head` (`HEAD` bytes, or all there are)."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    for is_kind, kind in _TESTS:
        if is_kind(head):
            return kind
    return ContainerKind.PLAIN


def foreign_name(head: bytes) -> str:
    """The name of a container that is not supported, or ""."""
    return next((name for magic, name in FOREIGN if head.startswith(magic)), "")


def _is_bzip2(head: bytes) -> bool:
    """A level, then the signature of the first block, or of the end in an empty file."""
    blocks = (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90")
    return head[:3] == b"BZh" and head[3:4] in b"123456789" and head[4:10] in blocks


def _is_skippable_zstd(head: bytes) -> bool:
    return len(head) >= 8 and 0x50 <= head[0] <= 0x5F and head[1:4] == b"\x2a\x4d\x18"


def _is_lzma_alone(head: bytes) -> bool:
    """The 13-byte header has no signature; these are the tests that xz itself applies."""
    if len(head) < 14 or head[0] != 0x5D or head[13] != 0:
        return False
    dictionary = int.from_bytes(head[1:5], "little")
    size = int.from_bytes(head[5:13], "little")
    top = 1 << (dictionary.bit_length() - 1) if dictionary else 0
    usual = dictionary == 0xFFFFFFFF or dictionary in (top, top | top >> 1)
    return bool(dictionary) and usual and (size == (1 << 64) - 1 or size < 1 << 38)


def is_tar_header(block: bytes) -> bool:
    """Whether these 512 bytes are a tar header: the checksum decides, since v7 archives have no signature."""
    if len(block) < HEAD or not block[0]:
        return False
    stated = octal(block[148:156])
    return stated is not None and stated == sum(block[:148]) + 8 * 0x20 + sum(block[156:HEAD])


def octal(field: bytes) -> int | None:
    """The number in a tar header's field, or None where it holds anything but octal digits."""
    digits = field.strip(b" \0") or b"0"
    return int(digits, 8) if all(0x30 <= digit <= 0x37 for digit in digits) else None


_TESTS: Final = (
    (_is_skippable_zstd, ContainerKind.ZSTD),
    (_is_bzip2, ContainerKind.BZIP2),
    (_is_lzma_alone, ContainerKind.LZMA),
    (is_tar_header, ContainerKind.TAR),
    (foreign_name, ContainerKind.FOREIGN),
)
