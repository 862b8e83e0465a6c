"""Files appear whole with mode 0600, or not at all."""

import os
import resource
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reports.errors import OutputError
from reports.files import atomic_file, is_unfinished, private_folder
from tests.support.programs import need

OLD, NEW = b"old " * 1000, b"new! " * 50_000

# Writes NEW in several pieces; says "refused" for the one error that callers expect.
WRITER = """
import sys
from pathlib import Path
from reports.errors import OutputError
from reports.files import atomic_file
try:
    with atomic_file(Path(sys.argv[1])) as file:
        for _ in range(5):
            file.write(b"new! " * 10_000)
except OutputError:
    sys.exit("refused")
"""


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "file").write_bytes(OLD)
    return tmp_path / "file"


def unfinished(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if is_unfinished(path)]


def write(path: Path, content: bytes = NEW) -> None:
    with atomic_file(path) as file:
        file.write(content)


@pytest.mark.parametrize("mask", [0, 0o777])
def test_mode_is_private_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    """A new file has mode 0600 with a umask that gives everything and one that takes everything."""
    before = os.umask(mask)
    try:
        write(tmp_path / "file")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


def test_an_unfinished_file_is_private_too(tmp_path: Path, umask: None) -> None:
    """While it is written, the hidden file beside the target has mode 0600 and the target is not there."""
    with atomic_file(tmp_path / "file") as file:
        file.write(NEW)
        [hidden] = unfinished(tmp_path)
        assert stat.S_IMODE(hidden.stat().st_mode) == 0o600
        assert not (tmp_path / "file").exists()
    assert (tmp_path / "file").read_bytes() == NEW
    assert unfinished(tmp_path) == []


def test_an_open_file_of_others_is_replaced_by_a_private_one(target: Path) -> None:
    """Replacing a file with mode 0644 gives one with mode 0600."""
    target.chmod(0o644)
    write(target)
    assert target.read_bytes() == NEW
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_the_old_file_stays_when_the_block_fails(target: Path, error: type[BaseException]) -> None:
    """An error or an interrupt in the middle leaves the old file and nothing else."""

    def interrupted() -> None:
        with atomic_file(target) as file:
            file.write(NEW)
            raise error

    with pytest.raises(error):
        interrupted()
    assert target.read_bytes() == OLD
    assert list(target.parent.iterdir()) == [target]


def test_a_full_disk_leaves_the_old_file(target: Path) -> None:
    """A write beyond the permitted size fails as on a full disk: the old file stays, nothing is left over."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OutputError, match="cannot write"):
            write(target)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert target.read_bytes() == OLD
    assert list(target.parent.iterdir()) == [target]


def test_a_full_device_is_reported() -> None:
    """/dev/full is written through and says that there is no space."""
    with pytest.raises(OutputError, match="no space left"):
        write(Path("/dev/full"))


def test_a_device_is_written_through() -> None:
    """/dev/null is still a device afterwards."""
    write(Path("/dev/null"))
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_fifo_is_written_through(tmp_path: Path) -> None:
    """Whoever reads the FIFO gets everything, and it is still a FIFO."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(fifo.read_bytes()))
    reader.start()
    write(fifo)
    reader.join()
    assert received == [NEW]
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_a_closed_pipe_is_no_output_error(tmp_path: Path) -> None:
    """A reader that goes away is the caller's to handle, as on standard output."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    descriptor = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)

    def write_on() -> None:
        with atomic_file(fifo) as file:
            os.close(descriptor)
            file.write(NEW)

    with pytest.raises(BrokenPipeError):
        write_on()


def test_links_and_folders_are_refused(target: Path) -> None:
    """A link is neither followed nor replaced, wherever it leads; nor is a folder."""
    link, dangling, folder = (target.parent / name for name in ("link", "dangling", "folder"))
    link.symlink_to(target)
    dangling.symlink_to("nowhere")
    folder.mkdir()
    for path in (link, dangling, folder):
        with pytest.raises(OutputError):
            write(path)
    assert link.is_symlink()
    assert dangling.is_symlink()
    assert target.read_bytes() == OLD
    assert not (target.parent / "nowhere").exists()


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    """The message names the file and the hint what to do."""
    with pytest.raises(OutputError, match="no such file or directory") as error:
        write(tmp_path / "missing" / "file")
    assert error.value.hint == "make the folder first"


def test_a_file_in_the_way_of_a_folder_is_refused(target: Path) -> None:
    """A folder is not made where a file or a link stands."""
    link = target.parent / "link"
    link.symlink_to(target.parent)
    for path in (target, link, target / "below"):
        with pytest.raises(OutputError):
            private_folder(path)


def run_under_strace(target: Path, injection: str) -> int:
    """Exit code of the writer, with something done to its system calls."""
    command = [need("strace"), "-f", "-qq", "-o", "/dev/null", "-e", f"inject={injection}"]
    command += [sys.executable, "-c", WRITER, str(target)]
    environment = {"PYTHONPATH": str(Path.cwd()), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode


CALLS = "write,fsync,fchmod,rename,renameat,renameat2,unlink,unlinkat"


def test_a_kill_at_any_call_leaves_old_or_new(tmp_path: Path) -> None:
    """Killed at every call that changes a file: the target is old or new, a leftover is part of new."""
    seen = []
    for number in range(1, 40):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "file").write_bytes(OLD)
        code = run_under_strace(folder / "file", f"{CALLS}:signal=SIGKILL:when={number}")
        content = (folder / "file").read_bytes()
        assert content in {OLD, NEW}
        seen.append(content)
        for hidden in unfinished(folder):
            assert NEW.startswith(hidden.read_bytes())
            assert stat.S_IMODE(hidden.stat().st_mode) == 0o600
        if code == 0:
            break
    assert seen[0] == OLD
    assert seen[-1] == NEW
    assert len(seen) > 5


@pytest.mark.parametrize("call", ["write", "fsync", "fchmod", "rename"])
def test_an_error_at_any_call_is_reported(tmp_path: Path, call: str) -> None:
    """An I/O error at any call: exit 1, old or new, and nothing left over."""
    failed = 0
    for number in range(1, 12):
        (tmp_path / "file").write_bytes(OLD)
        code = run_under_strace(tmp_path / "file", f"{call}:error=EIO:when={number}")
        assert [path.name for path in tmp_path.iterdir()] == ["file"]
        if code == 0:
            assert (tmp_path / "file").read_bytes() == NEW
            break
        failed += 1
        assert code == 1
        assert (tmp_path / "file").read_bytes() in {OLD, NEW}
    assert failed >= 1
