"""The journal: on disk first, whole or refused, and nothing in it that opens anything."""

import base64
import errno
import json
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audit.errors import ReencryptionError
from audit.reencryption.journal import Journal, JournalEntry, journal_for_writing, read_journal
from parsers.stores.store_writer import StoredCiphertext
from tests.audit.reencryption.estate import journal_at
from tests.support.programs import need

TARGET = "0123456789abcdef0123456789abcdef01234567"
HEAD = json.dumps({"passkey_audit_journal": 1, "target": TARGET}).encode() + b"\n"


def entry(number: int = 1, *, store: str = "db", iv: bytes | None = None) -> JournalEntry:
    old = StoredCiphertext(f"old ciphertext {number}".encode(), iv)
    return JournalEntry(
        store, f"row {number}", old, StoredCiphertext(f"new ciphertext {number}".encode()).digest
    )


def same(found: JournalEntry, expected: JournalEntry) -> bool:
    return (found.store, found.record, found.old, found.new_digest) == (
        expected.store,
        expected.record,
        expected.old,
        expected.new_digest,
    )


def write(path: Path, *entries: JournalEntry, target: str = TARGET) -> None:
    with journal_for_writing(path, target) as journal:
        journal.append(entries)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    """Every entry, in its order, with bytes of every kind, over several openings."""
    path = journal_at(tmp_path)
    strange = JournalEntry(
        "käse; \n db", 'row "1"', StoredCiphertext(bytes(range(256)), b"\0" * 16), "0" * 64
    )
    write(path, entry(1), strange)
    write(path, entry(2, iv=b"vector"))
    found = read_journal(path)
    assert found.target == TARGET
    assert all(map(same, found.entries, [entry(1), strange, entry(2, iv=b"vector")]))
    assert len(found.entries) == 3


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o777])
def test_mode_0600_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    """Others may read it under no umask, and its owner may under every one."""
    path = journal_at(tmp_path)
    before = os.umask(umask)
    try:
        write(path, entry())
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_there_before_append_returns(tmp_path: Path) -> None:
    """And synchronised, by what strace sees: the head, the folder, each batch of entries."""
    path, trace = journal_at(tmp_path), tmp_path / "trace"
    subprocess.run(
        [
            need("strace"),
            "-y",
            "-o",
            trace,
            "-e",
            "trace=write,fsync",
            sys.executable,
            "-c",
            _TWICE,
            path,
            TARGET,
        ],
        check=True,
    )
    lines = [line for line in trace.read_text().splitlines() if str(tmp_path) in line]
    assert [
        (line.split("(")[0], line.split("<")[1].split(">")[0].removeprefix(str(tmp_path))) for line in lines
    ] == [
        ("write", "/journal.jsonl"),
        ("fsync", "/journal.jsonl"),
        ("fsync", ""),
        ("write", "/journal.jsonl"),
        ("fsync", "/journal.jsonl"),
        ("write", "/journal.jsonl"),
        ("fsync", "/journal.jsonl"),
    ]


_TWICE = """
import pathlib, sys
from audit.reencryption.journal import JournalEntry, journal_for_writing
from parsers.stores.store_writer import StoredCiphertext
with journal_for_writing(pathlib.Path(sys.argv[1]), sys.argv[2]) as journal:
    for number in range(2):
        rows = (f"row {number} {each}" for each in range(3))
        journal.append(JournalEntry("db", row, StoredCiphertext(b"x"), "0" * 64) for row in rows)
"""


