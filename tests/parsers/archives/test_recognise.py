"""Recognition by content: text is never taken for an archive."""

import bz2
import gzip
import lzma

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from parsers.archives.recognise import HEAD, ContainerKind, recognise


@given(st.text().map(str.encode))
def test_text_is_plain(text: bytes) -> None:
    """No text that begins with a time is taken for anything else."""
    assert recognise((b"2019-09-16T14:28:52.249 | " + text)[:HEAD]) is ContainerKind.PLAIN


@pytest.mark.parametrize(
    "head", [b"", b"P", b"PK", b"BZh", b"BZh9 is a log line", b"\x1f\x8b", b"]\0\0", b"7z"]
)
def test_beginnings_are_no_containers(head: bytes) -> None:
    """Half of a magic number is none."""
    assert recognise(head) is ContainerKind.PLAIN


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (gzip.compress(b"", mtime=0), ContainerKind.GZIP),
        (zstd.compress(b""), ContainerKind.ZSTD),
        (bz2.compress(b""), ContainerKind.BZIP2),
        (lzma.compress(b""), ContainerKind.XZ),
        (lzma.compress(b"", format=lzma.FORMAT_ALONE), ContainerKind.LZMA),
        (b"PK\x05\x06" + bytes(18), ContainerKind.ZIP),
    ],
)
def test_containers_of_nothing(data: bytes, kind: ContainerKind) -> None:
    """Containers of an empty file are recognised."""
    assert recognise(data) is kind


@pytest.mark.parametrize("preset", range(10))
def test_every_preset_of_lzma(preset: int) -> None:
    """The header without magic is known for every dictionary size that programs write."""
    data = lzma.compress(b"content", format=lzma.FORMAT_ALONE, preset=preset)
    assert recognise(data) is ContainerKind.LZMA
