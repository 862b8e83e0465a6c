"""The same logs, packed in other ways by other programs, give the same findings."""

import gzip
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import ESTATE, PASSWORD, passkey_audit
from tests.support.programs import need

pytestmark = pytest.mark.xdist_group("containers")  # one worker unpacks the estate, once

Finding = dict[str, Any]


def scan(*arguments: str | Path, stdin: bytes = b"") -> list[Finding]:
    """Findings as JSON; all that was given has to be read."""
    ended = passkey_audit("scan", *arguments, "--format", "json", "--quiet", stdin=stdin)
    assert (ended.code, ended.err) == (10, "")
    findings: list[Finding] = json.loads(ended.out)
    return findings


def told(findings: list[Finding]) -> list[list[Any]]:
    """All but `source`, which names the container."""
    return sorted([value for name, value in row.items() if name != "source"] for row in findings)


def run(program: str, *arguments: str | Path, cwd: Path) -> bytes:
    return subprocess.run(
        [need(program), *arguments], cwd=cwd, check=True, stdin=subprocess.DEVNULL, capture_output=True
    ).stdout


@pytest.fixture(scope="module")
def as_it_lies() -> list[Finding]:
    return scan("logs", "--zip-password", PASSWORD)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory, as_it_lies: list[Finding]) -> Path:
    """Every log with a finding, unpacked by 7z and gzip, numbered since names repeat."""
    folder = tmp_path_factory.mktemp("unpacked")
    for number, source in enumerate(sorted({row["source"] for row in as_it_lies})):
        content = unpacked(source, folder)
        (folder / f"{number:02}-{Path(source).name.removesuffix('.gz')}").write_bytes(content)
    return folder


def unpacked(source: str, folder: Path) -> bytes:
    path, *members = source.split("!/")
    content = (ESTATE / path).read_bytes()
    password = (ESTATE / PASSWORD).read_text().strip()
    for member in members:
        archive = folder / "archive.zip"
        archive.write_bytes(content)
        content = run("7z", "x", "-so", f"-p{password}", archive, member, cwd=folder)
        archive.unlink()
    return gzip.decompress(content) if path.endswith(".gz") else content


def gzipped(logs: Path, packed: Path) -> None:
    each_by("gzip", ("-9c",), logs, packed)


def bzipped(logs: Path, packed: Path) -> None:
    each_by("bzip2", ("-c",), logs, packed)


def xzipped(logs: Path, packed: Path) -> None:
    each_by("xz", ("-0c",), logs, packed)


def zstandard(logs: Path, packed: Path) -> None:
    each_by("zstd", ("-qc",), logs, packed)


def each_by(program: str, options: tuple[str, ...], logs: Path, packed: Path) -> None:
    """Without an extension: content tells what a file is, never its name."""
    for log in logs.iterdir():
        (packed / log.name).write_bytes(run(program, *options, log, cwd=logs))


def zipped(logs: Path, packed: Path) -> None:
    run("7z", "a", "-tzip", packed / "all.zip", ".", cwd=logs)


def tar_gz(logs: Path, packed: Path) -> None:
    run("tar", "-czf", packed / "all.tar.gz", ".", cwd=logs)


def zips_in_a_zip(logs: Path, packed: Path) -> None:
    inner = packed / "inner"
    inner.mkdir()
    for log in logs.iterdir():
        run("7z", "a", "-tzip", inner / f"{log.name}.zip", log.name, cwd=logs)
    run("7z", "a", "-tzip", "-sdel", packed / "outer.zip", "inner", cwd=packed)


def tar_zst_in_a_zip(logs: Path, packed: Path) -> None:
    run("tar", "--zstd", "-cf", packed / "all.tar.zst", ".", cwd=logs)
    run("7z", "a", "-tzip", "-sdel", packed / "outer.zip", "all.tar.zst", cwd=packed)


def test_plain(logs: Path, as_it_lies: list[Finding]) -> None:
    """What was unpacked gives what the estate's own archives gave."""
    assert len(as_it_lies) > 150
    assert told(scan(logs)) == told(as_it_lies)


@pytest.mark.parametrize(
    "pack", [gzipped, bzipped, xzipped, zstandard, zipped, tar_gz, zips_in_a_zip, tar_zst_in_a_zip]
)
def test_packed(
    pack: Callable[[Path, Path], None], logs: Path, as_it_lies: list[Finding], tmp_path: Path
) -> None:
    """Each container gives the same."""
    pack(logs, tmp_path)
    assert told(scan(tmp_path)) == told(as_it_lies)


@pytest.mark.parametrize("method", ["AES256", "AES128", "ZipCrypto"])
def test_encrypted(method: str, logs: Path, as_it_lies: list[Finding], tmp_path: Path) -> None:
    """A zip that 7z encrypted, its password by reference."""
    run("7z", "a", "-tzip", f"-mem={method}", "-psesame", tmp_path / "all.zip", ".", cwd=logs)
    (tmp_path / "password").write_text("sesame\n")
    assert told(scan(tmp_path / "all.zip", "--zip-password", tmp_path / "password")) == told(as_it_lies)


def test_standard_input(logs: Path, as_it_lies: list[Finding]) -> None:
    """`tar -cz … | passkey-audit scan -`."""
    archive = run("tar", "-cz", ".", cwd=logs)
    assert told(scan("-", stdin=archive)) == told(as_it_lies)
