"""What the operating system sees: every byte written anywhere, every file made, every child started."""

import os
import re
import subprocess
import zipfile
from pathlib import Path

import pyzipper

from tests.hostile.leaks.planted import Planted
from tests.support.program import PROGRAM
from tests.support.programs import need

STRING = re.compile(rb'"((?:\\x[0-9a-f]{2})+)"')
OPENED_TO_WRITE = re.compile(rb'\bopen(?:at)?\([^"]*"((?:\\x[0-9a-f]{2})+)", [A-Z_|]*O_(?:WRONLY|RDWR|CREAT)')
CALLS = "execve,open,openat,creat,write,writev,pwrite64,pwritev,sendto,sendmsg"


def plain(escaped: bytes) -> bytes:
    return bytes.fromhex(escaped.replace(rb"\x", b"").decode())


def bundle(planted: Planted) -> Path:
    """A zip in an AES zip: what has to be spooled, if anything has."""
    inner = planted.folder / "inner.zip"
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(planted.folder / "logs" / "commander.log", "commander.log")
    path = planted.folder / "bundle.zip"
    with pyzipper.AESZipFile(
        path, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as outer:
        outer.setpassword(planted.secrets["zip password"])
        outer.write(inner, "inner.zip")
    return path


def traced_audit(planted: Planted, folder: Path) -> list[tuple[bytes, bytes]]:
    """Each system call of an audit into `folder/run`: the process, and the call with its strings in hex."""
    command = [need("strace"), "-f", "-v", "-xx", "-s", "10000000", "-o", str(folder / "trace")]
    command += ["-e", f"trace={CALLS}", str(PROGRAM), "audit", str(bundle(planted))]
    command += ["--zip-password", "zip.password", "--store", "export.xml", "--out", str(folder / "run")]
    command += ["--key", "current=cmd:cat keys/current", "--key", "keys/older", "--current", "current"]
    (folder / "temporary").mkdir()
    env = os.environ | {"TMPDIR": str(folder / "temporary"), "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(command, cwd=planted.folder, env=env, check=False, capture_output=True)
    assert ended.returncode == 10
    lines = (folder / "trace").read_bytes().splitlines()
    return [(process, call) for process, _, call in (line.partition(b" ") for line in lines)]


def test_an_audit(planted: Planted, tmp_path: Path) -> None:
    """No write, argument or environment holds a secret; files are made in the run folder alone."""
    calls = traced_audit(planted, tmp_path)
    cat = {process for process, call in calls if b"execve(" in call and b"/cat" in strings(call)}
    assert len(cat) == 1
    for process, call in calls:
        if process in cat and b"write(" in call:  # its job is to hand the key over
            assert planted.found_in(strings(call)) == {"key current"}
        else:
            assert (call[:60], planted.found_in(strings(call))) == (call[:60], set())
    made = {os.fsdecode(plain(found)) for _, call in calls for found in OPENED_TO_WRITE.findall(call)}
    inside = {path for path in made if path.startswith((f"{tmp_path}/run/", f"{tmp_path}/temporary"))}
    assert len(inside) >= 7
    assert {path for path in made - inside if not path.startswith("/dev/")} == set()
    assert list((tmp_path / "temporary").iterdir()) == []


def strings(call: bytes) -> bytes:
    return b"\n".join(map(plain, STRING.findall(call)))