def test_a_link_is_refused(tmp_path: Path) -> None:
    """Nobody makes the journal overwrite another file, or be written where others read."""
    other = tmp_path / "other"
    other.write_bytes(HEAD)
    path = journal_at(tmp_path)
    path.symlink_to(other)
    with pytest.raises(ReencryptionError, match="cannot write the journal"):
        write(path, entry())
    assert other.read_bytes() == HEAD


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "fifo"])
def test_what_is_no_file_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A folder or a FIFO keeps nothing."""
    path = journal_at(tmp_path)
    make(path)
    with pytest.raises(ReencryptionError):
        write(path, entry())


def test_a_device_is_refused() -> None:
    """/dev/null would swallow what undo needs."""
    with pytest.raises(ReencryptionError, match="is not a regular file, as a journal must be"):
        write(Path("/dev/null"), entry())


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """The error names the file and the way out."""
    with pytest.raises(ReencryptionError) as error:
        write(tmp_path / "nowhere" / "journal.jsonl", entry())
    assert "no such file" in error.value.message
    assert "--journal" in error.value.hint


def test_a_journal_that_is_not_there(tmp_path: Path) -> None:
    """To undo what nobody wrote down is an error that names the file."""
    with pytest.raises(ReencryptionError, match=r"cannot read the journal .*journal.jsonl': no such file"):
        read_journal(journal_at(tmp_path))


@pytest.mark.parametrize("kept", range(1, 200, 13))
def test_a_torn_last_line_is_cut_off(tmp_path: Path, kept: int) -> None:
    """What a kill left of a line does not count, and the next entry stands on a line of its own."""
    path = journal_at(tmp_path)
    write(path, entry(1))
    whole = path.read_bytes()
    write(path, entry(2))
    line = path.read_bytes()[len(whole) :]
    assert kept < len(line)
    path.write_bytes(whole + line[:kept])
    assert len(read_journal(path).entries) == 1
    write(path, entry(3))
    assert [each.record for each in read_journal(path).entries] == ["row 1", "row 3"]


@pytest.mark.parametrize("kept", [0, 1, 20, len(HEAD) - 1, len(HEAD)])
def test_a_torn_head_is_completed(tmp_path: Path, kept: int) -> None:
    """A kill in the first line leaves a journal that goes on."""
    path = journal_at(tmp_path)
    path.write_bytes(HEAD[:kept])
    path.chmod(0o644)
    write(path, entry())
    assert path.read_bytes().startswith(HEAD)
    assert len(read_journal(path).entries) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_targets_journal_is_kept(tmp_path: Path) -> None:
    """It can undo that re-encryption: it is neither replaced nor mixed with this one."""
    path = journal_at(tmp_path)
    write(path, entry())
    before = path.read_bytes()
    with pytest.raises(ReencryptionError, match="another key"):
        write(path, entry(), target="f" * 40)
    path.write_bytes(HEAD[:-10])
    with pytest.raises(ReencryptionError):
        write(path, entry(), target="f" * 40)
    assert before.startswith(path.read_bytes())


@pytest.mark.parametrize(
    "content",
    [b"something else\n", b"{}\n", b'{"passkey_audit_journal": "x"}\n', b"[1]\n", b"\n", b"\xff\n", b"half"],
)
def test_another_file_is_no_journal(tmp_path: Path, content: bytes) -> None:
    """It is neither read as one nor written to."""
    path = journal_at(tmp_path)
    path.write_bytes(content)
    with pytest.raises(ReencryptionError, match="is not a journal of passkey-audit"):
        read_journal(path)
    with pytest.raises(ReencryptionError, match="is not a journal of passkey-audit"):
        write(path, entry())
    assert path.read_bytes() == content


def test_a_later_version_is_refused(tmp_path: Path) -> None:
    """What it means is not known here."""
    path = journal_at(tmp_path)
    path.write_bytes(HEAD.replace(b": 1", b": 2"))
    with pytest.raises(ReencryptionError, match="another version"):
        read_journal(path)


def test_a_second_run_is_stopped(tmp_path: Path) -> None:
    """In this process and in another one; once the first has ended, it goes on."""
    path = journal_at(tmp_path)
    with journal_for_writing(path, TARGET):
        with pytest.raises(ReencryptionError, match="another re-encryption"):
            write(path, entry())
        done = subprocess.run(
            [sys.executable, "-c", _SECOND, str(path), TARGET], check=False, capture_output=True, text=True
        )
        assert "another re-encryption" in done.stderr
    write(path, entry())


_SECOND = """
import pathlib, sys
from audit.reencryption.journal import journal_for_writing
with journal_for_writing(pathlib.Path(sys.argv[1]), sys.argv[2]):
    pass
