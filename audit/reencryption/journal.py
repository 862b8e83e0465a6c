"""The journal of a re-encryption: on disk before a value is written, and enough to put every value back.

One JSON object a line. The first says what the journal is; each other one is a value: where it is, what
stood there (ciphertext), and the digests of that and of what was to stand there. No key, no plain text.
"""

import base64
import errno
import fcntl
import json
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from audit.errors import ReencryptionError
from parsers.stores.store_writer import StoredCiphertext

_VERSION: Final = 1
_BEGINNING: Final = b'{"passkey_audit_journal": '


@dataclass(frozen=True, slots=True, repr=False)
class JournalEntry:
    """A value that was, or may have been, written.

    Attributes:
        store: the store's label.
        record: what finds it there.
        old: what stood there.
        new_digest: `StoredCiphertext.digest` of what was to stand there.
    """

    store: str
    record: str
    old: StoredCiphertext
    new_digest: str


class _Head(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    passkey_audit_journal: int
    target: str


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    store: str
    record: str
    old: str
    iv: str | None
    old_digest: str
    new_digest: str


@dataclass(frozen=True, slots=True)
class JournalContent:
    """What a journal holds.

    Attributes:
        target: fingerprint of the key to which values were re-encrypted.
        entries: in the order of writing; a record can stand there twice.
        length: bytes of the whole lines.
    """

    target: str
    entries: tuple[JournalEntry, ...]
    length: int


def read_journal(path: Path) -> JournalContent:
    """The entries of a journal; an incomplete last line does not count, for its value was not written.

    Raises:
        ReencryptionError: it cannot be read, or is not a journal.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ReencryptionError(f"cannot read the journal {str(path)!r}: {reason}") from error
    return read_entries(content, path)


def read_entries(content: bytes, path: Path) -> JournalContent:
    """As `read_journal`, of its content."""
    length = content.rfind(b"\n") + 1
    if not length and (content.startswith(_BEGINNING) or _BEGINNING.startswith(content)):
        return JournalContent("", (), 0)  # a kill cut its first line off: nothing was written yet
    head, *lines = content[:length].split(b"\n")[:-1] or [b""]
    try:
        target = _Head.model_validate_json(head)
    except ValidationError:
        # Without the cause, which quotes the content.
        raise ReencryptionError(f"{str(path)!r} is not a journal of passkey-audit") from None
    if target.passkey_audit_journal != _VERSION:
        raise ReencryptionError(f"{str(path)!r} is a journal of another version of passkey-audit")
    entries = tuple(_entry(line, number, path) for number, line in enumerate(lines, 2))
    return JournalContent(target.target, entries, length)


def _entry(line: bytes, number: int, path: Path) -> JournalEntry:
    try:
        found = _Line.model_validate_json(line)
        vector = None if found.iv is None else base64.b64decode(found.iv, validate=True)
        old = StoredCiphertext(base64.b64decode(found.old, validate=True), vector)
    except ValueError:  # raised for JSON of another shape as well as for bad base64
        # Without the cause, which quotes the content.
        raise ReencryptionError(f"line {number} of the journal {str(path)!r} is damaged") from None
    if old.digest != found.old_digest:
        raise ReencryptionError(f"line {number} of the journal {str(path)!r} is damaged: its hash differs")
    return JournalEntry(found.store, found.record, old, found.new_digest)


def head_line(target: str) -> bytes:
    """The first line of the journal of a re-encryption to the key with this fingerprint."""
    return json.dumps({"passkey_audit_journal": _VERSION, "target": target}).encode() + b"\n"


def as_line(entry: JournalEntry) -> str:
    """The line of an entry."""
    line = _Line(
        store=entry.store,
        record=entry.record,
        old=base64.b64encode(entry.old.value).decode(),
        iv=None if entry.old.iv is None else base64.b64encode(entry.old.iv).decode(),
        old_digest=entry.old.digest,
        new_digest=entry.new_digest,
    )
    return line.model_dump_json() + "\n"


class Journal:
    """A journal being written. Only when `append` returns are its entries on disk, and may values change."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._torn = False

    def append(self, entries: Iterable[JournalEntry]) -> None:
        """Write them down.

        Raises:
            ReencryptionError: they are not on disk for certain: nothing may be written to the store.
        """
        if self._torn:  # an entry after half a line could never be read back
            raise ReencryptionError("the journal could not be written, and ends there")
        lines = "".join(as_line(each) for each in entries).encode()
        try:
            _write(self._descriptor, lines)
        except ReencryptionError:
            self._torn = True
            raise


@contextmanager
def journal_for_writing(path: Path, target: str) -> Iterator[Journal]:
    """Open the journal of a re-encryption to the key with this fingerprint; an existing one is continued.

    It is locked against other runs. A last line that a kill left incomplete is cut off: since values change
    only after their line is on disk, that value was not written.

    Raises:
        ReencryptionError: it cannot be written, is another's, or another run has it open.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _cannot(path, error) from error
    try:
        _hold(descriptor, path)
        content = _content(descriptor, path)
        head = head_line(target)
        if head.startswith(content):  # a new file, or one whose first line a kill cut off
            os.fchmod(descriptor, 0o600)  # whatever the umask
            _write(descriptor, head[len(content) :])
            _synchronise_folder(path)
        else:
            _go_on(descriptor, read_entries(content, path), target, path)
        yield Journal(descriptor)
    finally:
        os.close(descriptor)


def _go_on(descriptor: int, entries: JournalContent, target: str, path: Path) -> None:
    if entries.target != target:
        raise ReencryptionError(
            f"the journal {str(path)!r} is of a re-encryption to another key",
            hint="keep it, for it can undo that one; name another with --journal",
        )
    os.ftruncate(descriptor, entries.length)


def _hold(descriptor: int, path: Path) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise ReencryptionError(f"{str(path)!r} is not a regular file, as a journal must be")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ReencryptionError(
            f"another re-encryption writes the journal {str(path)!r} now", hint="wait until it has finished"
        ) from None
    except OSError as error:
        raise _cannot(path, error) from error


def _content(descriptor: int, path: Path) -> bytes:
    try:
        with os.fdopen(os.dup(descriptor), "rb") as file:
            return file.read()
    except OSError as error:
        raise _cannot(path, error) from error


def _write(descriptor: int, content: bytes) -> None:
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise ReencryptionError(
            f"cannot write the journal: {reason}", hint="nothing goes on without it: make room first"
        ) from error


def _synchronise_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    except OSError as error:
        if error.errno != errno.EINVAL:  # file systems that cannot synchronise a folder say EINVAL
            raise _cannot(path, error) from error
    finally:
        os.close(folder)


def _cannot(path: Path, error: OSError) -> ReencryptionError:
    reason = (error.strerror or type(error).__name__).lower()
    return ReencryptionError(
        f"cannot write the journal {str(path)!r}: {reason}",
        hint="name a place for it with --journal; nothing was changed",
    )


def canonical_store_path(label: str) -> str:
    """The absolute path of a store that is a file or folder, links followed; else its label.

    Journals name stores by it: a later run that completes this one, or `undo`, may spell the path otherwise.
    """
    path = Path(label)
    return str(path.resolve()) if path.exists() else label
