"""tar archives: long names, links, devices, sparse files, damage."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from parsers.archives.limits import Limits
from tests.parsers.archives.reading import log_lines, read_all
from tests.support.programs import need

CONTENT = log_lines(2_000)


def tar(
    path: Path, *members: tuple[tarfile.TarInfo, bytes], mode: str = "w", format_: int = tarfile.PAX_FORMAT
) -> Path:
    with tarfile.open(path, mode, format=format_) as archive:  # type: ignore[call-overload] # a mode as text
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("format_", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names(tmp_path: Path, format_: int, suffix: str) -> None:
    """Names that do not fit into a header are read in both of the ways that they are kept."""
    name = "servers/" + "n" * 300 + "/grün.log"
    mode = "w:gz" if suffix else "w"
    path = tar(tmp_path / f"a.tar{suffix}", (tarfile.TarInfo(name), CONTENT), mode=mode, format_=format_)
    (read,), unread = read_all(path)
    assert (read.source, read.content) == (f"{path}!/{name}", CONTENT)
    assert not unread


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_links_and_devices_are_reported_and_nothing_is_made(tmp_path: Path, suffix: str) -> None:
    """What holds no data says what it is, what follows is read, and no file appears."""
    path = tar(
        tmp_path / f"a.tar{suffix}",
        (special("link", tarfile.SYMTYPE, "/etc/passwd"), b""),
        (special("tty", tarfile.CHRTYPE), b""),
        (special("fifo", tarfile.FIFOTYPE), b""),
        (special("folder", tarfile.DIRTYPE), b""),
        (tarfile.TarInfo("../../a.log"), CONTENT),
        (special("same", tarfile.LNKTYPE, "../../a.log"), b""),
        mode="w:gz" if suffix else "w",
    )
    (read,), unread = read_all(path)
    assert (read.source, read.content) == (f"{path}!/../../a.log", CONTENT)
    assert [(item.member, item.reason.split(":")[0]) for item in unread] == [
        ("fifo", "a FIFO"),
        ("link", "a symbolic link"),
        ("tty", "a character device"),
    ]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("format_", ["gnu", "pax"])
def test_sparse_files_are_reported(tmp_path: Path, format_: str) -> None:
    """A sparse file is not read as if it were an ordinary one."""
    with (tmp_path / "sparse").open("wb") as file:
        file.seek(1 << 20)
        file.write(CONTENT)
    command = [need("tar"), "cSf", "a.tar", f"--format={'posix' if format_ == 'pax' else format_}", "sparse"]
    subprocess.run(command, cwd=tmp_path, check=True)
    read, (unread,) = read_all(tmp_path / "a.tar")
    assert not read
    assert (unread.member, unread.reason.split(":")[0]) == ("sparse", "a sparse file")


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_cut_off(tmp_path: Path, suffix: str) -> None:
    """A tar that was cut off gives what is there and is marked partial."""
    members = [(tarfile.TarInfo(f"{number}.log"), CONTENT) for number in range(4)]
    path = tar(tmp_path / f"a.tar{suffix}", *members, mode="w:gz" if suffix else "w")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    read, unread = read_all(path)
    assert [item.content for item in read][:2] == [CONTENT, CONTENT]
    assert CONTENT.startswith(read[2].content)
    assert read[2].error
    assert [item.partial for item in unread] == [True]


def test_a_damaged_header_ends_it(tmp_path: Path) -> None:
    """Members before a damaged header are read; that there may be more is said."""
    path = tar(tmp_path / "a.tar", *((tarfile.TarInfo(f"{number}.log"), CONTENT) for number in range(3)))
    data = bytearray(path.read_bytes())
    second = data.index(b"1.log")
    data[second + 5] = 0x41
    path.write_bytes(data)
    (read,), (unread,) = read_all(path)
    assert read.content == CONTENT
    assert unread.partial
    assert "header is damaged" in unread.reason


def test_archives_behind_each_other(tmp_path: Path) -> None:
    """Two tars, put together by `cat`, are both read."""
    first = tar(tmp_path / "a.tar", (tarfile.TarInfo("a.log"), CONTENT)).read_bytes()
    second = tar(tmp_path / "b.tar", (tarfile.TarInfo("b.log"), CONTENT)).read_bytes()
    path = tmp_path / "both.tar"
    path.write_bytes(first + second)
    read, unread = read_all(path)
    assert [item.content for item in read] == [CONTENT, CONTENT]
    assert not unread


def test_limits(tmp_path: Path) -> None:
    """Too many members and too long a name stop the archive."""
    many = tar(tmp_path / "many.tar", *((tarfile.TarInfo(str(number)), b"x") for number in range(20)))
    read, (unread,) = read_all(many, limits=Limits(members=10))
    assert len(read) == 10
    assert "more than 10 members" in unread.reason
    long = tar(tmp_path / "long.tar", (tarfile.TarInfo("n" * 5000), b"x"))
    read, (unread,) = read_all(long, limits=Limits(name_bytes=4000))
    assert not read
    assert "too long" in unread.reason
