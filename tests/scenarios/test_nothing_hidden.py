"""What a scan could miss without a word: behind, before and between the bytes that are read."""

import gzip
import io
import json
import random
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Ended, passkey_audit
from tests.support.programs import need

HEAD = "2021-03-04T05:06:07.089 | INFO  | T | | | | X | "
CLEAN = f"{HEAD}all fine\n".encode()
HIT = f"{HEAD}Skipping updating password for credential 'lost'\n".encode()


def scanned(*arguments: str | Path) -> tuple[Ended, list[dict[str, Any]]]:
    ended = passkey_audit("scan", *arguments, "--format", "json", "--quiet")
    return ended, json.loads(ended.out)


def zipped(content: bytes, comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.log", content)
        archive.comment = comment
    return file.getvalue()


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(gzip.compress(CLEAN) + HIT, id="text behind gzip"),
        pytest.param(zipped(CLEAN) + gzip.compress(HIT), id="gzip behind zip"),
    ],
)
def test_what_stands_behind_is_told(tmp_path: Path, packed: bytes) -> None:
    """Bytes that nobody reads make the answer partial."""
    (tmp_path / "a").write_bytes(packed)
    ended, findings = scanned(tmp_path / "a")
    assert (ended.code, findings) == (3, [])
    assert ended.err.startswith("partly read: ")


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(zipped(HIT) + zipped(CLEAN), id="two zips joined"),
        pytest.param(zipped(HIT) + zipped(HIT) + zipped(CLEAN), id="three zips joined"),
        pytest.param(zipped(HIT, comment=b"PK\x05\x06" + bytes(18)), id="a comment that looks like an end"),
    ],
)
def test_a_zip_before_a_zip_is_read(tmp_path: Path, packed: bytes) -> None:
    """The last directory is not the only one."""
    (tmp_path / "a").write_bytes(packed)
    _, findings = scanned(tmp_path / "a")
    assert {finding["subject"] for finding in findings} == {"lost"}


def test_the_last_part_of_a_split_zip_is_no_text(tmp_path: Path) -> None:
    """It begins like nothing known, and ends like a zip: it is not read, and that is told."""
    need("zip")
    (tmp_path / "a.log").write_bytes(bytes(range(256)) * 2000 + HIT)
    subprocess.run(["zip", "-q", "-0", "-s", "64k", "a.zip", "a.log"], check=True, cwd=tmp_path)
    ended, _ = scanned(tmp_path / "a.zip")
    assert ended.code == 3
    assert "the zip is split over several files" in ended.err


@pytest.mark.parametrize(
    "start",
    [
        "Mar  4 05:06:07 host commander[7]: ",
        "2021-03-04 05:06:07,089 | INFO | ",
        "2021-03-04T05:06:07Z INFO ",
        "server_1  | 2021-03-04T05:06:07.089 | INFO  | T | | | | X | ",
        "commander.log:2021-03-04T05:06:07.089 | INFO  | T | | | | X | ",
    ],
)
def test_every_entry_of_an_unknown_layout_counts(tmp_path: Path, start: str) -> None:
    """Where no line begins as entries do, each with a phrase is one; what is indented goes on with it."""
    lines = [
        f"{start}Skipping updating password for credential 'c{n}'\n\tat a.B.c(B.java:{n})\n{start}fine\n"
        for n in range(300)
    ]
    (tmp_path / "a.log").write_text("".join(lines))
    _, findings = scanned(tmp_path / "a.log")
    assert [(finding["subject"], finding["line"]) for finding in findings] == [
        (f"c{n}", 3 * n + 1) for n in range(300)
    ]
    assert findings[7]["message"].endswith("'c7'\n\tat a.B.c(B.java:7)")


def test_a_phrase_far_behind_a_milestone_counts(tmp_path: Path) -> None:
    """An entry of which only the beginning is kept does not take along what stands behind that."""
    output = "script output line\n" * 64_000
    (tmp_path / "a.log").write_text(f"{HEAD}Executing setup script a.pl\n{output}InvalidPasskey: x\n")
    _, findings = scanned(tmp_path / "a.log")
    assert [(finding["kind"], finding["line"]) for finding in findings] == [("passkey-mismatch", 64_002)]