"""


def damaged(line: bytes) -> dict[str, bytes]:
    fields = json.loads(line)
    other = base64.b64encode(b"another text").decode()
    return {
        "another value": json.dumps(fields | {"old": other}).encode(),
        "another hash": json.dumps(fields | {"old_digest": "0" * 64}).encode(),
        "another vector": json.dumps(fields | {"iv": other}).encode(),
        "no base64": json.dumps(fields | {"old": "é!"}).encode(),
        "a field more": json.dumps(fields | {"more": 1}).encode(),
        "a field less": json.dumps({name: fields[name] for name in fields if name != "iv"}).encode(),
        "no JSON": line[:-9],
        "nothing": b"",
        "no UTF-8": b"\xff" + line,
    }


@pytest.mark.parametrize("how", damaged(b'{"old": "", "iv": null, "old_digest": ""}'))
def test_a_damaged_line_is_told_by_its_number(tmp_path: Path, how: str) -> None:
    """Nothing is put back from it, nothing appended, and no byte of it is shown."""
    path = journal_at(tmp_path)
    write(path, entry(1), entry(2), entry(3))
    lines = path.read_bytes().split(b"\n")
    secret = json.loads(lines[2])["old"]
    lines[2] = damaged(lines[2])[how]
    path.write_bytes(b"\n".join(lines))
    for attempt in (lambda: read_journal(path), lambda: write(path, entry(4))):
        with pytest.raises(ReencryptionError, match=r"line 3 of the journal .* is damaged") as error:
            attempt()
        shown = f"{error.value.message} {error.value.hint} {error.value.__cause__}"
        assert secret not in shown
        assert "old ciphertext" not in shown
    assert path.read_bytes() == b"\n".join(lines)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """The disk is full at this size, for this process."""
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("room", [0, 1, 60])
def test_a_full_disk_ends_the_journal(tmp_path: Path, room: int) -> None:
    """The error comes before a value is written; even with room again, nothing stands behind half a line."""
    path = journal_at(tmp_path)
    with journal_for_writing(path, TARGET) as journal:
        journal.append([entry(1)])
        size = path.stat().st_size
        with (
            files_of_at_most(size + room),
            pytest.raises(ReencryptionError, match="cannot write the journal") as error,
        ):
            journal.append([entry(2), entry(3)])
        assert "make room" in error.value.hint
        with pytest.raises(ReencryptionError, match="ends there"):
            journal.append([entry(4)])
    assert [each.record for each in read_journal(path).entries] == ["row 1"]
    write(path, entry(5))
    assert [each.record for each in read_journal(path).entries] == ["row 1", "row 5"]


def test_a_full_disk_at_the_first_line(tmp_path: Path) -> None:
    """Nothing begins; later the same file takes a journal."""
    path = journal_at(tmp_path)
    with files_of_at_most(10), pytest.raises(ReencryptionError):
        write(path, entry())
    write(path, entry())
    assert len(read_journal(path).entries) == 1


def test_a_descriptor_that_cannot_be_synchronised() -> None:
    """A pipe takes the bytes and keeps none: append says so."""
    read, written = os.pipe()
    try:
        with pytest.raises(ReencryptionError):
            Journal(written).append([entry()])
    finally:
        os.close(read)
        os.close(written)


def test_killed_while_it_is_written(tmp_path: Path) -> None:
    """All that was acknowledged is there, and the rest of the file can be read."""
    path = journal_at(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", _ENDLESS, str(path), TARGET], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline() for _ in range(30)]
        process.kill()
        acknowledged += process.stdout.readlines()
    whole = [line for line in acknowledged if line.endswith(b"\n")]
    records = [each.record for each in read_journal(path).entries]
    assert records[: len(whole)] == [f"row {number}" for number in range(len(whole))]
    write(path, entry(1))


_ENDLESS = """
import itertools, pathlib, sys
from audit.reencryption.journal import JournalEntry, journal_for_writing
from parsers.stores.store_writer import StoredCiphertext
with journal_for_writing(pathlib.Path(sys.argv[1]), sys.argv[2]) as journal:
    for number in itertools.count():
        journal.append([JournalEntry("db", f"row {number}", StoredCiphertext(b"x" * 5000), "0" * 64)])
        print(number, flush=True)
"""


@pytest.mark.parametrize(("error", "opens"), [(errno.EIO, False), (errno.EINVAL, True)])
def test_a_folder_that_is_not_synchronised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int, *, opens: bool
) -> None:
    """A journal whose name is not on disk for certain is none; where a file system cannot tell, it counts."""
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(error, os.strerror(error))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    if opens:
        with journal_for_writing(journal_at(tmp_path), "0" * 40):
            return
    with (
        pytest.raises(ReencryptionError, match="cannot write the journal"),
        journal_for_writing(journal_at(tmp_path), "0" * 40),
    ):
        pass
