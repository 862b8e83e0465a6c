"""Zips that lie, are cut off, or want a password."""

import random
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path

import pytest
from backports.zstd import zipfile as zstd_zipfile

from parsers.archives.limits import Limits
from parsers.archives.single import open_single
from parsers.errors import (
    DamagedArchiveError,
    LimitExceededError,
    UnsupportedMethodError,
    WrongPasswordError,
)
from parsers.secret import Secret
from tests.parsers.archives.reading import drained, log_lines, read_all
from tests.support.programs import need

CONTENT = log_lines(5_000)


def local_header(name: bytes, *, method: int, crc: int, packed: int, size: int, flags: int = 0) -> bytes:
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, flags, method, 0, 33, crc, packed, size, len(name), 0)
    return head + name


def central_header(
    name: bytes, *, method: int, crc: int, packed: int, size: int, offset: int, flags: int = 0
) -> bytes:
    head = struct.pack(
        "<4s6H3L5H2L",
        b"PK\x01\x02", 20, 20, flags, method, 0, 33, crc, packed, size, len(name), 0, 0, 0, 0, 0, offset,
    )  # fmt: skip
    return head + name


def end_record(count: int, size: int, offset: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, size, offset, 0)


def zip_of(name: bytes, data: bytes, *, method: int, crc: int, size: int, flags: int = 0) -> bytes:
    """A zip of one member with whatever its headers are to say."""
    local = local_header(name, method=method, crc=crc, packed=len(data), size=size, flags=flags) + data
    central = central_header(name, method=method, crc=crc, packed=len(data), size=size, offset=0, flags=flags)
    return local + central + end_record(1, len(central), len(local))


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def write(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    """Directory entries that share one run of packed bytes are all refused, and cost nothing."""
    data = deflated(bytes(1 << 20))
    crc = zlib.crc32(bytes(1 << 20))
    local = local_header(b"a", method=8, crc=crc, packed=len(data), size=1 << 20) + data
    central = b"".join(
        central_header(b"m%d" % n, method=8, crc=crc, packed=len(data), size=1 << 20, offset=0)
        for n in range(2000)
    )
    path = tmp_path / "bomb.zip"
    path.write_bytes(local + central + end_record(2000, len(central), len(local)))
    read, unread = read_all(path)
    assert not read
    assert len(unread) == 2000
    assert all("overlaps" in item.reason for item in unread)


def test_a_member_that_reaches_into_the_next_is_refused(tmp_path: Path) -> None:
    """A quoted header (the other way to overlap): the outer member is refused, the inner one read."""
    inner = local_header(b"inner", method=0, crc=zlib.crc32(b"x"), packed=1, size=1) + b"x"
    outer = local_header(b"outer", method=0, crc=zlib.crc32(inner), packed=len(inner), size=len(inner))
    central = central_header(
        b"outer", method=0, crc=zlib.crc32(inner), packed=len(inner), size=len(inner), offset=0
    ) + central_header(b"inner", method=0, crc=zlib.crc32(b"x"), packed=1, size=1, offset=len(outer))
    path = tmp_path / "quoted.zip"
    path.write_bytes(outer + inner + central + end_record(2, len(central), len(outer + inner)))
    (read,), (unread,) = read_all(path)
    assert (read.source, read.content) == (f"{path}!/inner", b"x")
    assert unread.member == "outer"
    assert "overlaps" in unread.reason


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\x", "a\x1b[31mb", "=cmd()", "a:b"])
def test_names_stay_data(tmp_path: Path, name: str) -> None:
    """A hostile name is shown and nothing else: no file appears anywhere."""
    path = write(tmp_path / "names.zip", (name, b"content"))
    (read,), _ = read_all(path)
    assert (read.source, read.content) == (f"{path}!/{name}", b"content")
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_with_nul_is_kept_whole(tmp_path: Path) -> None:
    """NUL does not end a name, as it does in programs that were made to hide the rest."""
    path = tmp_path / "nul.zip"
    path.write_bytes(zip_of(b"a.txt\0.log", b"x", method=0, crc=zlib.crc32(b"x"), size=1))
    (read,), _ = read_all(path)
    assert read.source == f"{path}!/a.txt\0.log"


@pytest.mark.parametrize(
    ("stored", "flags", "shown"),
    [("grün".encode("cp437"), 0, "grün"), ("日誌".encode(), 1 << 11, "日誌"), (b"\xff", 1 << 11, "\\xff")],
)
def test_names_in_both_encodings(tmp_path: Path, stored: bytes, flags: int, shown: str) -> None:
    """Names are code page 437 unless marked as UTF-8, and broken UTF-8 is shown as escapes."""
    path = tmp_path / "name.zip"
    path.write_bytes(zip_of(stored, b"x", method=0, crc=zlib.crc32(b"x"), size=1, flags=flags))
    (read,), _ = read_all(path)
    assert read.source == f"{path}!/{shown}"


@pytest.mark.parametrize("sizes_follow", [False, True])
@pytest.mark.parametrize("cut", [0.3, 0.7, 0.98])
def test_a_zip_without_directory_is_read_as_far_as_it_goes(
    tmp_path: Path, cut: float, *, sizes_follow: bool
) -> None:
    """What is left of a zip that was cut off comes out of its local headers, and is marked partial."""
    path = tmp_path / "cut.zip"
    if sizes_follow:  # as Java and every other writer to a stream does
        with path.open("wb") as file:
            subprocess.run([need("zip"), "-q", "-fd", "-", "-"], input=CONTENT * 3, stdout=file, check=True)
    else:
        write(path, ("a.log", CONTENT), ("b.log", CONTENT[1:]), ("c.log", CONTENT[2:]))
    whole, _ = read_all(path)
    contents = {item.source: item.content for item in whole}
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * cut)])
    read, unread = read_all(path)
    assert [item.partial for item in unread] == [True]
    assert "cut off" in unread[0].reason
    assert read
    for item in read:
        assert contents[item.source].startswith(item.content)
        assert item.content
        assert (item.error is None) == (item.content == contents[item.source])
    total = sum(map(len, contents.values()))
    assert sum(len(item.content) for item in read) > total * (cut - 0.05)


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_flipped_byte_never_passes(tmp_path: Path, method: int) -> None:
    """Wherever a byte of a member flips, its end is an error."""
    path = tmp_path / "flip.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("a.log", CONTENT)
    data = path.read_bytes()
    random_places = random.Random(1)
    for _ in range(10):
        damaged = bytearray(data)
        damaged[random_places.randrange(60, len(data) - 200)] ^= 1 << random_places.randrange(8)
        path.write_bytes(damaged)
        (read,), _ = read_all(path)
        assert isinstance(read.error, DamagedArchiveError)


