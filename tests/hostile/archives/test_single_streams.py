"""Compressed streams that are cut off, damaged, followed by something, or too large."""

import bz2
import gzip
import lzma
import os
import random
import subprocess
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from backports import zstd

from parsers.archives.frames import FrameStream
from parsers.archives.gzip import GZIP
from parsers.archives.limits import Limits
from parsers.archives.seekable import MemorySource, Window
from parsers.errors import DamagedArchiveError, LimitExceededError
from tests.parsers.archives.reading import Read, drained, log_lines, read_all
from tests.support.programs import need

CONTENT = log_lines(10_000)

CHECKED_ZSTD = {int(zstd.CompressionParameter.checksum_flag): 1}


def zstd_with_checksum(content: bytes) -> bytes:
    return zstd.compress(content, options=CHECKED_ZSTD)


def lzma_alone(content: bytes) -> bytes:
    return lzma.compress(content, format=lzma.FORMAT_ALONE)


CODECS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zstd": zstd_with_checksum,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lzma_alone,
}
SEVERAL = ["gzip", "zstd", "bzip2", "xz"]


def read_bytes(tmp_path: Path, data: bytes, limits: Limits | None = None) -> Read:
    path = tmp_path / "a.log"
    path.write_bytes(data)
    (read,), unread = read_all(path, limits=limits or Limits())
    assert not unread
    return read


def read_pipe(data: bytes) -> Read:
    """The same through a pipe on standard input, which can be read once only."""
    end, writing = os.pipe()

    def write() -> None:
        with os.fdopen(writing, "wb") as file:
            file.write(data)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        (read,), unread = read_all("-", standard_input=end)
    finally:
        os.close(end)
        writer.join()
    assert not unread
    assert read.source == "-"
    return read


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.999])
def test_cut_off(tmp_path: Path, codec: str, share: float) -> None:
    """What is there of a stream that was cut off is handed out, and then comes the error."""
    data = CODECS[codec](CONTENT)
    data = data[: int(len(data) * share)]
    for read in (read_bytes(tmp_path, data), read_pipe(data)):
        assert isinstance(read.error, DamagedArchiveError)
        assert CONTENT.startswith(read.content)
        if codec != "bzip2":  # which gives nothing before a whole block of 900 kB
            assert len(read.content) > len(CONTENT) * (share - 0.3)
        assert len(read.content) > 0 or codec in ("bzip2", "zstd")


@pytest.mark.parametrize("codec", SEVERAL)
def test_a_flipped_byte(tmp_path: Path, codec: str) -> None:
    """A flipped byte ends the stream with an error, never silently; sound bytes come out first."""
    whole = CODECS[codec](CONTENT)
    places = random.Random(codec)
    for _ in range(12):
        data = bytearray(whole)
        data[places.randrange(20, len(data))] ^= 1 << places.randrange(8)
        read = read_bytes(tmp_path, bytes(data))
        assert isinstance(read.error, DamagedArchiveError) or (
            read.content == CONTENT and any("ignored" in note for note in read.notes)
        )


def inflated_bytewise(data: bytes) -> bytes:
    content = bytearray()
    decompressor = zlib.decompressobj(31)
    try:
        for at in range(len(data)):
            content += decompressor.decompress(data[at : at + 1])
    except zlib.error:
        return bytes(content)
    raise AssertionError("zlib sees no fault")


def repetitive() -> bytes:
    """What comes out of a few compressed bytes fills many buffers."""
    dice = random.Random(1)
    return b"".join(dice.randbytes(1000) * 100 for _ in range(300))


@pytest.mark.parametrize("content", [CONTENT, repetitive()])
def test_as_much_comes_out_as_zlib_finds(tmp_path: Path, content: bytes) -> None:
    """Up to the fault the content is what zlib gives when it is fed byte by byte."""
    whole = gzip.compress(content)
    for place in (0.2, 0.5, 0.9):
        data = bytearray(whole)
        at = int(len(data) * place)
        data[at : at + 8] = b"\xff" * 8
        reference = inflated_bytewise(bytes(data))
        read = read_bytes(tmp_path, bytes(data))
        assert isinstance(read.error, DamagedArchiveError)
        shorter = min(len(reference), len(read.content))
        assert read.content[:shorter] == reference[:shorter]
        assert len(read.content) > len(reference) - 300  # a back-reference copies 258 bytes at most


def test_the_retry_begins_before_the_fault() -> None:
    """Also where the call that fails was given nothing: what was given before filled many buffers."""
    content = repetitive()
    data = bytearray(gzip.compress(content))
    at = len(data) // 2
    data[at : at + 8] = b"\xff" * 8
    window = Window(MemorySource(bytes(data)), 0, len(data))
    stream = FrameStream(window, GZIP, [], again=window.again)
    read, error = drained(stream)
    assert isinstance(error, DamagedArchiveError)
    assert len(read) > len(inflated_bytewise(bytes(data))) - 300


def test_sound_bytes_come_out_up_to_the_fault(tmp_path: Path) -> None:
    """Two sound gzip members and a broken third: both are handed out whole."""
    broken = bytearray(gzip.compress(CONTENT))
    broken[20:40] = b"\xff" * 20
    read = read_bytes(tmp_path, gzip.compress(CONTENT) * 2 + bytes(broken))
    assert isinstance(read.error, DamagedArchiveError)
    assert read.content.startswith(CONTENT * 2)