def test_a_hit_at_the_end_of_what_counts_of_a_line(tmp_path: Path) -> None:
    """A line of nearly 1 MB across two borders of chunks is shown as it is, from its own beginning."""
    size = 1 << 20
    before = CLEAN * ((size - 5) // len(CLEAN) - 1)
    before += HEAD.encode() + b"p" * (size - 5 - len(before) - len(HEAD) - 1) + b"\n"
    line = HEAD.encode() + b"w " * size
    line = line[: size - 5] + b"Skipping updating password for credential 'cap'\n"
    (tmp_path / "a.log").write_bytes(before + line + CLEAN * 1000)
    _, [finding] = scanned(tmp_path / "a.log")
    assert (finding["line"], finding["level"]) == (before.count(b"\n") + 1, "INFO")
    assert finding["message"].startswith(HEAD)


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(CLEAN[:-1].ljust(4095, b"x") + b"\r\n" + HIT.replace(b"\n", b"\r\n"), id="at 4095"),
        pytest.param(CLEAN[:-1] + b"\r" + b"x" * 5000 + b"\n" + HIT, id="a stray one"),
    ],
)
def test_a_carriage_return_before_a_late_line_feed(tmp_path: Path, log: bytes) -> None:
    """One CR in the first 4 KB does not make CR the end of lines."""
    (tmp_path / "a.log").write_bytes(log)
    _, [finding] = scanned(tmp_path / "a.log")
    assert finding["line"] == 2


def test_long_fields_are_message_and_capped(tmp_path: Path) -> None:
    """No column holds a whole line of 800 KB, and no memory either."""
    words = "word " * 160_000
    (tmp_path / "a.log").write_text(
        f"2021-03-04T05:06:07.089 | {words} | INFO | T | | | | X | InvalidPasskey\n"
    )
    _, [finding] = scanned(tmp_path / "a.log")
    assert (finding["node"], finding["kind"]) == ("", "passkey-mismatch")
    assert len(finding["message"]) < 20_000


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.write_bytes(b"PK\x05\x06" + bytes(18))])
def test_nothing_to_read_is_told(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """An empty folder, an archive without members: 3, and why."""
    make(tmp_path / "a")
    ended, findings = scanned(tmp_path / "a")
    assert (ended.code, findings) == (3, [])
    assert "no log was found in" in ended.err


def test_notes_are_told(tmp_path: Path) -> None:
    """What was read without a checksum is said to have none."""
    need("zstd")
    (tmp_path / "a.log").write_bytes(HIT)
    subprocess.run(["zstd", "-q", "--no-check", "a.log", "-o", "a.zst"], check=True, cwd=tmp_path)
    ended = passkey_audit("scan", tmp_path / "a.zst")
    assert ended.code == 10
    assert "a.zst: a zstd frame has no checksum" in ended.err


def test_a_growing_log_in_an_archive_that_was_added_to_counts_once(tmp_path: Path) -> None:
    """`tar r` keeps the old member beside the new one, under one name: what both hold is one entry."""
    log = tmp_path / "commander.log"
    log.write_bytes(HIT * 2)
    subprocess.run(["tar", "cf", "a.tar", "commander.log"], check=True, cwd=tmp_path)
    log.write_bytes(HIT * 2 + f"{HEAD}Can not decrypt user 'u'\n".encode())
    subprocess.run(["tar", "rf", "a.tar", "commander.log"], check=True, cwd=tmp_path)
    _, findings = scanned(tmp_path / "a.tar")
    assert sorted(finding["subject"] for finding in findings) == ["lost", "lost", "u"]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(tmp_path: Path, encoding: str) -> None:
    """It is known by its zeros."""
    (tmp_path / "a.log").write_bytes((CLEAN * 3 + HIT).decode().encode(encoding))
    _, [finding] = scanned(tmp_path / "a.log")
    assert (finding["subject"], finding["line"]) == ("lost", 4)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_logs_joined_with_their_marks(tmp_path: Path, encoding: str) -> None:
    """`cat` leaves byte-order marks in the middle; the entries behind them are entries."""
    (tmp_path / "a.log").write_bytes(HIT.decode().encode(encoding) * 3)
    _, findings = scanned(tmp_path / "a.log")
    assert [(finding["line"], finding["message"]) for finding in findings] == [
        (line, HIT.decode().strip()) for line in (1, 2, 3)
    ]


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    """Encrypted bytes are searched, and nobody takes that for an answer."""
    (tmp_path / "a.enc").write_bytes(random.Random(1).randbytes(100_000))
    (tmp_path / "b.log").write_bytes(bytes(10_000) + CLEAN + "Ünïcödé\x1b[31m\n".encode() * 100)
    ended = passkey_audit("scan", tmp_path)
    assert ended.code == 0
    assert "a.enc: no text" in ended.err
    assert "b.log: no text" not in ended.err