@pytest.mark.parametrize("method", [0, 8])
@pytest.mark.parametrize("difference", [-1, 1])
def test_a_wrong_size_is_damage(tmp_path: Path, method: int, difference: int) -> None:
    """A member that is longer or shorter than its directory entry is no sound member."""
    data = deflated(CONTENT) if method == 8 else CONTENT
    path = tmp_path / "size.zip"
    path.write_bytes(
        zip_of(b"a", data, method=method, crc=zlib.crc32(CONTENT), size=len(CONTENT) + difference)
    )
    (read,), _ = read_all(path)
    assert isinstance(read.error, DamagedArchiveError)


@pytest.mark.parametrize(
    ("method", "name"),
    [(1, "shrink"), (6, "implode"), (97, "wavpack"), (98, "PPMd"), (99, "AES"), (77, "unknown")],
)
def test_an_unknown_method_is_named(tmp_path: Path, method: int, name: str) -> None:
    """A method that nothing here reads is reported by name."""
    path = tmp_path / "method.zip"
    path.write_bytes(zip_of(b"a", b"x", method=method, crc=0, size=1))
    read, (unread,) = read_all(path)
    assert not read
    assert f"method {method}" in unread.reason
    assert name in unread.reason


def test_zstd_and_xz_inside_a_zip(tmp_path: Path) -> None:
    """Methods 93 and 95 are read."""
    with zstd_zipfile.ZipFile(tmp_path / "93.zip", "w", zstd_zipfile.ZIP_ZSTANDARD) as archive:
        archive.writestr("a.log", CONTENT)
    packed = subprocess.run([need("xz"), "-c"], input=CONTENT, stdout=subprocess.PIPE, check=True).stdout
    (tmp_path / "95.zip").write_bytes(
        zip_of(b"a.log", packed, method=95, crc=zlib.crc32(CONTENT), size=len(CONTENT))
    )
    read, unread = read_all(tmp_path)
    assert [item.content for item in read] == [CONTENT, CONTENT]
    assert not any(item.error for item in read)
    assert not unread


