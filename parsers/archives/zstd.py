"""Zstandard: any number of frames, with a limit on the window."""

import sys

from parsers.archives.frames import Codec, Decompressor
from parsers.archives.limits import Limits

if sys.version_info >= (3, 14):
    from compression import zstd as library
else:
    from backports import zstd as library

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
