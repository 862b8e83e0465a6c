"""What a damaged stream held is free as soon as it has been read."""

import bz2
import gc
import gzip
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from parsers.logs.reading import read_logs
from parsers.logs.window import StreamWindow
from tests.bench.log_generator import write_log


def zipped(data: bytes) -> bytes:
    """A zip cut off in its only member, deflated."""
    packed = zlib.compress(data, wbits=-15)
    sizes = len(packed).to_bytes(4, "little") + len(data).to_bytes(4, "little")
    crc = zlib.crc32(data).to_bytes(4, "little")
    header = b"PK\3\4\x14\0\0\0\x08\0\0\0\0\0" + crc + sizes + b"\5\0\0\0a.log"
    return header + packed


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": zipped,
    "gz.gz": lambda data: gzip.compress(gzip.compress(data)[: len(data) // 50]),
    "utf-16.gz": lambda data: gzip.compress(data.decode().encode("utf-16")),
}


@pytest.fixture
def no_garbage_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("damage", ["cut", "cut at once", "flipped"])
@pytest.mark.parametrize("packer", PACKERS)
def test_no_buffer_waits_for_the_garbage_collector(
    packer: str, damage: str, tmp_path: Path, no_garbage_collector: None
) -> None:
    """A thousand damaged archives take no more memory than one."""
    write_log(tmp_path / "whole", 2_000_000, hits_every=100)
    packed = bytearray(PACKERS[packer]((tmp_path / "whole").read_bytes()))
    match damage:
        case "cut":
            del packed[len(packed) // 2 :]
        case "cut at once":
            del packed[100:]
        case _:
            packed[len(packed) // 2] ^= 0xFF
    (tmp_path / "damaged").write_bytes(packed)
    reading = read_logs([str(tmp_path / "damaged")])
    assert reading.unread
    assert not [kept for kept in gc.get_objects() if isinstance(kept, StreamWindow)]
