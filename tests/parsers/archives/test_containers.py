"""Every container gives the bytes that the program which made it was given."""

import random
import subprocess
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import pyzipper

from parsers.archives.interface import EntryStream
from parsers.archives.single import open_single
from parsers.archives.walk import map_streams
from parsers.errors import ArchiveError
from parsers.secret import Secret
from tests.parsers.archives.reading import drained, log_lines, read_all
from tests.support.programs import need

PASSWORD = "correct horse"
CONTENT = log_lines(20_000)


def run(*command: str, cwd: Path) -> None:
    subprocess.run([need(command[0]), *command[1:]], cwd=cwd, check=True, capture_output=True)


def shell(command: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        words = command.split()
        run(
            *(
                PASSWORD if word == "PASSWORD" else word.replace("-pPASSWORD", f"-p{PASSWORD}")
                for word in words
            ),
            cwd=folder,
        )

    return make


SINGLE = {
    "a.log.gz": "gzip -k a.log",
    "a.log.zst": "zstd -q -k a.log",
    "a.log.bz2": "bzip2 -k a.log",
    "a.log.xz": "xz -k a.log",
    "a.log.lzma": "xz -k --format=lzma a.log",
}
MEMBERS = {
    "stored.zip": "zip -q0 stored.zip a.log",
    "deflated.zip": "zip -q deflated.zip a.log",
    "zip64.zip": "zip -q -fz zip64.zip a.log",
    "bzip2.zip": "7z a -tzip -mm=bzip2 bzip2.zip a.log",
    "lzma.zip": "7z a -tzip -mm=lzma lzma.zip a.log",
    "deflate64.zip": "7z a -tzip -mm=deflate64 deflate64.zip a.log",
    "crypto.zip": "zip -q -P PASSWORD crypto.zip a.log",
    "crypto-stored.zip": "zip -q0 -P PASSWORD crypto-stored.zip a.log",
    "aes128.zip": "7z a -tzip -mem=AES128 -pPASSWORD aes128.zip a.log",
    "aes192.zip": "7z a -tzip -mem=AES192 -pPASSWORD aes192.zip a.log",
    "aes256.zip": "7z a -tzip -mem=AES256 -pPASSWORD aes256.zip a.log",
    "aes-stored.zip": "7z a -tzip -mem=AES256 -mm=copy -pPASSWORD aes-stored.zip a.log",
    "aes-lzma.zip": "7z a -tzip -mem=AES256 -mm=lzma -pPASSWORD aes-lzma.zip a.log",
    "a.tar": "tar cf a.tar a.log",
    "v7.tar": "tar cf v7.tar --format=v7 a.log",
    "pax.tar": "tar cf pax.tar --format=pax a.log",
    "a.tgz": "tar czf a.tgz a.log",
    "a.txz": "tar cJf a.txz a.log",
    "a.tbz": "tar cjf a.tbz a.log",
    "a.tzst": "tar --zstd -cf a.tzst a.log",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("containers")
    (folder / "a.log").write_bytes(CONTENT)
    for command in (SINGLE | MEMBERS).values():
        shell(command)(folder)
    return folder


@pytest.mark.parametrize("name", SINGLE)
def test_single_stream_adds_nothing_to_the_position(folder: Path, name: str) -> None:
    """A compressed log is read whole, under the name of its file."""
    (read,), unread = read_all(folder / name)
    assert (read.source, read.content, read.error) == (str(folder / name), CONTENT, None)
    assert not unread


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("name", MEMBERS)
def test_members_are_read_whole(folder: Path, name: str, jobs: int) -> None:
    """A member is read whole, under the archive's name and its own."""
    (read,), unread = read_all(folder / name, passwords=[b"wrong", PASSWORD.encode()], jobs=jobs)
    assert (read.source, read.content, read.error) == (f"{folder / name}!/a.log", CONTENT, None)
    assert not unread


@pytest.mark.parametrize("name", ["a.log", *SINGLE, *MEMBERS])
def test_a_single_file_is_opened_out_of_any_container(folder: Path, name: str) -> None:
    """A store that was put into any container is opened like the file itself."""
    leaf = open_single(str(folder / name), passwords=[Secret(PASSWORD.encode())])
    assert drained(leaf.stream) == (CONTENT, None)


def test_several_files_are_no_single_one(folder: Path, tmp_path: Path) -> None:
    """An archive of two files is a clear error, streamed or not."""
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    run("zip", "-q", "two.zip", "a", "b", cwd=tmp_path)
    run("tar", "czf", "two.tgz", "a", "b", cwd=tmp_path)
    for name in ("two.zip", "two.tgz"):
        with pytest.raises(ArchiveError, match="more than one file"):
            open_single(str(tmp_path / name))


def test_nested_archives(tmp_path: Path) -> None:
    """Archives inside archives are entered by content, and each level shows in the position."""
    (tmp_path / "a.log").write_bytes(CONTENT)
    (tmp_path / "b.log").write_bytes(CONTENT[:1000])
    run("zip", "-q", "inner.zip", "a.log", "b.log", cwd=tmp_path)
    run("gzip", "-k", "a.log", cwd=tmp_path)
    run("zip", "-q0", "stored.zip", "inner.zip", "a.log.gz", cwd=tmp_path)
    run("zip", "-q", "deflated.zip", "inner.zip", "stored.zip", cwd=tmp_path)
    run("tar", "czf", "outer.tgz", "deflated.zip", "b.log", "a.log.gz", cwd=tmp_path)
    outer = f"{tmp_path}/outer.tgz!/"
    expected = {
        f"{outer}deflated.zip!/inner.zip!/a.log": CONTENT,
        f"{outer}deflated.zip!/inner.zip!/b.log": CONTENT[:1000],
        f"{outer}deflated.zip!/stored.zip!/inner.zip!/a.log": CONTENT,
        f"{outer}deflated.zip!/stored.zip!/inner.zip!/b.log": CONTENT[:1000],
        f"{outer}deflated.zip!/stored.zip!/a.log.gz": CONTENT,
        f"{outer}b.log": CONTENT[:1000],
        f"{outer}a.log.gz": CONTENT,
    }
    for jobs in (1, 2):
        read, unread = read_all(tmp_path / "outer.tgz", jobs=jobs)
        assert {item.source: item.content for item in read} == expected
        assert not unread
        assert not any(item.error for item in read)


@pytest.mark.parametrize("method", [pyzipper.ZIP_STORED, pyzipper.ZIP_DEFLATED, pyzipper.ZIP_BZIP2])
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("bits", [128, 192, 256])
def test_both_versions_of_winzip_encryption(tmp_path: Path, method: int, version: int, bits: int) -> None:
    """AE-1, which keeps the CRC, and AE-2, which does not, are read in all three strengths."""
    path = tmp_path / "aes.zip"
    with pyzipper.AESZipFile(path, "w", compression=method, encryption=pyzipper.WZ_AES) as archive:
        archive.setencryption(pyzipper.WZ_AES, nbits=bits, force_wz_aes_version=version)
        archive.setpassword(PASSWORD.encode())
        archive.writestr("a.log", CONTENT)
        archive.writestr("empty.log", b"")
    read, unread = read_all(path, passwords=[PASSWORD.encode()])
    assert [(item.content, item.error) for item in read] == [(CONTENT, None), (b"", None)]
    assert not unread


@pytest.mark.parametrize("chunk", [1, 7, 511, 4096])
def test_content_does_not_depend_on_the_buffer(folder: Path, chunk: int) -> None:
    """Whoever reads with a small buffer gets the same bytes."""
    for name in ("a.log", "a.log.gz", "a.log.zst", "deflated.zip", "aes256.zip", "lzma.zip", "a.tgz"):
        leaf = open_single(str(folder / name), passwords=[Secret(PASSWORD.encode())])
        buffer = memoryview(bytearray(chunk))
        content = bytearray()
        while (count := leaf.stream.readinto(buffer)) and len(content) < 20_000:
            content += buffer[:count]
        assert CONTENT.startswith(content)
        assert len(content) >= 20_000


def test_no_descriptor_stays_open(folder: Path) -> None:
    """Files are closed when their last member was read."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    for jobs in (1, 2):
        read_all(folder, passwords=[PASSWORD.encode()], jobs=jobs)
        assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("jobs", [1, 2])
def test_archives_in_a_stream_do_not_pile_up(tmp_path: Path, jobs: int) -> None:
    """Of the archives in a compressed tar only a few are in memory at a time."""
    chance = random.Random(1)
    for number in range(40):
        (tmp_path / "a.log").write_bytes(chance.randbytes(1 << 20))
        run("zip", "-q0", f"{number}.zip", "a.log", cwd=tmp_path)
    run("tar", "czf", "a.tgz", *(f"{number}.zip" for number in range(40)), cwd=tmp_path)

    def work(leaf: EntryStream) -> int:
        buffer = memoryview(bytearray(1 << 16))
        return sum(iter(lambda: leaf.stream.readinto(buffer), 0))

    tracemalloc.start()
    try:
        results = list(map_streams([str(tmp_path / "a.tgz")], work, jobs=jobs))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert results == [1 << 20] * 40
    assert peak < 20 << 20
