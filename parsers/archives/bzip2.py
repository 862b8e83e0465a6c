"""bzip2: any number of streams."""

import bz2
from typing import Final

from parsers.archives.frames import Codec, Decompressor


def _begin(_head: bytes, _notes: list[str]) -> Decompressor:
    return bz2.BZ2Decompressor()


BZIP2: Final = Codec("bzip2", _begin, begins=lambda head: head.startswith(b"BZh"), padding=True)
BZIP2_MEMBER: Final = Codec("bzip2", _begin)
"""Inside a zip there is one stream only."""
