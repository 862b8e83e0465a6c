"""How much of a decompressor's own speed is left when a leaf is read through the walk.

    python -m tests.bench.archives [MEGABYTES]

Both sides run in one process, by turns, and processor time is compared: a busy machine does not decide.
"""

import bz2
import lzma
import mmap
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backports import zstd
from isal import isal_zlib

from parsers.archives.frames import Decompressor
from parsers.archives.interface import EntryStream
from parsers.archives.walk import map_streams
from parsers.secret import Secret
from parsers.unread import Unread
from tests.bench.log_generator import write_log
from tests.support.programs import need

PASSWORD = "correct horse"
ROUNDS = 5
INPUT = 1 << 16

BUFFER = memoryview(mmap.mmap(-1, 1 << 18, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))


@dataclass(frozen=True, slots=True)
class Container:
    """A file, the command that makes it, and what reads it without us."""

    name: str
    command: tuple[str, ...]
    bare: Callable[[Path], int]
    bare_file: str


def copied(path: Path) -> int:
    """A plain file."""
    size = 0
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(BUFFER):
            size += count
    return size


def inflated(path: Path) -> int:
    """A gzip file, by isal."""
    size = 0
    with path.open("rb", buffering=0) as file:
        reader = isal_zlib._GzipReader(file, INPUT)
        while count := reader.readinto(BUFFER):
            size += count
    return size


def with_decompressor(make: Callable[[], Decompressor]) -> Callable[[Path], int]:
    """Anything with the standard library's manners."""

    def read(path: Path) -> int:
        decompressor, size = make(), 0
        with path.open("rb", buffering=0) as file:
            while not decompressor.eof:
                data = file.read(INPUT) if decompressor.needs_input else b""
                size += len(decompressor.decompress(data, len(BUFFER)))
        return size

    return read


CONTAINERS = (
    Container("a.log", (), copied, "a.log"),
    Container("a.log.gz", ("gzip", "-k", "a.log"), inflated, "a.log.gz"),
    Container("deflated.zip", ("zip", "-q", "deflated.zip", "a.log"), inflated, "a.log.gz"),
    Container("stored.zip", ("zip", "-q0", "stored.zip", "a.log"), copied, "stored.zip"),
    Container("a.tar", ("tar", "cf", "a.tar", "a.log"), copied, "a.tar"),
    Container("a.tgz", ("tar", "czf", "a.tgz", "a.log"), inflated, "a.log.gz"),
    Container(
        "aes.zip",
        ("7z", "a", "-tzip", "-mem=AES256", f"-p{PASSWORD}", "aes.zip", "a.log"),
        inflated,
        "a.log.gz",
    ),
    Container("a.log.zst", ("zstd", "-qk", "a.log"), with_decompressor(zstd.ZstdDecompressor), "a.log.zst"),
    Container("a.log.xz", ("xz", "-k1", "a.log"), with_decompressor(lzma.LZMADecompressor), "a.log.xz"),
    Container("a.log.bz2", ("bzip2", "-k", "a.log"), with_decompressor(bz2.BZ2Decompressor), "a.log.bz2"),
)


def through_the_walk(path: Path) -> int:
    """The same, as the rest of the program reads it."""

    def work(leaf: EntryStream) -> int:
        size = 0
        while count := leaf.stream.readinto(BUFFER):
            size += count
        return size

    passwords = [Secret(PASSWORD.encode())]
    results = list(map_streams([str(path)], work, jobs=1, passwords=passwords))
    if any(isinstance(result, Unread) for result in results):
        raise AssertionError(results)
    return sum(result for result in results if isinstance(result, int))


def rate(read: Callable[[Path], int], path: Path) -> float:
    """Megabytes in a second of processor time."""
    begin = time.process_time()
    size = read(path)
    return size / (time.process_time() - begin) / 1e6


def measure(folder: Path, container: Container) -> tuple[float, float]:
    """Megabytes a second, bare and ours: the best of some rounds each, by turns."""
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(rate(container.bare, folder / container.bare_file))
        ours.append(rate(through_the_walk, folder / container.name))
    return max(bare), max(ours)


def print_line(line: str) -> None:
    """A row of the table."""
    sys.stdout.write(line + "\n")


def main(megabytes: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_log(folder / "a.log", megabytes * 1_000_000, hits_every=10_000)
        print_line(f"{'container':14} {'bare MB/s':>10} {'ours MB/s':>10} {'ratio':>6}")
        for container in CONTAINERS:
            if container.command:
                command = [need(container.command[0]), *container.command[1:]]
                subprocess.run(command, cwd=folder, check=True, capture_output=True)
            bare, ours = measure(folder, container)
            print_line(f"{container.name:14} {bare:10.0f} {ours:10.0f} {ours / bare:6.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
