"""What is shown while it works: progress on a terminal, silence elsewhere and with `--quiet`."""

import gzip
import re
from pathlib import Path

import pytest

from tests.support.program import ESTATE, PASSWORD, passkey_audit
from tests.support.terminal import on_a_terminal

ESCAPE = b"\x1b"


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough to read for the bar to be drawn more than once."""
    folder = tmp_path_factory.mktemp("logs")
    content = (ESTATE / "logs" / "commander-cd-kestrel.log").read_bytes()
    for number in range(3):
        (folder / f"commander-n{number}.log.gz").write_bytes(gzip.compress(content, 1) * 2_000)
    return folder


@pytest.fixture
def private_keys(tmp_path: Path) -> Path:
    """The estate's keys as they should lie on a disk."""
    folder = tmp_path / "keys"
    folder.mkdir()
    for path in (ESTATE / "keys").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
        (folder / path.name).chmod(0o600)
    return folder


def test_quiet_says_nothing(private_keys: Path, tmp_path: Path) -> None:
    """All went well: not a byte on standard error, on a terminal neither."""
    scan = ("scan", "logs", "--zip-password", PASSWORD, "--quiet")
    audit = (
        "audit",
        "--store",
        "store/export.xml",
        "--key",
        private_keys,
        "--out",
        tmp_path / "run",
        "--quiet",
    )
    assert passkey_audit(*scan).err == ""
    assert passkey_audit(*audit).err == ""
    assert on_a_terminal(*scan, out=tmp_path / "out") == (10, b"")
    assert on_a_terminal(*audit, out=tmp_path / "out") == (10, b"")


def test_quiet_still_says_what_was_not_read() -> None:
    """A partial answer never looks whole."""
    ended = passkey_audit("scan", "logs/support-bundle.zip", "--quiet")
    assert ended.code == 3
    assert "not read" in ended.err


def test_no_progress_in_a_file(logs: Path) -> None:
    """Without a terminal there are no escapes and no bar, only remarks."""
    ended = passkey_audit("scan", logs)
    assert ended.code == 10
    assert ESCAPE not in ended.out + ended.err.encode()
    assert "commander-n0" not in ended.err.replace("counted once", "").partition("\n")[0]


def test_progress_on_a_terminal(logs: Path, tmp_path: Path) -> None:
    """File names and sizes, read and whole, are drawn, and wiped away at the end; the cursor comes back."""
    code, shown = on_a_terminal("scan", logs, "--format", "csv", out=tmp_path / "out")
    text = shown.decode()
    whole = sum(path.stat().st_size for path in logs.iterdir()) / 1e6
    assert code == 10
    assert re.search(r"commander-n\d\.log\.gz", text)
    assert f"/{whole:.1f} MB" in text
    assert re.search(r"\d+\.\d MB/s", text)
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1
    assert ESCAPE not in (tmp_path / "out").read_bytes()