@pytest.mark.no_cover  # so many members take twice as long where each line is noted
def test_65536_members_and_duplicate_names(tmp_path: Path) -> None:
    """More members than 16 bits count, and the same name twice, are all read."""
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(65_536):
            archive.writestr(f"{number}", b"x")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("0", b"twice")
    read, unread = read_all(path, jobs=2)
    assert len(read) == 65_537
    assert [item.content for item in read if item.source == f"{path}!/0"] == [b"twice", b"x"]
    assert not unread


def test_data_before_and_after_the_zip(tmp_path: Path) -> None:
    """A self-extracting program in front, and bytes behind, do not hide the members; nor are they hidden."""
    path = write(tmp_path / "a.zip", ("a.log", CONTENT))
    path.write_bytes(b"#!/bin/sh\nexit 1\n" * 100 + path.read_bytes() + b"behind")
    (whole, member), unread = read_all(path)
    assert (whole.source, whole.content) == (str(path), path.read_bytes())
    assert (member.source, member.content, member.error) == (f"{path}!/a.log", CONTENT, None)
    assert [(row.reason, row.partial) for row in unread] == [("6 bytes after the zip were not read", True)]


@pytest.mark.parametrize("disk", [0, 1])
def test_a_zip_behind_a_log_does_not_hide_the_log(tmp_path: Path, disk: int) -> None:
    """Whoever gets the bytes of a zip into a log's last lines does not keep the log from being read."""
    path = tmp_path / "a.log"
    appended = bytearray(zip_of(b"a", b"x", method=0, crc=zlib.crc32(b"x"), size=1))
    appended[-18] = disk
    path.write_bytes(CONTENT + appended)
    for limits in (Limits(), Limits(directory_bytes=1)):
        read, _ = read_all(path, limits=limits)
        assert CONTENT + appended in [item.content for item in read]
    assert drained(open_single(str(path)).stream) == (CONTENT + appended, None)


def test_limits_on_members_and_directory(tmp_path: Path) -> None:
    """A directory beyond the limits is refused as a whole, before it is held."""
    path = write(tmp_path / "a.zip", *((f"{number}", b"") for number in range(100)))
    for limits in (Limits(members=99), Limits(directory_bytes=1000)):
        read, (unread,) = read_all(path, limits=limits)
        assert not read
        assert "too large" in unread.reason


def encrypted(tmp_path: Path, *options: str, password: str = "right", content: bytes = CONTENT) -> Path:
    (tmp_path / "a.log").write_bytes(content)
    path = tmp_path / "locked.zip"
    command = [need("7z"), "a", "-tzip", f"-p{password}", *options, str(path), str(tmp_path / "a.log")]
    subprocess.run(command, check=True, capture_output=True)
    return path


@pytest.mark.parametrize("method", ["ZipCrypto", "AES128", "AES256"])
def test_missing_and_wrong_passwords_are_said_so(tmp_path: Path, method: str) -> None:
    """No password and no fitting password are two messages, and never damage."""
    path = encrypted(tmp_path, f"-mem={method}")
    read, (missing,) = read_all(path)
    assert not read
    assert "no password was given" in missing.reason
    read, (wrong,) = read_all(path, passwords=[b"wrong", b"wronger"])
    assert not read
    assert "no password given opens it" in wrong.reason
    for passwords in ([b"wrong"], []):
        with pytest.raises(WrongPasswordError):
            open_single(str(path), passwords=[Secret(word) for word in passwords])


@pytest.mark.parametrize("options", [["-mem=ZipCrypto"], ["-mem=ZipCrypto", "-mm=copy"]])
def test_one_byte_lets_wrong_passwords_through(tmp_path: Path, options: list[str]) -> None:
    """Among 2,000 wrong passwords some pass ZipCrypto's check; the right one is found all the same."""
    path = encrypted(tmp_path, *options, content=CONTENT[:3000])
    wrong = [b"wrong%d" % number for number in range(2000)]
    (read,), unread = read_all(path, passwords=[*wrong, b"right"])
    assert (read.content, read.error) == (CONTENT[:3000], None)
    assert not unread


def test_wrong_passwords_never_open_deflated_zipcrypto(tmp_path: Path) -> None:
    """None of the wrong passwords that pass the one-byte check is taken for the right one."""
    path = encrypted(tmp_path, "-mem=ZipCrypto")
    read, unread = read_all(path, passwords=[b"wrong%d" % number for number in range(1500)])
    assert not read
    assert all("opens it" in item.reason for item in unread)


