"""Key files: a passkey as the server has it, an Octopus master key, a folder of either."""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from parsers.errors import KeyFileError, SecretReferenceError
from parsers.keys.aes_forms import BYTE_ORDER_MARKS, aes_forms
from parsers.keys.octopus_master_key import find_master_key
from parsers.keys.reference import FORMS_HINT, MAX_SECRET_BYTES, Place, Prompt, resolve, split_reference
from parsers.secret import Secret
from parsers.unread import Unread


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A candidate key as it was found.

    Attributes:
        label: what reports call it.
        reference: where it came from, as given; for a file in a folder its path.
        content: the whole file. How a CloudBees CD server takes its key from it is a matter of the layout.
        master_key: the Octopus master key that the file holds, if it holds one.
        fingerprint: SHA-1 of the whole file, 40 lower-case hex digits, as the server has it (KBEC-00497).
        remarks: what is unusual about the file, one sentence each.
    """

    label: str
    reference: str
    content: Secret
    master_key: Secret | None
    fingerprint: str
    remarks: tuple[str, ...]


def read_key_files(
    argument: str, *, prompt: Prompt | None = None, allow_commands: bool = False
) -> list[KeyFile | Unread]:
    """The candidate keys of one `[LABEL=]REF`; a folder stands for every file below it.

    The label of a file is its name; of a file in a folder its path below the folder, after `LABEL/` if one
    was given: all are distinct. The order is that of the paths. A file that is no key (empty, larger than
    64 KB, unreadable; in a folder also hidden, or not a regular file) becomes an `Unread`.

    Raises:
        SecretReferenceError: the argument names nothing that could be read; it may be the key itself.
    """
    label, reference = split_label(argument)
    place, rest = split_reference(reference)
    if place is Place.FILE and Path(rest).is_dir():
        return [_read_member(path, name, label) for path, name in _files_below(Path(rest))]
    path = Path(rest) if place is Place.FILE else None
    try:
        content = resolve(reference, prompt=prompt, allow_commands=allow_commands)
        return [make_key_file(label or _default_label(place, rest), reference, content, path=path)]
    except KeyFileError as error:
        return [Unread(path=reference, member="", reason=error.message)]
    except SecretReferenceError as error:
        if path is None or not _exists(rest):
            raise
        return [Unread(path=reference, member="", reason=error.message)]


def split_label(argument: str) -> tuple[str, str]:
    """`LABEL=REF` in its parts; without a label it is "". An existing path may hold `=` itself.

    Raises:
        SecretReferenceError: a part is missing.
    """
    label, equals, reference = argument.partition("=")
    if not equals or any(mark in label for mark in ":/\\") or _exists(argument):
        return "", argument
    if not label or not reference.strip("="):
        # The padding of base64 is `=` too: this may be a key that was typed instead of a reference.
        raise SecretReferenceError("expected [LABEL=]REFERENCE, got something else", hint=FORMS_HINT)
    return label, reference


def make_key_file(label: str, reference: str, content: Secret, *, path: Path | None) -> KeyFile:
    """A key file from its content; `path` is looked at for its rights and links.

    Raises:
        KeyFileError: it is empty, or a configuration file whose key cannot be had.
    """
    if not len(content):
        raise KeyFileError(f"{reference!r} is empty: no key file")
    master_key = find_master_key(content)
    remarks = [] if path is None else list(_remarks_on_path(path))
    remarks += _remarks_on_bytes(content.reveal())
    if master_key is None and not aes_forms(content):
        remarks.append(f"{len(content)} bytes: not an AES key, nor hex or base64 of one")
    return KeyFile(
        label=label,
        reference=reference,
        content=content,
        master_key=master_key,
        # The product's own fingerprint, not a security measure of ours.
        fingerprint=hashlib.sha1(content.reveal(), usedforsecurity=False).hexdigest(),
        remarks=tuple(remarks),
    )


def _default_label(place: Place, rest: str) -> str:
    match place:
        case Place.FILE:
            return Path(rest).name
        case Place.ENVIRONMENT:
            return rest
        case Place.DESCRIPTOR:
            return f"fd {rest}"
        case Place.PROMPT | Place.COMMAND:
            return place.value


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # a name that is too long, or has a NUL in it
        return False


def _files_below(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every entry that is no folder, and every hidden folder, with its name below `folder`, in order.

    Links to folders are not followed: they may lead back up.
    """
    try:
        entries = sorted(folder.iterdir())
    except OSError:  # no right to list it: named like a file that is left out
        yield folder, folder.name
        return
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
            yield from ((path, f"{entry.name}/{name}") for path, name in _files_below(entry))
        else:
            yield entry, entry.name


def _read_member(path: Path, name: str, label: str) -> KeyFile | Unread:
    reason = _why_skip(path)
    if not reason:
        try:
            content = resolve(f"file:{path}")
            return make_key_file(f"{label}/{name}" if label else name, str(path), content, path=path)
        except (KeyFileError, SecretReferenceError) as error:
            reason = error.message
    return Unread(path=str(path), member="", reason=reason)


def _why_skip(path: Path) -> str:
    if path.name.startswith("."):
        return "hidden: not taken for a key file"
    try:
        status = path.stat()
    except OSError as error:
        return (error.strerror or "not readable").lower()
    if stat.S_ISDIR(status.st_mode):
        return "a folder that was not entered: a link, or not readable"
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"
    if status.st_size > MAX_SECRET_BYTES:
        return f"larger than {MAX_SECRET_BYTES // 1024} KB: not taken for a key file"
    return ""


def _remarks_on_path(path: Path) -> Iterator[str]:
    if path.is_symlink():
        yield "a symbolic link: what it points to may change"
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        yield f"open to others than its owner (mode {mode:04o}); 0600 is enough"


def _remarks_on_bytes(content: bytes) -> Iterator[str]:
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            yield f"begins with the byte-order mark of {encoding}, which counts for the fingerprint"
    if content.endswith(b"\n"):
        yield "ends with a newline, which counts for the fingerprint"