@pytest.mark.parametrize("codec", SEVERAL)
def test_several_streams(tmp_path: Path, codec: str) -> None:
    """Streams one after the other, as `cat` makes them, are read as one."""
    pack = CODECS[codec]
    data = pack(CONTENT) + pack(b"") + pack(b"end\n")
    for read in (read_bytes(tmp_path, data), read_pipe(data)):
        assert (read.content, read.error) == (CONTENT + b"end\n", None)


def test_trailing_zeros(tmp_path: Path) -> None:
    """Zeros after gzip members, as tapes leave them, are nothing."""
    read = read_bytes(tmp_path, gzip.compress(CONTENT) + bytes(5000) + gzip.compress(b"end\n") + bytes(99))
    assert (read.content, read.error, read.notes) == (CONTENT + b"end\n", None, ())


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("garbage", [b"garbage", b"x" * 100_000])
def test_trailing_garbage_is_noted(tmp_path: Path, codec: str, garbage: bytes) -> None:
    """What follows a whole stream and is none is ignored, and said so."""
    data = CODECS[codec](CONTENT) + garbage
    for read in (read_bytes(tmp_path, data), read_pipe(data)):
        assert (read.content, read.error) == (CONTENT, None)
        assert any("ignored" in note for note in read.notes)


def test_streams_without_checksum_say_so(tmp_path: Path) -> None:
    """Zstd frames and xz streams without a checksum, and lzma, which has none, are noted once."""
    plain = zstd.compress(CONTENT, options={int(zstd.CompressionParameter.checksum_flag): 0})
    assert read_bytes(tmp_path, plain * 2).notes == ("a zstd frame has no checksum",)
    unchecked = lzma.compress(CONTENT, check=lzma.CHECK_NONE)
    assert read_bytes(tmp_path, unchecked * 2).notes == ("the xz stream has no checksum",)
    assert read_bytes(tmp_path, lzma_alone(CONTENT)).notes == ("lzma data have no checksum",)
    assert read_bytes(tmp_path, zstd_with_checksum(CONTENT)).notes == ()


def test_skippable_zstd_frames(tmp_path: Path) -> None:
    """Skippable frames, as pzstd writes them, are passed over."""
    skippable = b"\x50\x2a\x4d\x18\x05\x00\x00\x00hello"
    data = skippable + zstd_with_checksum(CONTENT) + skippable + zstd_with_checksum(b"end\n") + skippable
    read = read_bytes(tmp_path, data)
    assert (read.content, read.error) == (CONTENT + b"end\n", None)


def test_a_huge_zstd_window_is_refused(tmp_path: Path) -> None:
    """A frame that asks for a window of 2 GiB is refused; one of 128 MiB is read."""
    command = [need("zstd"), "-q", "-c", "--ultra", "--no-check"]
    for window, fits in ((27, True), (31, False)):
        packed = subprocess.run(
            [*command, f"--long={window}"], input=CONTENT, stdout=subprocess.PIPE, check=True
        ).stdout
        read = read_bytes(tmp_path, packed)
        assert (read.content == CONTENT) is fits
        assert isinstance(read.error, LimitExceededError) is not fits


@pytest.mark.parametrize("format_", [lzma.FORMAT_XZ, lzma.FORMAT_ALONE])
def test_a_huge_xz_dictionary_is_refused(tmp_path: Path, format_: int) -> None:
    """An xz or lzma stream that asks for more memory than allowed is refused."""
    id_ = lzma.FILTER_LZMA2 if format_ == lzma.FORMAT_XZ else lzma.FILTER_LZMA1
    filters = [{"id": id_, "preset": 0, "dict_size": 32 << 20}]
    data = lzma.compress(CONTENT, format=format_, filters=filters)
    assert read_bytes(tmp_path, data).content == CONTENT
    read = read_bytes(tmp_path, data, Limits(xz_memory=16 << 20))
    assert (read.content, type(read.error)) == (b"", LimitExceededError)


def test_a_dictionary_of_4_gib(tmp_path: Path) -> None:
    """The largest dictionary that a header can ask for is refused by default."""
    data = bytearray(lzma_alone(CONTENT))
    data[1:5] = b"\xff\xff\xff\xff"
    assert isinstance(read_bytes(tmp_path, bytes(data)).error, LimitExceededError)


@pytest.mark.parametrize("codec", CODECS)
def test_bombs_stop(tmp_path: Path, codec: str) -> None:
    """A stream that expands too far stops at its budget, by ratio or by size."""
    data = CODECS[codec](bytes(64 << 20))
    for limits in (Limits(ratio=10, ratio_floor=1 << 20), Limits(member_bytes=1 << 20)):
        read = read_bytes(tmp_path, data, limits)
        assert isinstance(read.error, LimitExceededError)
        assert len(read.content) < 4 << 20


def test_a_damaged_stream_inside_another(tmp_path: Path) -> None:
    """Damage below shows above: what came before it is decoded and handed out."""
    inner = gzip.compress(CONTENT, 1)
    outer = gzip.compress(inner)
    read = read_bytes(tmp_path, outer[: len(outer) // 2])
    assert isinstance(read.error, DamagedArchiveError)
    assert CONTENT.startswith(read.content)
    assert len(read.content) > len(CONTENT) // 3


def test_unknown_containers_are_named(tmp_path: Path) -> None:
    """A container that nothing here reads is not searched as if it were text."""
    (tmp_path / "a.log").write_bytes(CONTENT)
    path = tmp_path / "a.7z"
    subprocess.run([need("7z"), "a", str(path), str(tmp_path / "a.log")], check=True, capture_output=True)
    read, (unread,) = read_all(path)
    assert not read
    assert "7z" in unread.reason
