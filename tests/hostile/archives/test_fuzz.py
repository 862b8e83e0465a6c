"""Random damage: never another exception than the project's own."""

import bz2
import gzip
import io
import lzma
import random
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from backports import zstd

from parsers.archives.limits import Limits
from tests.hostile.damage import SECONDS, damaged, kept
from tests.parsers.archives.reading import log_lines, read_all

CONTENT = log_lines(60)
LIMITS = Limits(member_bytes=1 << 22, total_bytes=1 << 23, ratio_floor=1 << 20)

VECTORS = Path(__file__).parent / "vectors"


def zipped(method: int, content: bytes = CONTENT) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("a.log", content)
        archive.writestr("b.log", content[:100])
    return file.getvalue()


def tarred(mode: str, content: bytes = CONTENT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload] # a mode as text
        info = tarfile.TarInfo("n" * 150)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def seeds() -> list[bytes]:
    inner = zipped(zipfile.ZIP_DEFLATED)
    return [
        CONTENT,
        gzip.compress(CONTENT),
        zstd.compress(CONTENT),
        bz2.compress(CONTENT),
        lzma.compress(CONTENT),
        lzma.compress(CONTENT, format=lzma.FORMAT_ALONE),
        *(zipped(method) for method in (0, 8, 12, 14)),
        zipped(0, inner),
        zipped(8, inner),
        tarred("w"),
        tarred("w:gz"),
        tarred("w", inner),
        tarred("w:gz", inner),
        *(path.read_bytes() for path in sorted(VECTORS.iterdir())),
    ]


@pytest.mark.fuzz
def test_random_damage(tmp_path: Path) -> None:
    """Whatever stands in a file, it is read, or reported, and the run goes on."""
    seed = random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    corpus = seeds()
    path = tmp_path / "input"
    end = time.monotonic() + SECONDS
    rounds = 0
    while time.monotonic() < end:
        data = damaged(chance.choice(corpus), chance)
        path.write_bytes(data)
        try:
            read_all(path, passwords=[b"wrong", b"right"], limits=LIMITS)
        except Exception as error:
            raise AssertionError(kept(data, f"archive-fuzz-{seed}-{rounds}")) from error
        rounds += 1
    assert rounds > 10 * SECONDS


@pytest.mark.fuzz
def test_random_bytes(tmp_path: Path) -> None:
    """Pure noise behind every magic number."""
    chance = random.Random(7)
    path = tmp_path / "input"
    for seed in seeds():
        for _ in range(10):
            path.write_bytes(seed[: chance.randrange(2, 40)] + chance.randbytes(chance.randrange(3000)))
            read_all(path, limits=LIMITS)
