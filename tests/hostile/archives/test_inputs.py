"""Inputs that are no ordinary files, or change while they are read."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from parsers.archives.interface import EntryStream
from parsers.archives.walk import map_streams
from parsers.errors import ArchiveError
from parsers.unread import Unread
from tests.parsers.archives.reading import log_lines, read_all, read_leaf, workers

CONTENT = log_lines(5_000)


def test_what_is_no_file_is_reported(tmp_path: Path) -> None:
    """A FIFO, a missing file, an impossible name and a link to a folder are rows with a reason, not hangs."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    (tmp_path / "linked").symlink_to("folder")
    (tmp_path / "dangling").symlink_to("nothing")
    (tmp_path / "a.log").write_bytes(CONTENT)
    (read,), unread = read_all(tmp_path, tmp_path / "missing", "nul\0name")
    assert read.content == CONTENT
    reasons = {Path(item.path).name: item.reason for item in unread}
    assert set(reasons) == {"fifo", "linked", "dangling", "missing", "nul\0name"}
    assert "pipe" in reasons["fifo"]
    assert "No such file" in reasons["missing"]


def test_a_name_that_is_no_utf_8_is_shown_with_escapes(tmp_path: Path) -> None:
    """Whatever bytes a name has: the file is read, and its position is text that can be written anywhere."""
    (tmp_path / os.fsdecode(b"a\xff.log")).write_bytes(CONTENT)
    (tmp_path / os.fsdecode(b"b\xff")).symlink_to(tmp_path)
    (read,), (link, missing) = read_all(tmp_path, tmp_path / os.fsdecode(b"c\xff"))
    assert read.content == CONTENT
    assert [Path(name).name for name in (read.source, link.path, missing.path)] == [
        "a\\xff.log", "b\\xff", "c\\xff"
    ]  # fmt: skip


@pytest.fixture
def ordinary_user() -> Iterator[Path]:
    """An empty folder, and no rights beyond it, also where tests run as root."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if user == 0:
            os.chown(folder, 65534, -1)
            os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(user)


def test_without_rights(ordinary_user: Path) -> None:
    """A folder and a file that may not be read are reported, the rest is read."""
    folder = ordinary_user
    (folder / "a.log").write_bytes(CONTENT)
    (folder / "b.log").write_bytes(CONTENT)
    (folder / "closed").mkdir()
    (folder / "b.log").chmod(0)
    (folder / "closed").chmod(0)
    (read,), unread = read_all(folder)
    (folder / "closed").chmod(stat.S_IRWXU)
    assert read.content == CONTENT
    assert {Path(item.path).name for item in unread} == {"b.log", "closed"}
    assert all("Permission denied" in item.reason for item in unread)


def test_an_empty_file_is_read(tmp_path: Path) -> None:
    """An empty file is a leaf without bytes."""
    (tmp_path / "empty.log").touch()
    (read,), unread = read_all(tmp_path)
    assert (read.content, read.error) == (b"", None)
    assert not unread


@pytest.mark.parametrize("jobs", [1, 2])
def test_files_that_change_while_they_are_read(tmp_path: Path, jobs: int) -> None:
    """Growth is left for later, shrinking ends with an error, and what vanishes is read on."""
    for name in ("grows", "shrinks", "vanishes"):
        (tmp_path / name).write_bytes(CONTENT)

    def work(leaf: EntryStream) -> tuple[str, int, str]:
        path = Path(leaf.path)
        buffer = memoryview(bytearray(100_000))
        size = leaf.stream.readinto(buffer)
        if path.name == "grows":
            with path.open("ab") as file:
                file.write(CONTENT)
        elif path.name == "shrinks":
            os.truncate(path, 150_000)
        else:
            path.unlink()
        try:
            while count := leaf.stream.readinto(buffer):
                size += count
        except ArchiveError as error:
            return path.name, size, error.message
        return path.name, size, ""

    results = [item for item in map_streams([str(tmp_path)], work, jobs=jobs) if not isinstance(item, Unread)]
    whole = len(CONTENT)
    grows, shrinks, vanishes = sorted(results)
    assert grows == ("grows", whole, "")
    assert vanishes == ("vanishes", whole, "")
    assert shrinks[1] == 150_000
    assert "shortened" in shrinks[2]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_result_that_nobody_wants_stops_the_work(tmp_path: Path, jobs: int) -> None:
    """Whoever stops asking gets the threads ended, not the rest of the work done."""
    for number in range(200):
        (tmp_path / f"{number}.log").write_bytes(b"x")
    results = map_streams([str(tmp_path)], read_leaf, jobs=jobs)
    assert isinstance(results, Iterator)
    next(results)
    results.close()  # type: ignore[attr-defined] # it is a generator; the promise is an iterator only
    assert not workers()


@pytest.mark.parametrize("jobs", [1, 3])
def test_an_error_of_the_work_reaches_the_caller(tmp_path: Path, jobs: int) -> None:
    """A fault of the function itself is no unread file: it ends the run, threads included."""
    for number in range(50):
        (tmp_path / f"{number}.log").write_bytes(b"x")

    def work(leaf: EntryStream) -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(map_streams([str(tmp_path)], work, jobs=jobs))
    assert not workers()


def test_an_archive_error_of_the_work_is_a_row(tmp_path: Path) -> None:
    """An error that the function lets pass becomes an unread row with its reason."""
    (tmp_path / "a.log").write_bytes(b"x")

    def work(leaf: EntryStream) -> int:
        raise ArchiveError("gave up")

    assert list(map_streams([str(tmp_path / "a.log")], work, jobs=1)) == [
        Unread(str(tmp_path / "a.log"), "", "gave up")
    ]


def test_progress_adds_up(tmp_path: Path) -> None:
    """As many bytes are reported as read as were announced."""
    sizes = [0, 10, 70_000, 500_000]
    for size in sizes:
        (tmp_path / f"{size}.log").write_bytes(CONTENT[:size])
    expected, advanced, names = [], [], []

    class Listener:
        def expect(self, amount: int) -> None:
            expected.append(amount)

        def working_on(self, name: str) -> None:
            names.append(name)

        def advance(self, amount: int) -> None:
            advanced.append(amount)

    list(map_streams([str(tmp_path)], read_leaf, jobs=1, progress=Listener()))
    total = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert expected == [total]
    assert sum(advanced) == total
    assert len(names) == len(sizes)


def test_standard_input_as_a_file(tmp_path: Path) -> None:
    """A file on standard input is read from where the shell left it."""
    path = tmp_path / "a.log"
    path.write_bytes(CONTENT)
    with path.open("rb") as file:
        os.lseek(file.fileno(), 1000, os.SEEK_SET)
        (read,), unread = read_all("-", standard_input=file.fileno())
    assert (read.source, read.content) == ("-", CONTENT[1000:])
    assert not unread