def test_mixed_passwords(tmp_path: Path) -> None:
    """Each member opens with its own password."""
    path = encrypted(tmp_path, "-mem=AES256", password="first")
    (tmp_path / "b.log").write_bytes(b"second")
    command = [need("7z"), "a", "-tzip", "-psecond", "-mem=ZipCrypto", str(path), str(tmp_path / "b.log")]
    subprocess.run(command, check=True, capture_output=True)
    read, unread = read_all(path, passwords=[b"first", b"second"])
    assert [item.content for item in read] == [CONTENT, b"second"]
    assert not unread


@pytest.mark.parametrize("options", [["-mem=AES256"], ["-mem=AES256", "-mm=copy"], ["-mem=ZipCrypto"]])
def test_altered_ciphertext_is_damage(tmp_path: Path, options: list[str]) -> None:
    """A flipped byte of an encrypted member is an error, wherever it stands."""
    path = encrypted(tmp_path, *options)
    data = path.read_bytes()
    start = data.index(b"a.log") + 5 + 2000
    for place in (start, len(data) // 2):
        damaged = bytearray(data)
        damaged[place] ^= 0x20
        path.write_bytes(damaged)
        read, unread = read_all(path, passwords=[b"right"])
        errors = [type(item.error) for item in read] + [WrongPasswordError for _ in unread]
        assert errors in ([DamagedArchiveError], [WrongPasswordError])


def test_a_bomb_stops_and_its_neighbours_are_read(tmp_path: Path) -> None:
    """A member that expands too far stops by itself."""
    limits = Limits(ratio=100, ratio_floor=1 << 20)
    path = write(tmp_path / "bomb.zip", ("bomb", bytes(50 << 20)), ("a.log", CONTENT))
    (sound, bomb), unread = read_all(path, limits=limits)
    assert (sound.content, sound.error) == (CONTENT, None)
    assert isinstance(bomb.error, LimitExceededError)
    assert len(bomb.content) < 100 * (path.stat().st_size + 300_000)
    assert not unread


def test_the_input_as_a_whole_is_bounded(tmp_path: Path) -> None:
    """Many members, none of them too large by itself, stop at the input's budget."""
    limits = Limits(total_bytes=3 * len(CONTENT), ratio=100)
    path = write(tmp_path / "sum.zip", *((f"{number}", CONTENT) for number in range(10)))
    read, unread = read_all(path, limits=limits)
    assert sum(len(item.content) for item in read) <= 4 * len(CONTENT)
    stopped = [item for item in read if isinstance(item.error, LimitExceededError)]
    assert len(stopped) + len(unread) >= 6


def test_depth_is_bounded(tmp_path: Path) -> None:
    """A zip in a zip in a zip is entered so far and no further."""
    path = write(tmp_path / "0.zip", ("a.log", CONTENT))
    for level in range(1, 12):
        path = write(tmp_path / f"{level}.zip", (path.name, path.read_bytes()))
    read, (unread,) = read_all(path)
    assert not read
    assert "inside one another" in unread.reason
    assert len(read_all(tmp_path / "7.zip")[0]) == 1


def test_an_inner_archive_is_spooled_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deflated inner zip goes through memory, a nameless file, or is refused; no name is ever left."""
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(spool))
    inner = write(tmp_path / "inner.zip", ("a.log", CONTENT))
    outer = write(tmp_path / "outer.zip", ("inner.zip", inner.read_bytes()))
    for limits in (Limits(), Limits(spool_memory=1000)):
        (leaf,), unread = read_all(outer, limits=limits)
        assert (leaf.content, leaf.error) == (CONTENT, None)
        assert not unread
        assert not list(spool.iterdir())
    read, (refused,) = read_all(outer, limits=Limits(spool_memory=1000, spool_bytes=2000))
    assert not read
    assert "longer than" in refused.reason


def test_a_multi_volume_zip_says_so(tmp_path: Path) -> None:
    """The last part of a split zip names what it is."""
    path = tmp_path / "split.zip"
    data = bytearray(zip_of(b"a", b"x", method=0, crc=zlib.crc32(b"x"), size=1))
    data[-18:-16] = b"\x01\x00"
    path.write_bytes(data)
    with pytest.raises(UnsupportedMethodError, match="split"):
        open_single(str(path))


def test_a_huge_lzma_dictionary_is_refused(tmp_path: Path) -> None:
    """4 GiB for a dictionary are refused before anything is allocated."""
    data = b"\x09\x14\x05\x00\x5d\xff\xff\xff\xff" + bytes(20)
    path = tmp_path / "lzma.zip"
    path.write_bytes(zip_of(b"a", data, method=14, crc=0, size=100))
    with pytest.raises(LimitExceededError, match="dictionary"):
        open_single(str(path))
